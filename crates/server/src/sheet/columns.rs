//! The columns of lists and files: which there are, in which order, under which words.

use super::card::Card;
use crate::page::texts::Texts;
use shortboard_domain::money::SignedMoney;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Number,
    Name,
    Kind,
    Stage,
    Since,
    Basis,
    Filing,
    Area,
    Region,
    AlsoIn,
    Departments,
    Lead,
    Group,
    Owner,
    Credit,
    Code,
    Nature,
    Mode,
    Industry,
    Content,
    Place,
    Total,
    Start,
    Finish,
    Period,
    ActualStart,
    ActualFinish,
    Actual,
    Channels,
    Funding,
    Planned,
    Arrived,
    Gap,
    Missing,
    Source,
    Notes,
    Updated,
}

impl Column {
    /// All columns.
    pub const ALL: [Self; 37] = [
        Self::Number,
        Self::Name,
        Self::Kind,
        Self::Stage,
        Self::Since,
        Self::Basis,
        Self::Filing,
        Self::Area,
        Self::Region,
        Self::AlsoIn,
        Self::Departments,
        Self::Lead,
        Self::Group,
        Self::Owner,
        Self::Credit,
        Self::Code,
        Self::Nature,
        Self::Mode,
        Self::Industry,
        Self::Content,
        Self::Place,
        Self::Total,
        Self::Start,
        Self::Finish,
        Self::Period,
        Self::ActualStart,
        Self::ActualFinish,
        Self::Actual,
        Self::Channels,
        Self::Funding,
        Self::Planned,
        Self::Arrived,
        Self::Gap,
        Self::Missing,
        Self::Source,
        Self::Notes,
        Self::Updated,
    ];

    /// What the page of the list can show: what cards tell.
    pub const LISTED: [Self; 20] = [
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

    /// The columns of a file that asks for none: what a ledger needs, so that it can be edited and
    /// imported again. What other columns tell in two or in more detail is left out.
    pub fn of_ledger() -> Vec<Self> {
        let is_told = |column: &Self| {
            !matches!(column, Self::Period | Self::Actual | Self::Channels | Self::Missing)
        };
        Self::ALL.into_iter().filter(is_told).collect()
    }

    /// Its word in addresses and cookies.
    pub fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Name => "name",
            Self::Kind => "kind",
            Self::Stage => "stage",
            Self::Since => "since",
            Self::Basis => "basis",
            Self::Filing => "filing",
            Self::Area => "area",
            Self::Region => "region",
            Self::AlsoIn => "also_in",
            Self::Departments => "departments",
            Self::Lead => "lead",
            Self::Group => "group",
            Self::Owner => "owner",
            Self::Credit => "credit_code",
            Self::Code => "code",
            Self::Nature => "nature",
            Self::Mode => "approval_mode",
            Self::Industry => "industry",
            Self::Content => "content",
            Self::Place => "place",
            Self::Total => "total",
            Self::Start => "planned_start",
            Self::Finish => "planned_finish",
            Self::Period => "period",
            Self::ActualStart => "actual_start",
            Self::ActualFinish => "actual_finish",
            Self::Actual => "actual",
            Self::Channels => "channels",
            Self::Funding => "funding",
            Self::Planned => "planned",
            Self::Arrived => "arrived",
            Self::Gap => "gap",
            Self::Missing => "missing",
            Self::Source => "source",
            Self::Notes => "notes",
            Self::Updated => "updated",
        }
    }

    /// Its heading.
    pub fn label(self, t: Texts) -> &'static str {
        match self {
            Self::Number => t.column_number(),
            Self::Name => t.column_name(),
            Self::Kind => t.column_kind(),
            Self::Stage => t.column_stage(),
            Self::Since => t.column_since(),
            Self::Basis => t.column_basis(),
            Self::Filing => t.column_filing(),
            Self::Area => t.column_area(),
            Self::Region => t.column_region(),
            Self::AlsoIn => t.column_also_in(),
            Self::Departments => t.column_departments(),
            Self::Lead => t.column_lead(),
            Self::Group => t.column_group(),
            Self::Owner => t.column_owner(),
            Self::Credit => t.column_credit(),
            Self::Code => t.column_code(),
            Self::Nature => t.column_nature(),
            Self::Mode => t.column_mode(),
            Self::Industry => t.column_industry(),
            Self::Content => t.column_content(),
            Self::Place => t.column_place(),
            Self::Total => t.column_total(),
            Self::Start => t.column_start(),
            Self::Finish => t.column_finish(),
            Self::Period => t.column_period(),
            Self::ActualStart => t.column_actual_start(),
            Self::ActualFinish => t.column_actual_finish(),
            Self::Actual => t.column_actual(),
            Self::Channels => t.column_channels(),
            Self::Funding => t.column_funding(),
            Self::Planned => t.column_planned(),
            Self::Arrived => t.column_arrived(),
            Self::Gap => t.column_gap(),
            Self::Missing => t.column_missing(),
            Self::Source => t.column_source(),
            Self::Notes => t.column_notes(),
            Self::Updated => t.column_updated(),
        }
    }

    /// Its width in a workbook, in characters.
    pub fn width(self) -> f64 {
        match self {
            Self::Stage => 8.0,
            Self::Kind | Self::Basis | Self::Filing | Self::Mode => 10.0,
            Self::Since
            | Self::Region
            | Self::Nature
            | Self::Start
            | Self::Finish
            | Self::ActualStart
            | Self::ActualFinish
            | Self::Updated => 12.0,
            Self::Group => 14.0,
            Self::Number
            | Self::AlsoIn
            | Self::Lead
            | Self::Industry
            | Self::Total
            | Self::Planned
            | Self::Arrived
            | Self::Gap => 16.0,
            Self::Area => 18.0,
            Self::Departments | Self::Place | Self::Period | Self::Actual => 20.0,
            Self::Owner | Self::Credit => 22.0,
            Self::Channels | Self::Missing | Self::Source => 24.0,
            Self::Code => 28.0,
            Self::Notes => 30.0,
            Self::Name => 36.0,
            Self::Funding => 44.0,
            Self::Content => 50.0,
        }
    }

    /// The column of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.word() == word)
    }

    /// Whether it holds amounts, in 万元.
    pub fn is_money(self) -> bool {
        matches!(self, Self::Total | Self::Planned | Self::Arrived | Self::Gap)
    }

    /// Whether only the file of a project tells it, not its card.
    pub fn is_further(self) -> bool {
        matches!(self, Self::Mode | Self::Industry | Self::Content | Self::Place | Self::Notes)
    }

    /// The amount of a project in a column of amounts.
    pub fn amount(self, card: &Card) -> Option<SignedMoney> {
        let sum = |fen: i128| Some(SignedMoney::from_fen(fen));
        match self {
            Self::Total => card.total_investment,
            Self::Planned => sum(card.funding.iter().map(|source| source.amount.fen()).sum()),
            Self::Arrived => {
                let arrived = card.funding.iter().filter_map(|source| source.arrived);
                sum(arrived.map(SignedMoney::fen).sum())
            }
            Self::Gap => card.gap,
            _ => None,
        }
    }
}
