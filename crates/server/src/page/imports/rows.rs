//! The rows of a preview, in words.

use crate::import::said::{CellChange, Choice, SheetSaid};
use crate::import::show::RowShown;
use crate::import::words::field_name;
use crate::page::show;
use crate::page::texts::Texts;
use serde_json::Value;
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::facts::{Nature, ProjectKind};
use shortboard_domain::funding::FundingStatus;
use shortboard_domain::import::RowKind;
use shortboard_domain::matter::ApprovalMode;
use shortboard_domain::money::SignedMoney;
use shortboard_domain::stage::Stage;
use shortboard_ledger::reading::Column;
use std::collections::BTreeMap;
use std::str::FromStr;

/// A row.
pub struct Row {
    pub sheet: String,
    pub row: u32,
    pub position: i64,
    pub name: String,
    pub kind: &'static str,
    pub tag: &'static str,
    pub placed: String,
    pub project: Option<Project>,
    /// The project that it registered.
    pub registered: Option<i64>,
    pub changes: Vec<Change>,
    /// The cells as written: column and header, text.
    pub cells: Vec<(String, String)>,
    pub errors: Vec<String>,
    pub notices: Vec<String>,
    /// What it may be: value, words, whether it is chosen.
    pub choices: Vec<(String, String, bool)>,
}

/// The project that a row was found to be.
pub struct Project {
    pub id: i64,
    pub number: String,
    pub name: String,
    pub by: &'static str,
}

/// What changes.
pub struct Change {
    pub field: String,
    /// The cell it comes from; empty where none tells it.
    pub cell: String,
    pub from: String,
    pub to: String,
}

/// Writes rows.
#[derive(Clone, Copy)]
pub struct Writer<'a> {
    pub sheets: &'a [SheetSaid],
    pub t: Texts,
    pub lists: &'a CodeLists,
    pub day: jiff::civil::Date,
}

