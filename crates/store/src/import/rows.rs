//! The file of an import and the rows that were read of it.

use super::IMPORTING;
use crate::error::StoreError;
use crate::project::facets::iden;
use crate::rows;
use crate::tx::Tx;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ConnectionTrait, FromQueryResult, TryGetable};
use shortboard_domain::access::Action;
use std::collections::BTreeMap;

/// A row of a ledger that tells of a project.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ImportRow {
    /// Its place among them, from 0.
    pub position: i64,
    /// What is to be done about it, in a word.
    pub kind: String,
    /// The project it was found to be, or that was made of it.
    pub project_id: Option<i64>,
    /// What the ledger tells, as JSON.
    pub body: String,
    /// What is to be done about it, as JSON.
    pub plan: String,
    /// What the user decided, as JSON; empty for nothing.
    pub choice: String,
}

const COLUMNS: [&str; 6] = ["position", "kind", "project_id", "body", "plan", "choice"];

async fn some(
    db: &impl ConnectionTrait,
    id: i64,
    kinds: &[String],
    from: i64,
    limit: u64,
) -> Result<Vec<ImportRow>, StoreError> {
    let mut query = Query::select();
    query
        .columns(COLUMNS.map(iden))
        .from(iden("import_row"))
        .and_where(Expr::col(iden("import_id")).eq(id))
        .and_where(Expr::col(iden("position")).gte(from))
        .order_by(iden("position"), Order::Asc)
        .limit(limit);
    if !kinds.is_empty() {
        query.and_where(Expr::col(iden("kind")).is_in(kinds));
    }
    let rows = db.query_all(&query).await?;
    Ok(rows.iter().map(|row| ImportRow::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

impl crate::Store {
    /// Rows of an import, from a place on, at most `limit`; of some kinds, or of all. Those of which
    /// the import has made projects name these.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn import_rows(
        &self,
        id: i64,
        kinds: &[String],
        from: i64,
        limit: u64,
    ) -> Result<Vec<ImportRow>, StoreError> {
        let mut rows = some(self.reader(), id, kinds, from, limit).await?;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(rows) };
        let query = Query::select()
            .columns(["position", "project_id"].map(iden))
            .from(iden("import_project"))
            .and_where(Expr::col(iden("import_id")).eq(id))
            .and_where(Expr::col(iden("position")).between(first.position, last.position))
            .to_owned();
        let mut made = BTreeMap::new();
        for row in &self.reader().query_all(&query).await? {
            made.insert(i64::try_get_by(row, "position")?, i64::try_get_by(row, "project_id")?);
        }
        for row in &mut rows {
            row.project_id = row.project_id.or(made.get(&row.position).copied());
        }
        Ok(rows)
    }

    /// How many rows of each kind an import has.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn import_counts(&self, id: i64) -> Result<BTreeMap<String, i64>, StoreError> {
        let query = Query::select()
            .column(iden("kind"))
            .expr_as(Expr::cust("COUNT(*)"), iden("number"))
            .from(iden("import_row"))
            .and_where(Expr::col(iden("import_id")).eq(id))
            .group_by_col(iden("kind"))
            .to_owned();
        let rows = self.reader().query_all(&query).await?;
        let count = |row: &sea_orm::QueryResult| {
            Ok((String::try_get_by(row, "kind")?, i64::try_get_by(row, "number")?))
        };
        rows.iter().map(count).collect()
    }

    /// A part of the file of an import, from 0; `None` after the last.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn import_part(&self, id: i64, part: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let query = Query::select()
            .column(iden("bytes"))
            .from(iden("import_file"))
            .and_where(Expr::col(iden("import_id")).eq(id))
            .and_where(Expr::col(iden("part")).eq(part))
            .to_owned();
        let Some(row) = self.reader().query_one(&query).await? else { return Ok(None) };
        let text = String::try_get_by(&row, "bytes")?;
        let bytes = STANDARD
            .decode(text)
            .map_err(|error| StoreError::inconsistent("import_file.bytes", error))?;
        Ok(Some(bytes))
    }
}

impl Tx {
    /// Keeps a part of the file of an import of the writer's own.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn add_import_part(
        &mut self,
        id: i64,
        part: i64,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        self.require(&[Action::UseDesk])?;
        let row = [[id.into(), part.into(), STANDARD.encode(bytes).into()]];
        rows::into("import_file", &["import_id", "part", "bytes"]).put(&*self.db, row).await
    }

    /// Puts rows of an import of the writer's own, which follow one another, in the place of those
    /// that are there.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Refused`] when it is carried out,
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn put_import_rows(&mut self, id: i64, put: &[ImportRow]) -> Result<(), StoreError> {
        self.own_import(id).await?;
        let (Some(first), Some(last)) = (put.first(), put.last()) else { return Ok(()) };
        let mut delete = Query::delete();
        delete
            .from_table(iden("import_row"))
            .and_where(Expr::col(iden("import_id")).eq(id))
            .and_where(Expr::col(iden("position")).between(first.position, last.position));
        self.db.execute(&delete).await?;
        let values = put.iter().cloned().map(|row| {
            [
                id.into(),
                row.position.into(),
                row.kind.into(),
                row.project_id.into(),
                row.body.into(),
                row.plan.into(),
                row.choice.into(),
            ]
        });
        let columns: Vec<&str> = ["import_id"].into_iter().chain(COLUMNS).collect();
        rows::into("import_row", &columns).put(&*self.db, values).await
    }

    /// Forgets what was read of an import of the writer's own.
    ///
    /// # Errors
    /// As [`Tx::put_import_rows`].
    pub async fn clear_import_rows(&mut self, id: i64) -> Result<(), StoreError> {
        self.own_import(id).await?;
        self.remove_of_import("import_row", id).await
    }

    /// Rows of an import that is being carried out: as [`crate::Store::import_rows`]. What is kept
    /// back is of projects, and need not be written first.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn import_rows(
        &mut self,
        id: i64,
        from: i64,
        limit: u64,
    ) -> Result<Vec<ImportRow>, StoreError> {
        self.require(&IMPORTING)?;
        some(&*self.db, id, &[], from, limit).await
    }
}
