//! Links: where a project is found by what it may have several of, its regions, departments and
//! channels.

use super::facets::{Facets, codes};
use super::row_set::{DerivedRow, OfFacets};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::SimpleExpr;
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
pub(crate) struct Link {
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

impl DerivedRow for Link {
    const TABLE: &'static str = "project_link";
    const NAME: &'static str = "links";
    const COLUMNS: &'static [&'static str] = &[
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
    const KEY: usize = 4;

    fn is_in_place_of(&self, other: &Self) -> bool {
        let key = |link: &Self| (link.investment, link.project_id);
        (&self.facet, &self.code, key(self)) == (&other.facet, &other.code, key(other))
    }

    fn project_id(&self) -> i64 {
        self.project_id
    }

    fn values(self) -> Vec<SimpleExpr> {
        vec![
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

impl OfFacets for Link {
    fn of(id: i64, facets: &Facets) -> BTreeSet<Self> {
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
}
