//! Rows that go into a table many a statement.

use crate::error::StoreError;
use crate::project::facets::iden;
use futures_util::future::BoxFuture;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, InsertStatement, OnConflict, Query, SimpleExpr};

/// How many rows, or values of a list, a statement takes: SQLite has 32,766 parameters.
pub(crate) const ROWS: usize = 200;

/// Where rows go, and how.
#[derive(Clone, Copy)]
pub(crate) struct Target<'c> {
    table: &'static str,
    columns: &'c [&'c str],
    at_a_time: usize,
    key: Option<usize>,
}

/// The columns of a table, in which rows are new.
pub(crate) fn into<'c>(table: &'static str, columns: &'c [&'c str]) -> Target<'c> {
    Target { table, columns, at_a_time: ROWS, key: None }
}

impl Target<'_> {
    /// So many rows a statement.
    pub fn at_a_time(self, rows: usize) -> Self {
        Self { at_a_time: rows, ..self }
    }

    /// Rows take the place of those with the same key, which is the first so many columns.
    pub fn by_key(self, key: usize) -> Self {
        Self { key: Some(key), ..self }
    }

    /// Puts rows there; the values of each are in the order of the columns.
    ///
    /// The statements are made before the first of them runs: what the rows are made from need not
    /// be sent between threads.
    pub fn put<'a, C, V>(
        self,
        db: &'a C,
        rows: impl IntoIterator<Item = V>,
    ) -> BoxFuture<'a, Result<(), StoreError>>
    where
        C: ConnectionTrait,
        V: IntoIterator<Item = SimpleExpr>,
    {
        let made = self.statements(rows);
        Box::pin(async move {
            for statement in made? {
                db.execute(&statement).await?;
            }
            Ok(())
        })
    }

    fn statements<V: IntoIterator<Item = SimpleExpr>>(
        self,
        rows: impl IntoIterator<Item = V>,
    ) -> Result<Vec<InsertStatement>, StoreError> {
        let mut rows = rows.into_iter().peekable();
        let mut statements = Vec::new();
        while rows.peek().is_some() {
            let mut insert = Query::insert();
            insert.into_table(iden(self.table)).columns(named(self.columns));
            for row in rows.by_ref().take(self.at_a_time) {
                insert.values(row).map_err(|error| StoreError::inconsistent(self.table, error))?;
            }
            if let Some((key, others)) = self.key.map(|key| self.columns.split_at(key)) {
                let in_place =
                    OnConflict::columns(named(key)).update_columns(named(others)).clone();
                insert.on_conflict(in_place);
            }
            statements.push(insert);
        }
        Ok(statements)
    }
}

fn named(columns: &[&str]) -> impl Iterator<Item = Alias> {
    columns.iter().map(|column| iden(*column))
}
