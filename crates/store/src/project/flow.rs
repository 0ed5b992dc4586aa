//! Flows: what went from stage to stage between two days, added up by the database.

use super::between::{Between, Sums};
use super::changes::{Among, ChangeQuery, ChangedProject, Standing, changed};
use super::passage::Passage;
use crate::error::StoreError;
use crate::snapshot::Snapshot;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use shortboard_domain::access::Sight;
use shortboard_domain::money::SignedMoney;

/// The projects that made the same passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Which.
    pub passage: Passage,
    /// How many they are.
    pub projects: i64,
    /// The sum of their total investment on the first day, yuan; nothing of those that were not in
    /// the library.
    pub total_before: SignedMoney,
    /// The sum of their total investment on the second day.
    pub total_after: SignedMoney,
}

impl crate::Store {
    /// What changed in the library between two days, as [`crate::Store::changes`] tells it project by
    /// project, added up by stages; nothing when the first day is not the earlier one.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn flows(
        &self,
        sight: &Sight,
        from: Date,
        to: Date,
    ) -> Result<Vec<Flow>, StoreError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let snapshot = Snapshot::of(self).await?;
        let db = snapshot.db();
        let between = Between::new(self.backend(), sight, from, to)?;
        let (mut flows, has_doubtful) = between.flows(db).await?;
        if has_doubtful {
            let query = ChangeQuery::between(from, to);
            for item in changed(db, sight, &query, Among::In(&between.doubtful())).await? {
                flows.entry(item.passage).or_default().add(&item);
            }
        }
        snapshot.close().await?;
        let flow = |(passage, sums): (Passage, Sums)| Flow {
            passage,
            projects: sums.projects,
            total_before: SignedMoney::from_fen(sums.before),
            total_after: SignedMoney::from_fen(sums.after),
        };
        Ok(flows.into_iter().map(flow).collect())
    }
}

impl Sums {
    fn add(&mut self, item: &ChangedProject) {
        let total = |standing: &Option<Standing>| {
            let total = standing.as_ref().and_then(|standing| standing.total_investment);
            total.map_or(0, SignedMoney::fen)
        };
        self.projects += 1;
        self.before += total(&item.before);
        self.after += total(&item.after);
    }
}