impl Writer<'_> {
    /// A row in words.
    pub fn row(self, row: RowShown) -> Row {
        let t = self.t;
        let sentence = |sentence: crate::import::show::Sentence| match sentence.column {
            // What the reading of a ledger says begins with its place.
            Some(column) if !begins_with_place(&sentence.message, row.row) => {
                format!("{column}{}: {}", row.row, sentence.message)
            }
            _ => sentence.message,
        };
        let placed = match (&row.placed, row.kind) {
            (Some(placed), RowKind::New) => {
                format!("{} {}", t.import_placed(), placed.stage.label(t.0))
            }
            (None, RowKind::New) => t.import_draft().to_owned(),
            _ => String::new(),
        };
        let given = match row.choice {
            None => String::new(),
            Some(Choice::New) => "new".to_owned(),
            Some(Choice::LeaveOut) => "leave_out".to_owned(),
            Some(Choice::Project(id)) => id.to_string(),
        };
        let likely = row.likely.iter().map(|likely| {
            let percent = (likely.score * 100.0).round();
            let region = show::label(self.lists, ListName::Regions, &likely.region, self.day, t);
            let words = format!("{} {} {region} {percent}%", likely.registry_number, likely.name);
            (likely.id.to_string(), words)
        });
        // Only what may be two things has to be chosen; the rest is done as the preview says.
        let undecided = match row.kind {
            RowKind::Duplicate => t.import_undecided(),
            RowKind::Error => t.import_to_mend(),
            _ => t.import_as_shown(),
        };
        let own = [
            (String::new(), undecided.to_owned()),
            ("new".to_owned(), t.import_is_new().to_owned()),
            ("leave_out".to_owned(), t.import_leave_out().to_owned()),
        ];
        let choices = own.into_iter().chain(likely).map(|(value, words)| {
            let is_chosen = value == given;
            (value, words, is_chosen)
        });
        Row {
            choices: choices.collect(),
            cells: self.cells(&row.sheet, row.cells),
            sheet: row.sheet,
            position: row.position,
            name: row.name,
            kind: row.kind.label(t.0),
            tag: match row.kind {
                RowKind::New => "good",
                RowKind::Changed | RowKind::Duplicate => "warn",
                RowKind::Error => "bad",
                _ => "",
            },
            placed,
            registered: row.registered,
            project: row.project.map(|project| Project {
                id: project.id,
                number: project.registry_number,
                name: project.name,
                by: project.by.label(t.0),
            }),
            changes: row.changes.into_iter().map(|change| self.change(change, row.row)).collect(),
            errors: row.errors.into_iter().map(sentence).collect(),
            notices: row.notices.into_iter().map(sentence).collect(),
            row: row.row,
        }
    }

    fn cells(self, sheet: &str, cells: BTreeMap<String, String>) -> Vec<(String, String)> {
        let columns = self.sheets.iter().find(|one| one.name == sheet).map(|one| &one.columns);
        let header = |at: &str| {
            let of = |columns: &Vec<Column>| {
                columns
                    .iter()
                    .find(|column| column.column == at)
                    .map(|column| column.header.clone())
            };
            columns.and_then(of).unwrap_or_default()
        };
        let mut cells: Vec<_> =
            cells.into_iter().filter(|(_, text)| !text.trim().is_empty()).collect();
        // Z comes before AA.
        cells.sort_by_key(|(at, _)| (at.len(), at.clone()));
        cells.into_iter().map(|(at, text)| (format!("{at} {}", header(&at)), text)).collect()
    }

    fn change(self, change: CellChange, row: u32) -> Change {
        let field = match change.field.strip_prefix("funding/") {
            Some(channel) => show::label(self.lists, ListName::Channels, channel, self.day, self.t),
            None => field_name(&change.field, self.t.0).to_owned(),
        };
        let value = |value: &Value| self.value(&change.field, value);
        let cell = change.column.as_ref().map(|column| format!("{column}{row}"));
        let cell = cell.unwrap_or_default();
        Change { from: value(&change.from), to: value(&change.to), field, cell }
    }

    /// A value in words: amounts in 万元, names of codes, several with commas.
    fn value(self, field: &str, value: &Value) -> String {
        match value {
            Value::Null => String::new(),
            Value::String(text) => {
                let is_money = field == "total_investment" || field.starts_with("funding/");
                match text.parse::<SignedMoney>() {
                    Ok(amount) if is_money => {
                        format!("{} {}", show::wan(amount.fen()), self.t.wan())
                    }
                    _ => self.named(field, text),
                }
            }
            Value::Array(values) => {
                show::listed(self.t, values.iter().map(|one| self.value(field, one)))
            }
            Value::Object(fields) => {
                let parts = fields.iter().filter(|(_, value)| !value.is_null());
                let parts = parts.map(|(name, value)| match name.as_str() {
                    "amount" | "arrived" => self.value("total_investment", value),
                    _ => self.value(name, value),
                });
                show::listed(self.t, parts)
            }
            other => other.to_string(),
        }
    }

    fn named(self, field: &str, code: &str) -> String {
        let list = match field {
            "region" | "also_in" => ListName::Regions,
            "area" => ListName::Areas,
            "group" => ListName::Groups,
            "departments" | "lead_department" => ListName::Departments,
            "nature" => return word::<Nature>(code, |word| word.label(self.t.0)),
            "approval_mode" => return word::<ApprovalMode>(code, |word| word.label(self.t.0)),
            "kind" => return word::<ProjectKind>(code, |word| word.label(self.t.0)),
            "stage" => return word::<Stage>(code, |word| word.label(self.t.0)),
            "status" => return word::<FundingStatus>(code, |word| word.label(self.t.0)),
            _ => return code.to_owned(),
        };
        show::label(self.lists, list, code, self.day, self.t)
    }
}

fn begins_with_place(sentence: &str, row: u32) -> bool {
    [format!("第{row}行"), format!("Row {row}")].iter().any(|place| sentence.starts_with(place))
}

/// A word of a closed set in the reader's language; itself where it is none of them.
fn word<W: FromStr>(code: &str, label: impl Fn(W) -> &'static str) -> String {
    code.parse().map_or_else(|_| code.to_owned(), |word| label(word).to_owned())
}
