//! Summaries: how many projects and how much money, by one or two dimensions.

mod board;
mod cells;
mod change;
mod dimension;
mod keep;
mod kept;
mod live;
mod sums;

pub use board::Board;
pub use dimension::Dimension;
pub(crate) use keep::{Following, problem};
pub(crate) use sums::{high, low, sum};

use super::{ListFilter, When};
use crate::error::StoreError;
use crate::snapshot::Snapshot;
use kept::Kept;
use serde::Serialize;
use shortboard_domain::access::Sight;
use shortboard_domain::money::SignedMoney;
use shortboard_domain::stage::Stage;
use std::collections::{BTreeMap, HashMap};
use sums::{Sums, Table};
use utoipa::ToSchema;

/// One row of a summary.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SummaryRow {
    /// The codes, one for each dimension asked for.
    #[serde(flatten)]
    #[schema(value_type = BTreeMap<String, Option<String>>)]
    pub keys: BTreeMap<&'static str, Option<String>>,
    /// Projects.
    pub count: i64,
    /// The sum of their total investment, yuan; blank by channel, and where none has a total.
    pub total_investment: Option<SignedMoney>,
    /// The sum of their sources, yuan; by channel, that channel's alone.
    pub planned_funding: SignedMoney,
    /// What has arrived of them, yuan.
    pub arrived_funding: SignedMoney,
    /// The sum of the gaps of those with a total, yuan; blank by channel, and where none has one.
    pub gap: Option<SignedMoney>,
    /// How many stages are only inferred.
    pub inferred: i64,
}

/// A summary.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Summary {
    /// The dimensions.
    pub by: Vec<Dimension>,
    /// Whether a project may stand in several rows, so that the rows must not be added up.
    pub overlapping: bool,
    /// The rows, in the order of the code lists, blank ones last.
    pub rows: Vec<SummaryRow>,
}

impl crate::Store {
    /// Counts and sums of the projects in sight that the filter lets through.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn summary(
        &self,
        sight: &Sight,
        by: &[Dimension],
        filter: &ListFilter,
        when: When,
    ) -> Result<Summary, StoreError> {
        if let Some(summary) = self.summary_at_hand(sight, by, filter, when).await? {
            return Ok(summary);
        }
        let found = self.found(filter, when).await?;
        let rows = self.source(when).by(&found).rows(sight, filter);
        let snapshot = Snapshot::of(self).await?;
        let table = live::table(snapshot.db(), &rows, by).await?;
        snapshot.close().await?;
        Ok(self.summed_up(by, table))
    }

    /// As [`Self::summary`], when it is kept and need not be added up from the rows.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn summary_at_hand(
        &self,
        sight: &Sight,
        by: &[Dimension],
        filter: &ListFilter,
        when: When,
    ) -> Result<Option<Summary>, StoreError> {
        let Some(kept) = Kept::of(self.source(when), sight, &[by], filter, when) else {
            return Ok(None);
        };
        let table = kept.tables(self).await?.pop();
        Ok(Some(self.summed_up(by, table.unwrap_or_default())))
    }

    fn summed_up(&self, by: &[Dimension], table: Table) -> Summary {
        let by_channel = by.contains(&Dimension::Channel);
        let row = |(keys, sums): (Vec<Option<String>>, Sums)| SummaryRow {
            keys: by.iter().map(|dimension| dimension.as_str()).zip(keys).collect(),
            count: sums.projects,
            total_investment: sums.known(by_channel, sums.total),
            planned_funding: SignedMoney::from_fen(sums.planned),
            arrived_funding: SignedMoney::from_fen(sums.arrived),
            gap: sums.known(by_channel, sums.total - sums.covered),
            inferred: sums.inferred,
        };
        Summary {
            by: by.to_vec(),
            overlapping: by.iter().any(|dimension| dimension.overlaps()),
            rows: self.in_order(by, table).into_iter().map(row).collect(),
        }
    }

    /// The rows in the order of the code lists, blank ones last.
    fn in_order(&self, by: &[Dimension], table: Table) -> Vec<(Vec<Option<String>>, Sums)> {
        let lists = self.lists();
        let places: Vec<HashMap<&str, usize>> = by
            .iter()
            .map(|dimension| {
                let codes: Vec<&str> = match dimension.list() {
                    None => Stage::ALL.iter().map(|stage| stage.as_str()).collect(),
                    Some(list) => lists.entries(list).map(|entry| entry.code.as_str()).collect(),
                };
                codes.into_iter().zip(0..).collect()
            })
            .collect();
        let place = |(keys, _): &(Vec<Option<String>>, Sums)| -> Vec<(usize, Option<String>)> {
            let places = places.iter().zip(keys);
            places
                .map(|(places, key)| {
                    let place = key.as_deref().and_then(|code| places.get(code));
                    (place.copied().unwrap_or(usize::MAX), key.clone())
                })
                .collect()
        };
        let mut rows: Vec<_> = table.into_iter().collect();
        rows.sort_by_cached_key(place);
        rows
    }
}
