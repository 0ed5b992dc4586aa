//! The figures above the list, one a stage, which are filters as well.

use super::query::with;
use crate::page::form::Form;
use crate::page::show;
use crate::page::texts::Texts;
use shortboard_domain::stage::Stage;
use shortboard_store::project::{ListFilter, Summary};

/// A figure: a stage, or all of them.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Where it leads: to the list of that stage, or back to all.
    pub href: String,
    /// Its words.
    pub label: &'static str,
    /// The stage; blank for all.
    pub stage: &'static str,
    /// How many projects.
    pub count: String,
    /// Their total investment, 亿元.
    pub yi: String,
    /// Whether it is chosen.
    pub is_here: bool,
}

/// The figures of a summary by stage.
pub fn figures(summary: &Summary, query: &Form, t: Texts) -> Vec<Figure> {
    let chosen = query.get("stage");
    let mut all = (0, 0);
    let mut figures = Vec::new();
    for stage in Stage::ALL.iter().copied() {
        let of_stage = |row: &&shortboard_store::project::SummaryRow| {
            row.keys.get("stage").and_then(|key| key.as_deref()) == Some(stage.as_str())
        };
        let row = summary.rows.iter().find(of_stage);
        let count = row.map_or(0, |row| row.count);
        let fen = row.and_then(|row| row.total_investment).map_or(0, |total| total.fen());
        all = (all.0 + count, all.1 + fen);
        let is_here = chosen == stage.as_str();
        figures.push(Figure {
            href: with(query, &[("stage", if is_here { "" } else { stage.as_str() })]),
            label: stage.label(t.0),
            stage: stage.as_str(),
            count: show::count(count),
            yi: show::yi(fen),
            is_here,
        });
    }
    let whole = Figure {
        href: with(query, &[("stage", "")]),
        label: t.all(),
        stage: "",
        count: show::count(all.0),
        yi: show::yi(all.1),
        is_here: chosen.is_empty(),
    };
    [whole].into_iter().chain(figures).collect()
}

/// How many projects the summary counts for a list's stages.
pub fn counted(summary: &Summary, filter: &ListFilter) -> i64 {
    let asked = |key: &str| {
        filter.stage.is_empty() || filter.stage.iter().any(|stage| stage.as_str() == key)
    };
    let rows = summary
        .rows
        .iter()
        .filter(|row| row.keys.get("stage").and_then(|key| key.as_deref()).is_some_and(asked));
    rows.map(|row| row.count).sum()
}
