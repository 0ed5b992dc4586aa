//! The versions of a project: for each stretch of business time, what was known of it, from when to
//! when. A write ends the recorded period of every version that it overlaps and appends the
//! restated ones; nothing else is ever changed in that table.

use crate::error::StoreError;
use crate::project::facets::{Facets, iden};
use crate::time::{self, NEVER, NO_END};
use crate::trail::{self, Versions};
use jiff::civil::Date;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shortboard_domain::card::Edition;
use shortboard_domain::change::Change;
use shortboard_domain::codelist::CodeLists;
use shortboard_domain::history::History;

/// A row of `project_version`.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(crate) struct Version {
    pub project_id: i64,
    pub seq: i64,
    pub effective_from: String,
    pub effective_to: String,
    pub recorded_from: i64,
    pub recorded_to: i64,
    pub closed_by: Option<i64>,
    #[sea_orm(nested)]
    pub facets: Facets,
}

impl Version {
    /// SHA-256 over what never changes in the row: all but the end of its recorded period, which
    /// the record that ends it vouches for.
    ///
    /// The columns are named here one by one, and their names and order are format 1 for ever, so
    /// that a column added later leaves the hashes of what was written before as they are.
    pub fn hash(&self) -> String {
        let facets = &self.facets;
        let format_1 = (
            (self.project_id, self.seq, &self.effective_from, &self.effective_to),
            (self.recorded_from, &facets.registry_number, &facets.name, &facets.search),
            (&facets.code, &facets.stage, &facets.stage_since, facets.inferred, &facets.filing),
            (&facets.author, &facets.area, &facets.region, &facets.also_in, &facets.owner_group),
            (&facets.departments, &facets.channels, facets.total_investment),
            (facets.planned_funding, facets.arrived_funding, facets.start_year),
            (&facets.document, &facets.clause, facets.version, facets.updated_at, &facets.card),
        );
        trail::digest(&serde_json::to_string(&format_1).unwrap_or_default())
    }
}

/// The versions of a project that are not ended and reach beyond a business day, oldest first.
pub(crate) async fn open_from(
    db: &impl ConnectionTrait,
    id: i64,
    day: Date,
) -> Result<Vec<Version>, StoreError> {
    let query = Query::select()
        .expr(Expr::cust("*"))
        .from(iden("project_version"))
        .and_where(Expr::col(iden("project_id")).eq(id))
        .and_where(Expr::col(iden("recorded_to")).eq(NEVER))
        .and_where(Expr::col(iden("effective_to")).gt(day.to_string()))
        .order_by(iden("effective_from"), Order::Asc)
        .to_owned();
    let rows = db.query_all(&query).await?;
    Ok(rows.iter().map(|row| Version::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

/// What a change makes of the versions.
pub(crate) struct Restated {
    project_id: i64,
    seq: i64,
    recorded_at: i64,
    ended: Vec<(i64, String)>,
    appended: Vec<Version>,
    current: Facets,
}

impl Restated {
    /// The versions after `change`, the last one of `history`, which makes a difference from the
    /// day `from` on; `open` are the versions that reach beyond that day.
    pub fn new(
        history: &History,
        change: &Change,
        from: Date,
        open: Vec<Version>,
        lists: &CodeLists,
    ) -> Result<Self, StoreError> {
        let seq = i64::from(change.seq);
        let recorded_at = time::micros(change.recorded_at);
        let start = from.to_string();
        let ended = open.iter().map(|row| (row.seq, row.effective_from.clone())).collect();
        let row = |effective_from: String, effective_to: String, facets: Facets| Version {
            project_id: history.id,
            seq,
            effective_from,
            effective_to,
            recorded_from: recorded_at,
            recorded_to: NEVER,
            closed_by: None,
            facets,
        };

        let mut appended = Vec::new();
        // What held before the day holds on up to it, to the letter.
        for old in open.into_iter().filter(|old| old.effective_from < start) {
            appended.push(row(old.effective_from, start.clone(), old.facets));
        }
        let segments = history.timeline();
        let ends = segments.iter().skip(1).map(|next| next.from.to_string());
        let ends: Vec<String> = ends.chain([NO_END.to_owned()]).collect();
        for (segment, end) in segments.iter().zip(ends).filter(|(_, end)| *end > start) {
            let day = segment.from.max(from);
            let edition = Edition { lists, day, version: seq, updated_at: change.recorded_at };
            appended.push(row(day.to_string(), end, Facets::of(&segment.project, edition)));
        }
        let current = appended
            .last()
            .map(|last| last.facets.clone())
            .ok_or_else(|| StoreError::inconsistent("project_version", "an empty history"))?;
        Ok(Self { project_id: history.id, seq, recorded_at, ended, appended, current })
    }

    /// What the trail says of the rows written and ended.
    pub fn proof(&self) -> String {
        let appended = self.appended.iter().map(|row| (row.effective_from.clone(), row.hash()));
        let proof = Versions {
            format: Versions::FORMAT,
            appended: appended.collect(),
            ended: self.ended.clone(),
        };
        serde_json::to_string(&proof).unwrap_or_default()
    }

    /// Ends and appends the versions, and brings the current row up to date.
    pub async fn write(self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        for (seq, effective_from) in &self.ended {
            let update = Query::update()
                .table(iden("project_version"))
                .value(iden("recorded_to"), self.recorded_at)
                .value(iden("closed_by"), self.seq)
                .and_where(Expr::col(iden("project_id")).eq(self.project_id))
                .and_where(Expr::col(iden("seq")).eq(*seq))
                .and_where(Expr::col(iden("effective_from")).eq(effective_from.as_str()))
                .to_owned();
            db.execute(&update).await?;
        }
        for version in &self.appended {
            db.execute(&insert(version)?).await?;
        }
        db.execute(&upsert(self.project_id, &self.current)?).await?;
        Ok(())
    }
}

fn insert(version: &Version) -> Result<sea_orm::sea_query::InsertStatement, StoreError> {
    let mut columns = vec![
        ("project_id", version.project_id.into()),
        ("seq", version.seq.into()),
        ("effective_from", version.effective_from.clone().into()),
        ("effective_to", version.effective_to.clone().into()),
        ("recorded_from", version.recorded_from.into()),
        ("recorded_to", version.recorded_to.into()),
    ];
    columns.extend(version.facets.columns());
    let (names, values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    let mut insert = Query::insert();
    insert.into_table(iden("project_version")).columns(names.into_iter().map(iden));
    insert.values(values).map_err(|error| StoreError::inconsistent("project_version", error))?;
    Ok(insert)
}

fn upsert(id: i64, facets: &Facets) -> Result<sea_orm::sea_query::InsertStatement, StoreError> {
    let (names, values): (Vec<_>, Vec<_>) = facets.columns().into_iter().unzip();
    let mut insert = Query::insert();
    insert
        .into_table(iden("project"))
        .columns(["id"].into_iter().chain(names.iter().copied()).map(iden))
        .on_conflict(
            OnConflict::column(iden("id")).update_columns(names.into_iter().map(iden)).to_owned(),
        );
    let values = std::iter::once(id.into()).chain(values);
    insert.values(values).map_err(|error| StoreError::inconsistent("project", error))?;
    Ok(insert)
}
