//! What is said of an import: the sheets and what their columns were taken for, what the user
//! settled, what was counted; and of each row what is to be done.

use super::looked::Looked;
use serde::{Deserialize, Serialize};
use shortboard_domain::import::{MatchedBy, RowKind};
use shortboard_domain::lang::Lang;
use shortboard_domain::stage::{Stage, StageBasis};
use shortboard_ledger::reading::{Column, Layout, LedgerProject, SheetHead, Unit};
use shortboard_ledger::understand::Mapping;
use shortboard_ledger::understand::field::Field;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A sentence in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The column's letters, where one is concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// A stable word.
    pub code: String,
    /// The sentence in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl Note {
    /// A sentence about a column, or about the whole row.
    pub fn new(column: Option<&str>, code: &str, zh: String, en: String) -> Self {
        Self { column: column.map(str::to_owned), code: code.to_owned(), zh, en }
    }

    /// The sentence in a language.
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// A sentence about a place of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The sheet.
    pub sheet: String,
    /// The row, from 1.
    pub row: Option<u32>,
    /// What about it.
    #[serde(flatten)]
    pub note: Note,
}

/// A sheet of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SheetSaid {
    /// Its name.
    pub name: String,
    /// How it is laid out.
    pub layout: Layout,
    /// Why it is no ledger.
    pub reason: Option<String>,
    /// The same in English.
    #[serde(default)]
    pub reason_en: Option<String>,
    /// The unit of its amounts.
    pub unit: Unit,
    /// The title above the header.
    pub title: Option<String>,
    /// Its columns and what they were taken for.
    pub columns: Vec<Column>,
    /// How many projects it tells of.
    pub projects: u32,
    /// How many rows tell of none.
    pub skipped: u32,
}

impl From<SheetHead> for SheetSaid {
    fn from(head: SheetHead) -> Self {
        Self {
            name: head.name,
            layout: head.layout,
            reason: head.reason,
            reason_en: head.reason_en,
            unit: head.unit,
            title: head.title,
            columns: head.columns,
            projects: 0,
            skipped: 0,
        }
    }
}

impl SheetSaid {
    /// The letters of the column that tells a fact.
    pub fn column_of(&self, fact: &str) -> Option<&str> {
        let of = |field: &str| {
            let is = |column: &&Column| column.field.as_deref() == Some(field);
            self.columns.iter().find(is).map(|column| column.column.as_str())
        };
        of(fact).or_else(|| super::words::fields_of(fact).iter().find_map(|field| of(field)))
    }

    /// Why it is no ledger, in a language.
    pub fn reason(&self, lang: Lang) -> Option<&str> {
        match lang {
            Lang::Zh => self.reason.as_deref(),
            Lang::En => self.reason_en.as_deref(),
        }
    }

    /// Whether a column tells what the registry keeps; the yearly amounts of a ledger are not.
    pub fn is_kept(&self, column: &str) -> bool {
        let of = self.columns.iter().find(|of| of.column == column);
        let field = of.and_then(|of| of.field.as_deref()?.parse::<Field>().ok());
        let of_a_year = [Field::DoneToLastYear, Field::PlannedThisYear, Field::DoneThisYear];
        field.is_some_and(|field| field.is_fact() && !of_a_year.contains(&field))
    }
}

/// What the user settled for the whole file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// What columns hold, by their headers, where it was assigned by hand.
    pub mapping: Mapping,
    /// The region of projects whose row tells none.
    pub region: Option<String>,
    /// The task area of projects whose row tells none.
    pub area: Option<String>,
    /// The responsible department of projects whose row tells none.
    pub department: Option<String>,
    /// The sheets that are left out.
    pub left_out_sheets: Vec<String>,
    /// Whether rows with errors are left out.
    pub leave_out_errors: bool,
}

