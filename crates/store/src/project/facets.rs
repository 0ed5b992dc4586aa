//! What lists filter, sort and sum a project by, beside the card they answer with: the columns that
//! the current rows and the versions share.

use super::derived::Turn;
use crate::error::StoreError;
use crate::rows;
use crate::time;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shortboard_domain::card::{Card, Edition};
use shortboard_domain::name::normalise;
use shortboard_domain::project::Project;
use shortboard_domain::stage::StageBasis;

/// The shared columns.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(crate) struct Facets {
    pub registry_number: String,
    pub name: String,
    pub search: String,
    pub code: Option<String>,
    pub stage: String,
    pub stage_since: String,
    pub inferred: bool,
    pub filing: String,
    pub author: String,
    pub area: String,
    pub region: String,
    pub also_in: String,
    pub owner_group: Option<String>,
    pub departments: String,
    pub channels: String,
    pub total_investment: Option<i64>,
    pub planned_funding: i64,
    pub arrived_funding: i64,
    pub start_year: Option<i64>,
    pub document: Option<String>,
    pub clause: Option<String>,
    pub version: i64,
    pub updated_at: i64,
    pub card: String,
}

impl Facets {
    /// The facets of a project in one edition.
    pub fn of(project: &Project, edition: Edition<'_>) -> Self {
        let facts = &project.facts;
        let card = Card::of(project, edition);
        let owner = facts.owner_unit.as_ref().map(|owner| owner.name.as_str()).unwrap_or_default();
        let code = facts.code.as_ref().map(|code| code.as_str().to_owned());
        let search = [
            facts.name.as_str(),
            owner,
            code.as_deref().unwrap_or_default(),
            &project.registry_number,
        ];
        Self {
            registry_number: project.registry_number.clone(),
            name: facts.name.clone(),
            search: search.map(normalise).join(" "),
            code,
            stage: project.stage.as_str().to_owned(),
            stage_since: project.stage_since().to_string(),
            inferred: project.stage_basis() == StageBasis::Inferred,
            filing: project.filing.as_str().to_owned(),
            author: project.author.clone(),
            area: facts.area.to_string(),
            region: facts.region.to_string(),
            also_in: listed(facts.also_in.iter().map(|code| code.as_str())),
            owner_group: facts.group.as_ref().map(ToString::to_string),
            departments: listed(facts.departments.iter().map(|code| code.as_str())),
            channels: listed(project.funding.iter().map(|funding| funding.source.channel.as_str())),
            total_investment: facts.total_investment.map(|money| money.fen()),
            // At most 200 sources of at most 10^16 fen each: it fits.
            planned_funding: i64::try_from(project.planned_funding().fen()).unwrap_or(i64::MAX),
            arrived_funding: i64::try_from(project.arrived_funding().fen()).unwrap_or(i64::MAX),
            start_year: project.start_year().map(i64::from),
            document: project.source.as_ref().map(|source| source.document.clone()),
            clause: project.source.as_ref().and_then(|source| source.clause.clone()),
            version: edition.version,
            updated_at: time::micros(edition.updated_at),
            card: serde_json::to_string(&card).unwrap_or_default(),
        }
    }

    /// The columns.
    pub const COLUMNS: [&str; 24] = [
        "registry_number",
        "name",
        "search",
        "code",
        "stage",
        "stage_since",
        "inferred",
        "filing",
        "author",
        "area",
        "region",
        "also_in",
        "owner_group",
        "departments",
        "channels",
        "total_investment",
        "planned_funding",
        "arrived_funding",
        "start_year",
        "document",
        "clause",
        "version",
        "updated_at",
        "card",
    ];

    /// The values of the columns, in their order.
    pub fn values(&self) -> [SimpleExpr; 24] {
        [
            self.registry_number.clone().into(),
            self.name.clone().into(),
            self.search.clone().into(),
            self.code.clone().into(),
            self.stage.clone().into(),
            self.stage_since.clone().into(),
            self.inferred.into(),
            self.filing.clone().into(),
            self.author.clone().into(),
            self.area.clone().into(),
            self.region.clone().into(),
            self.also_in.clone().into(),
            self.owner_group.clone().into(),
            self.departments.clone().into(),
            self.channels.clone().into(),
            self.total_investment.into(),
            self.planned_funding.into(),
            self.arrived_funding.into(),
            self.start_year.into(),
            self.document.clone().into(),
            self.clause.clone().into(),
            self.version.into(),
            self.updated_at.into(),
            self.card.clone().into(),
        ]
    }
}

/// Brings the current rows of projects up to date: new ones many a statement, of others the columns
/// that changed, so that no index is touched for nothing. Those of withdrawn projects go.
pub(crate) async fn put(db: &impl ConnectionTrait, turns: &[Turn<'_>]) -> Result<(), StoreError> {
    let (new, old): (Vec<&Turn>, Vec<&Turn>) = turns.iter().partition(|turn| turn.before.is_none());
    let columns: Vec<&str> = ["id"].into_iter().chain(Facets::COLUMNS).collect();
    let new = new.into_iter().filter_map(|turn| Some((turn.id, turn.after?)));
    let values = |(id, after): (i64, &Facets)| -> Vec<SimpleExpr> {
        [id.into()].into_iter().chain(after.values()).collect()
    };
    rows::into("project", &columns).put(db, new.map(values)).await?;
    for turn in old {
        let Some(before) = turn.before else { continue };
        let Some(after) = turn.after else {
            let mut delete = Query::delete();
            delete.from_table(iden("project")).and_where(Expr::col(iden("id")).eq(turn.id));
            db.execute(&delete).await?;
            continue;
        };
        let values = before.values().into_iter().zip(after.values());
        let changed = Facets::COLUMNS.into_iter().zip(values).filter(|(_, (old, new))| old != new);
        let mut update = Query::update();
        update.table(iden("project")).and_where(Expr::col(iden("id")).eq(turn.id));
        update.values(changed.map(|(column, (_, new))| (iden(column), new)));
        db.execute(&update).await?;
    }
    Ok(())
}

/// Codes as one column keeps them: `,a,b,`, each once; empty for none.
fn listed<'a>(codes: impl Iterator<Item = &'a str>) -> String {
    let mut codes: Vec<&str> = codes.collect();
    codes.sort_unstable();
    codes.dedup();
    if codes.is_empty() { String::new() } else { format!(",{},", codes.join(",")) }
}

/// The codes that such a column keeps.
pub(crate) fn codes(column: &str) -> impl Iterator<Item = &str> {
    column.split(',').filter(|code| !code.is_empty())
}

/// A column or table by name.
pub(crate) fn iden(name: impl Into<String>) -> Alias {
    Alias::new(name)
}
