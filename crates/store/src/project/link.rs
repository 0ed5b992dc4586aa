//! Links: where a project is found by what it may have several of, its regions, departments and
//! channels.

use super::derived::Turn;
use super::facets::{Facets, codes, iden};
use crate::error::StoreError;
use crate::rows;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::collections::BTreeSet;

/// What a project may have several of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Facet {
    /// The region where it counts and those where it also lies: where it is seen from.
    Seen,
    /// Departments named.
    Department,
    /// Channels of its sources.
    Channel,
}

impl Facet {
    /// As the table has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Department => "department",
            Self::Channel => "channel",
        }
    }
}

/// A row of `project_link`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, FromQueryResult)]
struct Link {
    facet: String,
    code: String,
    investment: i64,
    project_id: i64,
    filing: String,
    stage: String,
    area: String,
    region: String,
    owner_group: Option<String>,
    start_year: Option<i64>,
    author: String,
    also_in: String,
    departments: String,
}

impl Link {
    const COLUMNS: [&str; 13] = [
        "facet",
        "code",
        "investment",
        "project_id",
        "filing",
        "stage",
        "area",
        "region",
        "owner_group",
        "start_year",
        "author",
        "also_in",
        "departments",
    ];

    fn values(self) -> [SimpleExpr; 13] {
        [
            self.facet.into(),
            self.code.into(),
            self.investment.into(),
            self.project_id.into(),
            self.filing.into(),
            self.stage.into(),
            self.area.into(),
            self.region.into(),
            self.owner_group.into(),
            self.start_year.into(),
            self.author.into(),
            self.also_in.into(),
            self.departments.into(),
        ]
    }
}

/// The links of a project.
fn links(id: i64, facets: &Facets) -> BTreeSet<Link> {
    let seen = [facets.region.as_str()].into_iter().chain(codes(&facets.also_in));
    let all = seen
        .map(|code| (Facet::Seen, code))
        .chain(codes(&facets.departments).map(|code| (Facet::Department, code)))
        .chain(codes(&facets.channels).map(|code| (Facet::Channel, code)));
    all.map(|(facet, code)| Link {
        facet: facet.as_str().to_owned(),
        code: code.to_owned(),
        investment: facets.total_investment.unwrap_or(-1),
        project_id: id,
        filing: facets.filing.clone(),
        stage: facets.stage.clone(),
        area: facets.area.clone(),
        region: facets.region.clone(),
        owner_group: facets.owner_group.clone(),
        start_year: facets.start_year,
        author: facets.author.clone(),
        also_in: facets.also_in.clone(),
        departments: facets.departments.clone(),
    })
    .collect()
}

/// Brings the links of projects up to date.
pub(crate) async fn follow(
    db: &impl ConnectionTrait,
    turns: &[Turn<'_>],
) -> Result<(), StoreError> {
    let mut new = Vec::new();
    for turn in turns {
        let before = turn.before.map(|facets| links(turn.id, facets)).unwrap_or_default();
        let after = links(turn.id, turn.after);
        for gone in before.difference(&after) {
            let delete = Query::delete()
                .from_table(iden("project_link"))
                .and_where(Expr::col(iden("facet")).eq(gone.facet.as_str()))
                .and_where(Expr::col(iden("code")).eq(gone.code.as_str()))
                .and_where(Expr::col(iden("investment")).eq(gone.investment))
                .and_where(Expr::col(iden("project_id")).eq(gone.project_id))
                .to_owned();
            db.execute(&delete).await?;
        }
        new.extend(after.difference(&before).cloned());
    }
    // In the order of the key, so that neighbours are written together.
    new.sort_unstable();
    rows::insert(db, "project_link", &Link::COLUMNS, new.into_iter().map(Link::values)).await
}

/// What of a range of projects is kept otherwise than it follows from them.
pub(crate) async fn problems(
    db: &impl ConnectionTrait,
    turns: &[Turn<'_>],
    first: i64,
    until: i64,
) -> Result<Vec<String>, StoreError> {
    let query = Query::select()
        .columns(Link::COLUMNS.map(iden))
        .from(iden("project_link"))
        .and_where(Expr::col(iden("project_id")).between(first, until))
        .to_owned();
    let rows = db.query_all(&query).await?;
    let kept = rows.iter().map(|row| Link::from_query_result(row, ""));
    let kept: BTreeSet<Link> = kept.collect::<Result<_, _>>()?;
    let told: BTreeSet<Link> = turns.iter().flat_map(|turn| links(turn.id, turn.after)).collect();
    let mut ids: Vec<i64> = kept.symmetric_difference(&told).map(|link| link.project_id).collect();
    ids.dedup();
    Ok(ids.into_iter().map(|id| format!("project {id}: its links do not follow from it")).collect())
}
