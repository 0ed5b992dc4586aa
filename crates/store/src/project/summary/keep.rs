//! How the cells are kept: a write leaves what it changes as a row of its own, so that writers do
//! not wait for each other; every so many rows are added to the cells together.

use super::cells::{Cells, Place};
use super::change::{Change, Profile, Step};
use super::kept::{change, grouping};
use super::sums::Sums;
use crate::error::StoreError;
use crate::project::derived::Turn;
use crate::project::facets::iden;
use crate::store::Store;
use crate::time::{NEVER, NO_END};
use crate::tx::{begin_immediate, lock};
use futures_util::TryStreamExt;
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, Statement, StreamTrait, TryGetable,
};

/// How many rows may be pending before they are added up; a write that changes more projects adds
/// to the cells itself.
const PENDING: usize = 64;

/// How many cells a statement takes: SQLite has 32,766 parameters.
const ROWS: usize = 400;

/// What the summaries are to learn from a write.
#[derive(Default)]
pub(crate) struct Following {
    few: Vec<Change>,
    many: Cells,
}

impl Following {
    /// Follows what a write made of projects.
    pub fn follow(&mut self, turns: &[Turn<'_>]) {
        self.few.extend(turns.iter().filter_map(Change::of));
        if self.few.len() > PENDING || !self.many.is_empty() {
            self.few.drain(..).for_each(|change| self.many.count(&change));
        }
    }

    /// Writes what there is to learn; answers whether the pending rows shall be added up.
    pub async fn settle(self, db: &impl ConnectionTrait) -> Result<bool, StoreError> {
        if !self.many.is_empty() {
            lock::hold(db, lock::SUMMARY).await?;
            add(db, &self.many).await?;
        }
        if self.few.is_empty() {
            return Ok(false);
        }
        let mut insert = Query::insert();
        insert.into_table(iden("summary_pending")).columns([iden("body")]);
        insert.returning_col(iden("id"));
        for change in &self.few {
            let body = serde_json::to_string(change).unwrap_or_default();
            insert
                .values([body.into()])
                .map_err(|error| StoreError::inconsistent("summary_pending", error))?;
        }
        let ids = db.query_all(&insert).await?;
        let ids: Vec<i64> =
            ids.iter().map(|row| i64::try_get_by(row, "id")).collect::<Result<_, _>>()?;
        // Counted by their numbers, so that it needs no look at the table, and no memory of what
        // other servers wrote.
        Ok(ids.iter().any(|id| id % (PENDING as i64) == 0))
    }
}

impl Store {
    /// Adds up what is pending, in the background and in a transaction of its own: no write waits
    /// for it. When it does not come about, the next one finds the rows.
    pub(crate) fn fold_summaries_later(&self) {
        let store = self.clone();
        tokio::spawn(async move {
            if let Err(error) = store.fold_summaries().await {
                tracing::warn!(%error, "the pending changes of summaries were not added up");
            }
        });
    }

    async fn fold_summaries(&self) -> Result<(), StoreError> {
        let db = begin_immediate(self.writer()).await?;
        if self.backend() == DbBackend::Postgres {
            // Not while another one does it, nor while all of it is made anew.
            let sql = "SELECT pg_try_advisory_xact_lock_shared($1) \
                       AND pg_try_advisory_xact_lock($2) AS held";
            let values = [lock::WRITERS.into(), lock::SUMMARY.into()];
            let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
            let row = db.query_one_raw(statement).await?.ok_or(StoreError::Missing)?;
            if !bool::try_get_by(&row, "held")? {
                return Ok(db.rollback().await?);
            }
        }
        let mut cells = Cells::default();
        let sql = "DELETE FROM summary_pending RETURNING body";
        for row in &db.query_all_raw(Statement::from_string(self.backend(), sql)).await? {
            cells.count(&change(&String::try_get_by(row, "body")?)?);
        }
        add(&db, &cells).await?;
        Ok(db.commit().await?)
    }
}

/// Adds to the kept cells. One that comes to nothing stays and is read as none.
async fn add(db: &impl ConnectionTrait, cells: &Cells) -> Result<(), StoreError> {
    for batch in cells.places().chunks(ROWS) {
        let mut insert = Query::insert();
        insert
            .into_table(iden("summary_cell"))
            .columns(PLACE.into_iter().chain(Sums::COLUMNS).map(iden));
        let added =
            |name: &str| (iden(name), Expr::cust(format!("summary_cell.{name} + excluded.{name}")));
        insert.on_conflict(
            OnConflict::columns(PLACE.map(iden)).values(Sums::COLUMNS.map(added)).to_owned(),
        );
        for (place, sums) in batch {
            let place = place.iter().map(|text| text.as_str().into());
            insert
                .values(place.chain(sums.values().map(Into::into)))
                .map_err(|error| StoreError::inconsistent("summary_cell", error))?;
        }
        db.execute(&insert).await?;
    }
    Ok(())
}

/// The columns of a cell's key, in the order of a [`Place`].
const PLACE: [&str; 5] = ["scope", "dimensions", "filing", "period", "codes"];

/// The first cell that is kept otherwise than it follows from the open versions, in a sentence.
pub(crate) async fn problem(db: &DatabaseTransaction) -> Result<Option<String>, StoreError> {
    let mut cells = Cells::default();
    let backend = ConnectionTrait::get_database_backend(db);
    let sql = format!(
        "SELECT effective_from, effective_to, {} FROM project_version WHERE recorded_to = {NEVER}",
        Profile::COLUMNS
    );
    let mut versions = db.stream_raw(Statement::from_string(backend, sql)).await?;
    while let Some(row) = versions.try_next().await? {
        let profile = Profile::read(&row)?;
        let step = |day: String, times| Step { day, profile: 0, times };
        let end = String::try_get_by(&row, "effective_to")?;
        let last = if end == NO_END { step(String::new(), 1) } else { step(end, -1) };
        let steps = vec![step(String::try_get_by(&row, "effective_from")?, 1), last];
        cells.count(&Change { profiles: vec![profile], steps });
    }
    drop(versions);
    let told = cells.places();
    let mut kept = Cells::default();
    let sql = "SELECT body FROM summary_pending";
    for row in &db.query_all_raw(Statement::from_string(backend, sql)).await? {
        kept.count(&change(&String::try_get_by(row, "body")?)?);
    }
    let rows = Statement::from_string(backend, "SELECT * FROM summary_cell");
    let mut rows = db.stream_raw(rows).await?;
    while let Some(row) = rows.try_next().await? {
        let text = |column: &str| String::try_get_by(&row, column);
        let place = [text("scope")?, text("filing")?, text("period")?, text("codes")?];
        let place = place.each_ref().map(String::as_str);
        kept.put(grouping(&text("dimensions")?)?, place, Sums::read(&row)?);
    }
    Ok(first_difference(&told, &kept.places()).map(|[scope, dimensions, filing, period, codes]| {
        format!(
            "the summary of {scope} by {dimensions}, cell {codes:?}, filing {filing}, period \
             {period:?}, is not what the projects add up to"
        )
    }))
}

/// The first place, of two lists in order, where they differ.
fn first_difference<'a>(told: &'a [(Place, Sums)], kept: &'a [(Place, Sums)]) -> Option<&'a Place> {
    let same = told.iter().zip(kept).take_while(|(told, kept)| told == kept).count();
    let next = [told.get(same), kept.get(same)].into_iter().flatten();
    next.map(|(place, _)| place).min()
}
