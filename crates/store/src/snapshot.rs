//! One unchanging view of the database, for checks that read all of it.

use crate::error::StoreError;
use crate::project::facets::iden;
use crate::store::Store;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, IsolationLevel, TransactionTrait,
    TryGetable,
};

/// An open view. Reads see the database as it was when the view was opened.
pub(crate) struct Snapshot(DatabaseTransaction);

impl Snapshot {
    /// Opens a view, in a task of its own: a caller who hangs up half-way would poison a connection
    /// of PostgreSQL (sqlx issue 4393).
    pub async fn of(store: &Store) -> Result<Self, StoreError> {
        let store = store.clone();
        let begun = tokio::spawn(async move {
            match store.backend() {
                DbBackend::Postgres => {
                    let level = Some(IsolationLevel::RepeatableRead);
                    store.reader().db().begin_with_config(level, Some(AccessMode::ReadOnly)).await
                }
                // A read transaction of SQLite keeps its view by itself.
                _ => store.reader().db().begin().await,
            }
        });
        let db = begun.await.map_err(|error| StoreError::BrokenOff(error.to_string()))??;
        Ok(Self(db))
    }

    pub fn db(&self) -> &DatabaseTransaction {
        &self.0
    }

    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.0.rollback().await?)
    }

    /// The next numbers, after one, that any chain, version or project has: in order, at most
    /// `limit`. Whatever stands in the tables is found, also what the program never wrote.
    pub async fn numbers_after(
        &self,
        after: Option<i64>,
        limit: u64,
    ) -> Result<Vec<i64>, StoreError> {
        let mut found = Vec::new();
        for (table, column) in
            [("audit_record", "chain"), ("project_version", "project_id"), ("project", "id")]
        {
            let mut query = Query::select();
            query.distinct().from(iden(table)).expr_as(Expr::col(iden(column)), iden("number"));
            if let Some(after) = after {
                query.and_where(Expr::col(iden(column)).gt(after));
            }
            query.order_by(iden(column), Order::Asc).limit(limit);
            for row in &self.0.query_all(&query).await? {
                found.push(i64::try_get_by(row, "number")?);
            }
        }
        found.sort_unstable();
        found.dedup();
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found)
    }
}
