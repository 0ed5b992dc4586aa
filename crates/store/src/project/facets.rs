//! What lists filter, sort and sum a project by, beside the card they answer with: the columns that
//! the current rows and the versions share.

use crate::time;
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Alias, SimpleExpr};
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

    /// The columns with their values.
    pub fn columns(&self) -> Vec<(&'static str, SimpleExpr)> {
        vec![
            ("registry_number", self.registry_number.clone().into()),
            ("name", self.name.clone().into()),
            ("search", self.search.clone().into()),
            ("code", self.code.clone().into()),
            ("stage", self.stage.clone().into()),
            ("stage_since", self.stage_since.clone().into()),
            ("inferred", self.inferred.into()),
            ("filing", self.filing.clone().into()),
            ("author", self.author.clone().into()),
            ("area", self.area.clone().into()),
            ("region", self.region.clone().into()),
            ("also_in", self.also_in.clone().into()),
            ("owner_group", self.owner_group.clone().into()),
            ("departments", self.departments.clone().into()),
            ("channels", self.channels.clone().into()),
            ("total_investment", self.total_investment.into()),
            ("planned_funding", self.planned_funding.into()),
            ("arrived_funding", self.arrived_funding.into()),
            ("start_year", self.start_year.into()),
            ("document", self.document.clone().into()),
            ("clause", self.clause.clone().into()),
            ("version", self.version.into()),
            ("updated_at", self.updated_at.into()),
            ("card", self.card.clone().into()),
        ]
    }
}

/// Codes as one column keeps them: `,a,b,`, each once; empty for none.
fn listed<'a>(codes: impl Iterator<Item = &'a str>) -> String {
    let mut codes: Vec<&str> = codes.collect();
    codes.sort_unstable();
    codes.dedup();
    if codes.is_empty() { String::new() } else { format!(",{},", codes.join(",")) }
}

/// A column or table by name.
pub(crate) fn iden(name: impl Into<String>) -> Alias {
    Alias::new(name)
}
