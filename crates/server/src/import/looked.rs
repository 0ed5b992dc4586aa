//! What a preview was made of. While that is the same, what it shows is what would be done, and
//! nothing has to be planned anew to know it.

use super::facts::unverified;
use super::plan::Todo;
use super::said::Plan;
use serde::{Deserialize, Serialize};
use shortboard_domain::codelist::CodeEntry;
use shortboard_domain::import::RowKind;
use shortboard_store::{Store, StoreError, Tx};
use std::collections::BTreeMap;

/// What a preview was made of, and what it found that no row keeps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Looked {
    /// How far the trail went before it was begun; blank where the database does not tell.
    extent: Option<i64>,
    /// The registry's day.
    day: String,
    /// The version of the program, whose understanding may differ from another one's.
    program: String,
    /// The departments that no list has yet, by name, and their codes.
    departments: BTreeMap<String, String>,
}

impl Looked {
    /// Before the first row is planned.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn begin(store: &Store) -> Result<Self, StoreError> {
        let extent = store.trail_extent().await?;
        // Lists that another process changed before are not to be taken for those of the extent.
        store.reload_lists().await?;
        Ok(Self::of(extent, store.today().to_string()))
    }

    fn of(extent: Option<i64>, day: String) -> Self {
        let program = env!("CARGO_PKG_VERSION").to_owned();
        Self { extent, day, program, departments: BTreeMap::new() }
    }

    /// Takes down what a row needs that the lists do not have.
    pub fn take(&mut self, plan: &Plan, todo: &Todo) {
        if matches!(plan.kind, RowKind::New | RowKind::Changed) {
            self.departments.extend(todo.unverified.clone());
        }
    }

    /// Whether all is as it was.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn holds(&self, tx: &Tx) -> Result<bool, StoreError> {
        let now = Self::of(tx.trail_extent().await?, tx.today().to_string());
        let is_same = self.day == now.day && self.program == now.program;
        Ok(is_same && self.extent.is_some() && self.extent == now.extent)
    }

    /// The departments as they go into the list.
    pub fn departments(&self) -> Vec<CodeEntry> {
        self.departments.iter().map(|(name, code)| unverified(name, code)).collect()
    }
}
