//! The versions of a project: for each stretch of business time, what was known of it, from when to
//! when. A write ends the recorded period of every version that it overlaps and appends the
//! restated ones; nothing else is ever changed in that table.

use crate::error::StoreError;
use crate::project::facets::{Facets, iden};
use crate::rows;
use crate::time::{self, NEVER, NO_END};
use crate::trail::{self, Versions};
use jiff::civil::Date;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SimpleExpr};
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
    const COLUMNS: [&str; 7] = [
        "project_id",
        "seq",
        "effective_from",
        "effective_to",
        "recorded_from",
        "recorded_to",
        "closed_by",
    ];

    /// The values of the columns, then those of the facets.
    fn values(&self) -> impl Iterator<Item = SimpleExpr> {
        let own: [SimpleExpr; 7] = [
            self.project_id.into(),
            self.seq.into(),
            self.effective_from.clone().into(),
            self.effective_to.clone().into(),
            self.recorded_from.into(),
            self.recorded_to.into(),
            self.closed_by.into(),
        ];
        own.into_iter().chain(self.facets.values())
    }

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

/// The open versions that a change leaves behind, oldest first: `change` is the last one of
/// `history` and makes a difference from the day `from` on; `open` are the versions that reach
/// beyond that day, which these take the place of.
pub(crate) fn restated(
    history: &History,
    change: &Change,
    from: Date,
    open: &[Version],
    lists: &CodeLists,
) -> Vec<Version> {
    let seq = i64::from(change.seq);
    let recorded_from = time::micros(change.recorded_at);
    let start = from.to_string();
    let row = |effective_from: String, effective_to: String, facets: Facets| Version {
        project_id: history.id,
        seq,
        effective_from,
        effective_to,
        recorded_from,
        recorded_to: NEVER,
        closed_by: None,
        facets,
    };

    let mut restated = Vec::new();
    // What held before the day holds on up to it, to the letter.
    for old in open.iter().filter(|old| old.effective_from < start) {
        restated.push(row(old.effective_from.clone(), start.clone(), old.facets.clone()));
    }
    let segments = history.timeline();
    let ends = segments.iter().skip(1).map(|next| next.from.to_string());
    let ends: Vec<String> = ends.chain([NO_END.to_owned()]).collect();
    for (segment, end) in segments.iter().zip(ends).filter(|(_, end)| *end > start) {
        let day = segment.from.max(from);
        let edition = Edition { lists, day, version: seq, updated_at: change.recorded_at };
        restated.push(row(day.to_string(), end, Facets::of(&segment.project, edition)));
    }
    restated
}

/// What the trail says of the versions that a change appends and ends.
pub(crate) fn proof(appended: &[Version], ended: &[Version]) -> String {
    let hash = |row: &Version| (row.effective_from.clone(), row.hash());
    let proof = Versions {
        format: Versions::FORMAT,
        appended: appended.iter().map(hash).collect(),
        ended: ended.iter().map(|row| (row.seq, row.effective_from.clone())).collect(),
    };
    serde_json::to_string(&proof).unwrap_or_default()
}

/// Ends the recorded period of a stored version, as `version` says.
pub(crate) async fn end(db: &impl ConnectionTrait, version: &Version) -> Result<(), StoreError> {
    let update = Query::update()
        .table(iden("project_version"))
        .value(iden("recorded_to"), version.recorded_to)
        .value(iden("closed_by"), version.closed_by)
        .and_where(Expr::col(iden("project_id")).eq(version.project_id))
        .and_where(Expr::col(iden("seq")).eq(version.seq))
        .and_where(Expr::col(iden("effective_from")).eq(version.effective_from.as_str()))
        .to_owned();
    db.execute(&update).await?;
    Ok(())
}

/// Appends versions.
pub(crate) async fn append(
    db: &impl ConnectionTrait,
    versions: &[&Version],
) -> Result<(), StoreError> {
    let columns: Vec<&str> = Version::COLUMNS.into_iter().chain(Facets::COLUMNS).collect();
    rows::into("project_version", &columns).put(db, versions.iter().map(|row| row.values())).await
}
