//! Rows that go into a table many a statement.

use crate::error::StoreError;
use crate::project::facets::iden;
use futures_util::future::BoxFuture;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{InsertStatement, OnConflict, Query, SimpleExpr};

/// How many rows, or values of a list, a statement takes: SQLite has 32,766 parameters.
pub(crate) const ROWS: usize = 200;

/// Inserts rows; the values of each are in the order of the columns.
///
/// The statements are made before the first of them runs: what the rows are made from need not be
/// sent between threads.
pub(crate) fn insert<'a, C, V>(
    db: &'a C,
    table: &'static str,
    columns: &[&str],
    rows: impl IntoIterator<Item = V>,
) -> BoxFuture<'a, Result<(), StoreError>>
where
    C: ConnectionTrait,
    V: IntoIterator<Item = SimpleExpr>,
{
    insert_by(ROWS, db, table, columns, rows)
}

/// As [`insert`], so many rows a statement.
pub(crate) fn insert_by<'a, C, V>(
    at_a_time: usize,
    db: &'a C,
    table: &'static str,
    columns: &[&str],
    rows: impl IntoIterator<Item = V>,
) -> BoxFuture<'a, Result<(), StoreError>>
where
    C: ConnectionTrait,
    V: IntoIterator<Item = SimpleExpr>,
{
    run(db, statements(at_a_time, table, columns, rows))
}

/// Puts rows in the place of those with the same key, which is the first `key` columns.
pub(crate) fn replace<'a, C, V>(
    db: &'a C,
    table: &'static str,
    (columns, key): (&[&str], usize),
    rows: impl IntoIterator<Item = V>,
) -> BoxFuture<'a, Result<(), StoreError>>
where
    C: ConnectionTrait,
    V: IntoIterator<Item = SimpleExpr>,
{
    let (key, others) = columns.split_at(key);
    let mut in_place = OnConflict::columns(key.iter().map(|column| iden(*column)));
    in_place.update_columns(others.iter().map(|column| iden(*column)));
    let made = statements(ROWS, table, columns, rows).map(|mut made| {
        for insert in &mut made {
            insert.on_conflict(in_place.clone());
        }
        made
    });
    run(db, made)
}

fn run<C: ConnectionTrait>(
    db: &C,
    made: Result<Vec<InsertStatement>, StoreError>,
) -> BoxFuture<'_, Result<(), StoreError>> {
    Box::pin(async move {
        for statement in made? {
            db.execute(&statement).await?;
        }
        Ok(())
    })
}

fn statements<V: IntoIterator<Item = SimpleExpr>>(
    at_a_time: usize,
    table: &'static str,
    columns: &[&str],
    rows: impl IntoIterator<Item = V>,
) -> Result<Vec<InsertStatement>, StoreError> {
    let mut rows = rows.into_iter().peekable();
    let mut statements = Vec::new();
    while rows.peek().is_some() {
        let mut insert = Query::insert();
        insert.into_table(iden(table)).columns(columns.iter().map(|column| iden(*column)));
        for row in rows.by_ref().take(at_a_time) {
            insert.values(row).map_err(|error| StoreError::inconsistent(table, error))?;
        }
        statements.push(insert);
    }
    Ok(statements)
}
