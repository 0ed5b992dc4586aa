//! Imports as callers read them.

use super::reading::row_of;
use super::said::{CellChange, Choice, Likely, Matched, Note, PlacedAt, Remark, SheetSaid};
use super::{Standing, words};
use crate::problem::Failure;
use jiff::Timestamp;
use serde::Serialize;
use shortboard_domain::import::{ImportState, RowKind};
use shortboard_domain::lang::Lang;
use shortboard_store::import::ImportRow;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An import.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportFile {
    /// Its number.
    pub id: i64,
    /// The file.
    pub file: FileShown,
    /// Whose it is.
    pub account: String,
    /// What has become of it.
    pub state: ImportState,
    /// Its version: what a change names in `If-Match`.
    pub version: i64,
    /// How far the work on it has come; blank when nobody works on it.
    pub progress: Option<ProgressShown>,
    /// What is settled for the whole file.
    pub settings: SettingsShown,
    /// The sheets and what their columns were taken for.
    pub sheets: Vec<SheetShown>,
    /// How many rows there are of each kind.
    pub counts: BTreeMap<String, i64>,
    /// What the reader of the ledger should know.
    pub remarks: Vec<RemarkShown>,
    /// Why the file could not be read.
    pub failure: Option<Sentence>,
    /// When it was uploaded.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was carried out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub committed_at: Option<Timestamp>,
    /// When it was taken back.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub undone_at: Option<Timestamp>,
    /// By whom.
    pub undone_by: Option<String>,
}

/// A file that was uploaded.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileShown {
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// Its digest.
    pub sha256: String,
}

/// How far work has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgressShown {
    /// Rows done.
    pub done: i64,
    /// Of how many; 0 while that is not known.
    pub of: i64,
}

/// What is settled for a whole file.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsShown {
    /// What columns hold, by their headers, where it was assigned by hand; null for nothing.
    pub mapping: BTreeMap<String, Option<String>>,
    /// The region of rows that tell none.
    pub region: Option<String>,
    /// The task area of rows that tell none.
    pub area: Option<String>,
    /// The responsible department of rows that tell none.
    pub department: Option<String>,
    /// The sheets that are left out.
    pub left_out_sheets: Vec<String>,
    /// Whether rows with errors are left out.
    pub leave_out_errors: bool,
}

/// A sheet.
#[derive(Debug, Serialize, ToSchema)]
pub struct SheetShown {
    /// Its name.
    pub name: String,
    /// `table`, `form` or `none`.
    #[schema(value_type = String)]
    pub layout: shortboard_ledger::reading::Layout,
    /// Why it is no ledger.
    pub reason: Option<String>,
    /// `wan`, `yi` or `yuan`.
    #[schema(value_type = String)]
    pub unit: shortboard_ledger::reading::Unit,
    /// The title above the header.
    pub title: Option<String>,
    /// Its columns.
    pub columns: Vec<ColumnShown>,
    /// How many projects it tells of.
    pub projects: u32,
    /// How many rows tell of none.
    pub skipped: u32,
}

/// A column.
#[derive(Debug, Serialize, ToSchema)]
pub struct ColumnShown {
    /// Its letters.
    pub column: String,
    /// Its header.
    pub header: String,
    /// What it was taken for; null when it is not known.
    pub field: Option<String>,
    /// The same in words.
    pub field_name: Option<String>,
}

/// A sentence about a column or a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sentence {
    /// The column's letters.
    pub column: Option<String>,
    /// A stable word.
    pub code: String,
    /// The sentence, in the caller's language.
    pub message: String,
}

/// A sentence about a place of the file.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemarkShown {
    /// The sheet.
    pub sheet: String,
    /// The row, from 1.
    pub row: Option<u32>,
    /// The column's letters.
    pub column: Option<String>,
    /// A stable word.
    pub code: String,
    /// The sentence, in the caller's language.
    pub message: String,
}

