//! Some projects in full, with one statement, however many they are.

use super::{Seen, When, history_of, seen};
use crate::error::StoreError;
use crate::row::audit_record as record;
use jiff::civil::Date;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use shortboard_domain::access::Sight;
use std::collections::HashMap;

impl crate::Store {
    /// Some projects as they stand, in the order asked for; those that are not there or out of sight
    /// are left out. One statement, however many they are.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn projects_in_full(
        &self,
        sight: &Sight,
        ids: &[i64],
    ) -> Result<Vec<Seen>, StoreError> {
        self.projects_in_full_at(sight, ids, When::default()).await
    }

    /// The same, as they stood and were known.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn projects_in_full_at(
        &self,
        sight: &Sight,
        ids: &[i64],
        when: When,
    ) -> Result<Vec<Seen>, StoreError> {
        in_full(self.reader(), sight, ids, (when, self.today())).await
    }
}

/// Some projects as they stood and were known; see [`crate::Store::projects_in_full_at`].
pub(crate) async fn in_full(
    db: &impl ConnectionTrait,
    sight: &Sight,
    ids: &[i64],
    (when, today): (When, Date),
) -> Result<Vec<Seen>, StoreError> {
    let rows = record::Entity::find()
        .filter(record::Column::Chain.is_in(ids.iter().copied().filter(|id| *id > 0)))
        .order_by_asc(record::Column::Chain)
        .order_by_asc(record::Column::Seq)
        .all(db)
        .await?;
    let mut chains: HashMap<i64, Vec<record::Model>> = HashMap::new();
    for row in rows {
        chains.entry(row.chain).or_default().push(row);
    }
    let mut projects = Vec::with_capacity(ids.len());
    for id in ids {
        let chain = chains.remove(id).unwrap_or_default();
        let Some(mut history) = history_of(*id, chain)? else { continue };
        if let Some(time) = when.known_at {
            history = history.known_at(time);
        }
        projects.extend(seen(&history, when, when.as_of.unwrap_or(today)));
    }
    projects.retain(|seen| sight.sees(&seen.project.reach()));
    Ok(projects)
}
