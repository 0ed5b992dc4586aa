//! One unchanging view of the database, for checks that read all of it.

use crate::error::StoreError;
use crate::store::Store;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, IsolationLevel, Statement,
    TransactionTrait, TryGetable,
};

/// An open view. Reads see the database as it was when the view was opened.
pub(crate) struct Snapshot(DatabaseTransaction);

impl Snapshot {
    pub async fn of(store: &Store) -> Result<Self, StoreError> {
        let db = match store.backend() {
            DbBackend::Postgres => {
                let level = IsolationLevel::RepeatableRead;
                store.reader().begin_with_config(Some(level), Some(AccessMode::ReadOnly)).await?
            }
            // A read transaction of SQLite keeps its view by itself.
            _ => store.reader().begin().await?,
        };
        Ok(Self(db))
    }

    pub fn db(&self) -> &DatabaseTransaction {
        &self.0
    }

    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.0.rollback().await?)
    }

    /// The largest number that a chain, a version or a project has.
    pub async fn last_chain(&self) -> Result<i64, StoreError> {
        let sql = "SELECT MAX(last) AS last FROM (\
                   SELECT COALESCE(MAX(chain), 0) AS last FROM audit_record \
                   UNION ALL SELECT COALESCE(MAX(project_id), 0) FROM project_version \
                   UNION ALL SELECT COALESCE(MAX(id), 0) FROM project) AS ends";
        let statement = Statement::from_string(self.0.get_database_backend(), sql);
        let row = self.0.query_one_raw(statement).await?;
        Ok(row.map(|row| i64::try_get_by(&row, "last")).transpose()?.unwrap_or(0))
    }
}