/// A row and what is to be done about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowShown {
    /// Its place among the rows that tell of projects, from 0: what a choice names.
    pub position: i64,
    /// The sheet.
    pub sheet: String,
    /// The row, from 1.
    pub row: u32,
    /// The section it stands under.
    pub section: Option<String>,
    /// The project's name, as the row has it.
    pub name: String,
    /// What is to be done.
    pub kind: RowKind,
    /// What was decided about it.
    pub choice: Option<Choice>,
    /// The project it was found to be.
    pub project: Option<Matched>,
    /// The number of the project that it registered, once the import is carried out.
    pub registered: Option<i64>,
    /// What changes in it.
    pub changes: Vec<CellChange>,
    /// Where a new one is placed; null for a draft.
    pub placed: Option<PlacedAt>,
    /// The projects it may be.
    pub likely: Vec<Likely>,
    /// What is wrong.
    pub errors: Vec<Sentence>,
    /// What is worth knowing.
    pub notices: Vec<Sentence>,
    /// The cells as written, by column; of further rows of the same project, by column and row.
    pub cells: BTreeMap<String, String>,
}

fn sentence(note: &Note, lang: Lang) -> Sentence {
    Sentence {
        column: note.column.clone(),
        code: note.code.clone(),
        message: note.text(lang).to_owned(),
    }
}

fn sheet(said: &SheetSaid, lang: Lang) -> SheetShown {
    let columns = said.columns.iter().map(|column| ColumnShown {
        column: column.column.clone(),
        header: column.header.clone(),
        field: column.field.clone(),
        field_name: column.field.as_deref().map(|f| words::field_name(f, lang).to_owned()),
    });
    SheetShown {
        name: said.name.clone(),
        layout: said.layout,
        reason: said.reason(lang).map(str::to_owned),
        unit: said.unit,
        title: said.title.clone(),
        columns: columns.collect(),
        projects: said.projects,
        skipped: said.skipped,
    }
}

fn remark(remark: &Remark, lang: Lang) -> RemarkShown {
    let Sentence { column, code, message } = sentence(&remark.note, lang);
    RemarkShown { sheet: remark.sheet.clone(), row: remark.row, column, code, message }
}

impl ImportFile {
    /// An import in a language.
    pub fn of(standing: &Standing, lang: Lang) -> Self {
        let Standing { import, said, progress } = standing;
        let settings = &said.settings;
        Self {
            id: import.id,
            file: FileShown {
                name: import.name.clone(),
                size: import.size,
                sha256: import.sha256.clone(),
            },
            account: import.account.clone(),
            state: standing.state(),
            version: import.version,
            progress: progress.map(|p| ProgressShown { done: p.done, of: p.of }),
            settings: SettingsShown {
                mapping: settings.mapping.clone(),
                region: settings.region.clone(),
                area: settings.area.clone(),
                department: settings.department.clone(),
                left_out_sheets: settings.left_out_sheets.clone(),
                leave_out_errors: settings.leave_out_errors,
            },
            sheets: said.sheets.iter().map(|said| sheet(said, lang)).collect(),
            counts: RowKind::ALL
                .iter()
                .map(|kind| (kind.as_str().to_owned(), said.count(*kind)))
                .collect(),
            remarks: said.remarks.iter().map(|said| remark(said, lang)).collect(),
            failure: said.failure.as_ref().map(|note| sentence(note, lang)),
            created_at: import.created_at,
            committed_at: import.committed_at,
            undone_at: import.undone_at,
            undone_by: import.undone_by.clone(),
        }
    }
}

impl RowShown {
    /// A row in a language.
    ///
    /// # Errors
    /// [`Failure::Internal`] for one that was not kept as it should.
    pub fn of(row: &ImportRow, standing: &Standing, lang: Lang) -> Result<Self, Failure> {
        let (body, plan, choice) = row_of(row)?;
        let sheet = standing.said.sheets.get(body.sheet);
        let is_done = standing.state() == ImportState::Done;
        let sentences = |notes: &[Note]| notes.iter().map(|note| sentence(note, lang)).collect();
        Ok(Self {
            position: row.position,
            sheet: sheet.map(|sheet| sheet.name.clone()).unwrap_or_default(),
            row: body.project.row,
            section: body.project.section,
            name: body.project.name,
            kind: plan.kind,
            choice,
            project: plan.project,
            registered: row.project_id.filter(|_| plan.kind == RowKind::New && is_done),
            changes: plan.changes,
            placed: plan.placed,
            likely: plan.likely,
            errors: sentences(&plan.errors),
            notices: sentences(&plan.notices),
            cells: body.project.cells,
        })
    }
}
