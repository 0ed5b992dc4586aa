//! The columns of the list: which there are, which are shown, and what stands in them.

use crate::page::form::Form;
use crate::page::show;
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use crate::problem::Failure;
use serde::Deserialize;
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::filing::Filing;
use shortboard_domain::money::SignedMoney;
use shortboard_domain::period::Span;
use shortboard_domain::requirement::Fact;
use shortboard_domain::stage::{Stage, StageBasis};

/// The cookie, and the parameter, that name the columns shown.
pub const COLUMNS: &str = "columns";

/// A project as the list shows it: what its card tells.
#[derive(Debug, Clone, Deserialize)]
pub struct Card {
    pub id: i64,
    pub registry_number: String,
    pub code: Option<String>,
    pub name: String,
    pub stage: Stage,
    pub stage_since: String,
    pub stage_basis: StageBasis,
    pub filing: Filing,
    pub area: String,
    pub region: String,
    pub group: Option<String>,
    pub owner_unit: Option<Owner>,
    pub lead_department: Option<Department>,
    pub departments: Vec<Department>,
    pub total_investment: Option<SignedMoney>,
    pub planned: Span,
    pub actual: Span,
    pub gap: Option<SignedMoney>,
    pub missing: Vec<Fact>,
    pub updated_at: String,
    pub funding: Vec<Source>,
}

/// An owner unit.
#[derive(Debug, Clone, Deserialize)]
pub struct Owner {
    pub name: String,
}

/// A department.
#[derive(Debug, Clone, Deserialize)]
pub struct Department {
    pub code: String,
    pub name: String,
}

/// A funding source.
#[derive(Debug, Clone, Deserialize)]
pub struct Source {
    pub channel: String,
    pub amount: SignedMoney,
    pub arrived: Option<SignedMoney>,
}

/// Cards as the store gives them: JSON objects with commas between.
///
/// # Errors
/// [`Failure::Internal`] when they are not what they should be.
pub fn cards(text: &str) -> Result<Vec<Card>, Failure> {
    serde_json::from_str(&format!("[{text}]")).map_err(|error| {
        tracing::error!(%error, "a card is not what it should be");
        Failure::Internal
    })
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Number,
    Name,
    Stage,
    Filing,
    Area,
    Region,
    Group,
    Owner,
    Departments,
    Code,
    Total,
    Planned,
    Arrived,
    Gap,
    Channels,
    Period,
    Actual,
    Since,
    Missing,
    Updated,
}

impl Column {
    /// All columns, in the order of the list.
    pub const ALL: [Self; 20] = [
        Self::Number,
        Self::Name,
        Self::Stage,
        Self::Filing,
        Self::Area,
        Self::Region,
        Self::Group,
        Self::Owner,
        Self::Departments,
        Self::Code,
        Self::Total,
        Self::Planned,
        Self::Arrived,
        Self::Gap,
        Self::Channels,
        Self::Period,
        Self::Actual,
        Self::Since,
        Self::Missing,
        Self::Updated,
    ];

    /// What is shown to whoever has chosen nothing.
    const USUAL: [Self; 9] = [
        Self::Name,
        Self::Stage,
        Self::Area,
        Self::Region,
        Self::Owner,
        Self::Departments,
        Self::Total,
        Self::Gap,
        Self::Period,
    ];