/// All that is said of an import.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    /// The sheets.
    pub sheets: Vec<SheetSaid>,
    /// What the reader of the ledger should know, at most [`Said::REMARKS`] of it.
    pub remarks: Vec<Remark>,
    /// What the user settled.
    pub settings: Settings,
    /// How many rows there are of each kind.
    pub counts: BTreeMap<String, i64>,
    /// How many rows with errors lack what can be settled for the whole file, by its name.
    pub missing: BTreeMap<String, i64>,
    /// How many rows have been read or carried out.
    pub rows: i64,
    /// What the preview was made of.
    pub looked: Looked,
    /// Why the file could not be read.
    pub failure: Option<Note>,
}

impl Said {
    /// How many remarks are kept.
    pub const REMARKS: usize = 500;

    /// Reads what was kept.
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// As it is kept.
    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// How many rows lack a region, an area or a department.
    pub fn lacking(&self, field: &str) -> i64 {
        self.missing.get(field).copied().unwrap_or(0)
    }

    /// How many rows there are of a kind.
    pub fn count(&self, kind: RowKind) -> i64 {
        self.counts.get(kind.as_str()).copied().unwrap_or(0)
    }
}

/// A row as it was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Which of the sheets, from 0.
    pub sheet: usize,
    /// What it tells.
    pub project: LedgerProject,
    /// What is wrong with it, or worth knowing, as the ledger was read.
    pub problems: Vec<Note>,
}

/// What the user decided about a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// It is left out.
    LeaveOut,
    /// It is a project of its own.
    New,
    /// It is this project.
    Project(i64),
}

impl Choice {
    /// Reads what was kept.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// As it is kept; empty for none.
    pub fn written(choice: Option<Self>) -> String {
        choice.and_then(|choice| serde_json::to_string(&choice).ok()).unwrap_or_default()
    }
}

/// The project that a row was found to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Matched {
    /// Its number.
    pub id: i64,
    /// Its readable number.
    pub registry_number: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: i64,
    /// By what it was found.
    pub by: MatchedBy,
}

/// A project that a row may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Likely {
    /// Its number.
    pub id: i64,
    /// Its readable number.
    pub registry_number: String,
    /// Its name.
    pub name: String,
    /// The region where it counts.
    pub region: String,
    /// How likely, from 0 to 1.
    pub score: f64,
}

/// What changes in a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CellChange {
    /// The fact; of funding, `funding/` and the channel.
    pub field: String,
    /// The letters of the column that tells it.
    pub column: Option<String>,
    /// Before.
    #[schema(value_type = serde_json::Value)]
    pub from: serde_json::Value,
    /// After.
    #[schema(value_type = serde_json::Value)]
    pub to: serde_json::Value,
}

/// Where a new project is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlacedAt {
    /// The stage.
    pub stage: Stage,
    /// What it rests on.
    pub basis: StageBasis,
}

/// What is to be done about a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// In a word.
    pub kind: RowKind,
    /// The project it was found to be.
    pub project: Option<Matched>,
    /// What changes in it.
    pub changes: Vec<CellChange>,
    /// Where a new one is placed; a draft where it is not.
    pub placed: Option<PlacedAt>,
    /// The projects it may be.
    pub likely: Vec<Likely>,
    /// What is wrong.
    pub errors: Vec<Note>,
    /// What is worth knowing.
    pub notices: Vec<Note>,
}

impl Plan {
    /// Nothing to be done yet.
    pub fn of(kind: RowKind) -> Self {
        Self {
            kind,
            project: None,
            changes: Vec::new(),
            placed: None,
            likely: Vec::new(),
            errors: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// Whether the same is to be done as another plan has it, to the same state of the registry.
    pub fn does_the_same(&self, other: &Self) -> bool {
        let likely = |plan: &Self| plan.likely.iter().map(|likely| likely.id).collect::<Vec<_>>();
        let (mine, theirs) = (likely(self), likely(other));
        self.kind == other.kind
            && self.project == other.project
            && self.changes == other.changes
            && self.placed == other.placed
            && theirs.iter().all(|id| mine.contains(id))
    }
}
