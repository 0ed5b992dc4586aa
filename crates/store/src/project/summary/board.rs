//! The board: all the summaries that leaders look at, in one answer.

use super::dimension::{Dimension, Grouping};
use super::kept::Kept;
use super::sums::{Sums, Table};
use super::{Summary, live};
use crate::error::StoreError;
use crate::project::{ListFilter, When};
use crate::snapshot::Snapshot;
use jiff::civil::Date;
use serde::Serialize;
use shortboard_domain::access::Sight;
use utoipa::ToSchema;

/// What the board counts by, in its order.
const BOARD: [&[Dimension]; 6] = [
    &[Dimension::Stage],
    &[Dimension::Area],
    &[Dimension::Region],
    &[Dimension::Group],
    &[Dimension::Channel],
    &[Dimension::Area, Dimension::Stage],
];

/// The groupings that are kept for days past too: the board's.
pub(super) const KEPT_FOR_DAYS: [Grouping; 6] = [
    Grouping { first: Dimension::Stage, second: None },
    Grouping { first: Dimension::Area, second: None },
    Grouping { first: Dimension::Region, second: None },
    Grouping { first: Dimension::Group, second: None },
    Grouping { first: Dimension::Channel, second: None },
    Grouping { first: Dimension::Stage, second: Some(Dimension::Area) },
];

/// The dimensions in which a project has one code alone.
const SINGLE: [Dimension; 4] =
    [Dimension::Stage, Dimension::Area, Dimension::Region, Dimension::Group];

/// All the summaries of the board.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Board {
    /// The day asked about; blank: now.
    #[schema(value_type = Option<String>, format = Date)]
    pub as_of: Option<Date>,
    /// By stage, area, region, group, channel, and by area and stage.
    pub summaries: Vec<Summary>,
}

impl crate::Store {
    /// All the summaries of the board, of the projects in sight, as of one moment.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn board(&self, sight: &Sight, when: When) -> Result<Board, StoreError> {
        let filter = ListFilter::default();
        let tables = match Kept::of(self.source(when), sight, &BOARD, &filter, when) {
            Some(kept) => kept.tables(self).await?,
            None => self.board_of_rows(sight, when).await?,
        };
        let summaries = BOARD.iter().zip(tables).map(|(by, table)| self.summed_up(by, table));
        Ok(Board { as_of: when.as_of, summaries: summaries.collect() })
    }

    async fn board_of_rows(&self, sight: &Sight, when: When) -> Result<Vec<Table>, StoreError> {
        let rows = self.source(when).rows(sight, &ListFilter::default());
        let snapshot = Snapshot::of(self).await?;
        // Read once for all that has one code a project, and once more for the channels.
        let whole = live::table(snapshot.db(), &rows, &SINGLE).await?;
        let channels = live::table(snapshot.db(), &rows, &[Dimension::Channel]).await?;
        snapshot.close().await?;
        let table = |by: &&[Dimension]| match by {
            [Dimension::Channel] => channels.clone(),
            by => narrowed(&whole, by),
        };
        Ok(BOARD.iter().map(table).collect())
    }
}

/// A table by [`SINGLE`] dimensions, by fewer of them.
fn narrowed(whole: &Table, by: &[Dimension]) -> Table {
    let mut table = Table::new();
    for (keys, sums) in whole {
        let key = |dimension: &Dimension| {
            SINGLE
                .iter()
                .zip(keys)
                .find(|(of, _)| *of == dimension)
                .and_then(|(_, key)| key.clone())
        };
        let sum: &mut Sums = table.entry(by.iter().map(key).collect()).or_default();
        sum.add(*sums);
    }
    table
}