    /// Its word in addresses and cookies.
    pub fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Name => "name",
            Self::Stage => "stage",
            Self::Filing => "filing",
            Self::Area => "area",
            Self::Region => "region",
            Self::Group => "group",
            Self::Owner => "owner",
            Self::Departments => "departments",
            Self::Code => "code",
            Self::Total => "total",
            Self::Planned => "planned",
            Self::Arrived => "arrived",
            Self::Gap => "gap",
            Self::Channels => "channels",
            Self::Period => "period",
            Self::Actual => "actual",
            Self::Since => "since",
            Self::Missing => "missing",
            Self::Updated => "updated",
        }
    }

    /// Its heading.
    pub fn label(self, t: Texts) -> &'static str {
        match self {
            Self::Number => t.column_number(),
            Self::Name => t.column_name(),
            Self::Stage => t.column_stage(),
            Self::Filing => t.column_filing(),
            Self::Area => t.column_area(),
            Self::Region => t.column_region(),
            Self::Group => t.column_group(),
            Self::Owner => t.column_owner(),
            Self::Departments => t.column_departments(),
            Self::Code => t.column_code(),
            Self::Total => t.column_total(),
            Self::Planned => t.column_planned(),
            Self::Arrived => t.column_arrived(),
            Self::Gap => t.column_gap(),
            Self::Channels => t.column_channels(),
            Self::Period => t.column_period(),
            Self::Actual => t.column_actual(),
            Self::Since => t.column_since(),
            Self::Missing => t.column_missing(),
            Self::Updated => t.column_updated(),
        }
    }

    /// Whether it holds amounts, in 万元.
    pub fn is_money(self) -> bool {
        matches!(self, Self::Total | Self::Planned | Self::Arrived | Self::Gap)
    }

    /// The orders a click on its heading asks for: the first, and the other way round.
    pub fn sorts(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Number => Some(("registry_number", "registry_number")),
            Self::Name => Some(("name", "name")),
            Self::Total => Some(("-total_investment", "total_investment")),
            Self::Updated => Some(("-updated_at", "updated_at")),
            _ => None,
        }
    }

    /// The columns that a visit shows: those its address names, those it remembers, or the usual.
    pub fn shown(visit: &Visit) -> Vec<Self> {
        let chosen = visit.query.given(COLUMNS).or_else(|| visit.cookie(COLUMNS));
        let chosen = chosen.map(|words| {
            let words: Vec<&str> = words.split(['.', ',']).collect();
            let has = |column: &Self| *column == Self::Name || words.contains(&column.word());
            Self::ALL.into_iter().filter(has).collect::<Vec<_>>()
        });
        chosen.filter(|columns| columns.len() > 1).unwrap_or(Self::USUAL.to_vec())
    }

    /// The columns that a form chose, as a cookie keeps them.
    pub fn chosen(form: &Form) -> String {
        let chosen: Vec<&str> = form.all(COLUMNS).collect();
        let known = Self::ALL.into_iter().map(Self::word).filter(|word| chosen.contains(word));
        known.collect::<Vec<_>>().join(".")
    }
}

/// Writes what stands in the columns of a project.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    /// The words.
    pub t: Texts,
    /// The names of codes.
    pub lists: &'a CodeLists,
    /// The day whose names are shown.
    pub day: jiff::civil::Date,
}

impl Writer<'_> {
    /// What stands in a column, as text; blank where nothing does.
    pub fn text(self, column: Column, card: &Card) -> String {
        let Self { t, lists, day } = self;
        let label = |list, code: &str| show::label(lists, list, code, day, t);
        let money = |amount: Option<SignedMoney>| {
            amount.map(|amount| show::wan(amount.fen())).unwrap_or_default()
        };
        match column {
            Column::Number => card.registry_number.clone(),
            Column::Name => card.name.clone(),
            Column::Stage => card.stage.label(t.0).to_owned(),
            Column::Filing => card.filing.label(t.0).to_owned(),
            Column::Area => label(ListName::Areas, &card.area),
            Column::Region => label(ListName::Regions, &card.region),
            Column::Group => {
                card.group.as_deref().map_or(String::new(), |code| label(ListName::Groups, code))
            }
            Column::Owner => {
                card.owner_unit.as_ref().map_or(String::new(), |owner| owner.name.clone())
            }
            Column::Departments => self.departments(card),
            Column::Code => card.code.clone().unwrap_or_default(),
            Column::Total => money(card.total_investment),
            Column::Planned => {
                show::wan(card.funding.iter().map(|source| source.amount.fen()).sum())
            }
            Column::Arrived => {
                let arrived = card.funding.iter().filter_map(|source| source.arrived);
                show::wan(arrived.map(SignedMoney::fen).sum())
            }
            Column::Gap => money(card.gap),
            Column::Channels => {
                let mut codes: Vec<&str> = Vec::new();
                for source in &card.funding {
                    if !codes.contains(&source.channel.as_str()) {
                        codes.push(&source.channel);
                    }
                }
                show::listed(t, codes.into_iter().map(|code| label(ListName::Channels, code)))
            }
            Column::Period => show::span(&card.planned),
            Column::Actual => show::span(&card.actual),
            Column::Since => card.stage_since.clone(),
            Column::Missing => {
                show::listed(t, card.missing.iter().map(|fact| fact.label(t.0).to_owned()))
            }
            Column::Updated => card.updated_at.get(..10).unwrap_or_default().to_owned(),
        }
    }

    /// The departments, the lead first.
    fn departments(self, card: &Card) -> String {
        let lead = card.lead_department.as_ref().map(|lead| lead.code.as_str());
        let mut departments: Vec<&Department> = card.departments.iter().collect();
        departments.sort_by_key(|department| Some(department.code.as_str()) != lead);
        let name = |department: &Department| match self.t.0 {
            shortboard_domain::lang::Lang::Zh => department.name.clone(),
            _ => show::label(self.lists, ListName::Departments, &department.code, self.day, self.t),
        };
        show::listed(self.t, departments.into_iter().map(name))
    }
}
