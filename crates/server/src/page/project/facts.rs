//! The facts of a project as lines of label and value.

use super::words::Words;
use serde_json::{Map, Value};
use shortboard_domain::lang::Lang;

/// The facts of the file, in the order in which they are shown.
pub const FACTS: [&str; 17] = [
    "departments",
    "owner_unit",
    "region",
    "area",
    "group",
    "nature",
    "approval_mode",
    "industry",
    "code",
    "total_investment",
    "planned",
    "actual",
    "in_use_since",
    "also_in",
    "location",
    "quantities",
    "content",
];

/// What a review compares besides: it stands elsewhere in the file, or stands there without being
/// asked for.
const REVIEWED: [&str; 2] = ["name", "kind"];

/// Facts whose text takes the whole width.
const WIDE: [&str; 6] = ["departments", "also_in", "location", "quantities", "content", "notes"];

/// A fact in words.
#[derive(Debug, Clone)]
pub struct FactLine {
    /// Its name.
    pub label: &'static str,
    /// What it says; blank where nothing is known.
    pub value: String,
    /// Whether it takes the whole width.
    pub is_wide: bool,
}

/// A fact as it is, beside what it was.
#[derive(Debug, Clone)]
pub struct ComparedLine {
    /// Its name.
    pub label: &'static str,
    /// What it was.
    pub from: String,
    /// What it is.
    pub to: String,
    /// Whether it differs.
    pub differs: bool,
}

/// The facts of a project's file.
pub fn lines(words: Words<'_>, file: &Map<String, Value>) -> Vec<FactLine> {
    let shown = FACTS.iter().chain(&["notes"]);
    shown
        .map(|field| FactLine {
            label: words.label(field),
            value: match *field {
                "departments" => departments(words, file),
                _ => value(words, file, field),
            },
            is_wide: WIDE.contains(field),
        })
        // Whether it also lies elsewhere is worth a line only where it does.
        .filter(|line| line.label != words.label("also_in") || !line.value.is_empty())
        .collect()
}

/// The facts of a project's file beside those of another.
pub fn compared(
    words: Words<'_>,
    old: Option<&Map<String, Value>>,
    new: &Map<String, Value>,
) -> Vec<ComparedLine> {
    let (responsible, rest) = FACTS.split_at(1);
    let responsible = responsible.iter().chain(&["lead_department"]);
    let fields = REVIEWED.iter().chain(responsible).chain(rest).chain(&["notes"]);
    let dated = ["actual", "in_use_since"];
    fields
        .filter(|field| !dated.contains(field))
        .map(|field| {
            let from = old.map(|old| value(words, old, field)).unwrap_or_default();
            let to = value(words, new, field);
            let differs = old.is_some() && from != to;
            ComparedLine { label: words.label(field), from, to, differs }
        })
        .collect()
}

fn value(words: Words<'_>, file: &Map<String, Value>, field: &str) -> String {
    file.get(field).map(|value| words.value(field, value)).unwrap_or_default()
}

/// The departments with the one that leads; where none does, all are responsible, and it is said.
fn departments(words: Words<'_>, file: &Map<String, Value>) -> String {
    let t = words.t;
    let lead = file.get("lead_department").filter(|lead| !lead.is_null());
    let named = file.get("departments").and_then(Value::as_array).cloned().unwrap_or_default();
    let one = |department: &Value| {
        let name = words.value("lead_department", department);
        let leads = lead.is_some_and(|lead| lead["code"] == department["code"]);
        words.with_aside(&name, if leads { t.leads() } else { "" })
    };
    let listed = crate::page::show::listed(t, named.iter().map(one));
    match (lead, named.len()) {
        (None, 2..) if t.0 == Lang::Zh => format!("{listed}。{}", t.no_lead()),
        (None, 2..) => format!("{listed}. {}", t.no_lead()),
        _ => listed,
    }
}
