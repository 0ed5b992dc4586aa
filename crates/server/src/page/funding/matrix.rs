//! The money by channel and stage: what is planned, what has arrived, and what each stage lacks.

use super::{filter, table};
use crate::app::App;
use crate::page::layout::{Page, html_with};
use crate::page::show;
use crate::page::texts::Texts;
use crate::page::visit::{self, Visit};
use crate::problem::Failure;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shortboard_domain::codelist::ListName;
use shortboard_domain::money::SignedMoney;
use shortboard_domain::stage::Stage;
use shortboard_store::project::{Dimension, SummaryRow, When};

#[derive(Template)]
#[template(path = "funding_matrix.html")]
struct MatrixPage {
    page: Page,
    t: Texts,
    errors: Vec<(String, String)>,
    unit: &'static str,
    other_unit: (String, &'static str),
    to_table: String,
    stages: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
    /// All channels together, by stage.
    sums: Vec<Cell>,
    counts: Vec<Cell>,
    totals: Vec<Cell>,
    gaps: Vec<Cell>,
}

/// A channel.
struct Row {
    label: String,
    cells: Vec<Cell>,
}

/// A figure, or two, that lead to their projects.
#[derive(Default, Clone)]
struct Cell {
    href: String,
    figure: String,
    arrived: String,
}

/// Amounts in the unit that is asked for.
#[derive(Clone, Copy)]
struct Unit {
    is_yi: bool,
}

impl Unit {
    fn text(self, amount: SignedMoney) -> String {
        if self.is_yi { show::yi(amount.fen()) } else { show::wan(amount.fen()) }
    }
}

/// Shows the money by channel and stage.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let t = visit.texts();
    let sight = visit.caller()?.sight()?;
    let query = filter::plain(&visit.query).without(&["unit", "project", "sort", "back"]);
    let unit = Unit { is_yi: visit.query.get("unit") == "yi" };
    let mut errors = Vec::new();
    let (mut by_channel, mut by_stage) = (Vec::new(), Vec::new());
    match filter::filter(&app, &query) {
        Ok(filter) => {
            let both = [Dimension::Channel, Dimension::Stage];
            let when = When::default();
            by_channel = app.store.summary(&sight, &both, &filter, when).await?.rows;
            by_stage = app.store.summary(&sight, &[Dimension::Stage], &filter, when).await?.rows;
        }
        Err(faults) => {
            errors.extend(faults.iter().map(|fault| (String::new(), fault.why.message(visit.lang))))
        }
    }
    let stage_of = |row: &SummaryRow| key(row, "stage").to_owned();
    let stages: Vec<Stage> = Stage::ALL
        .iter()
        .copied()
        .filter(|stage| by_stage.iter().any(|row| stage_of(row) == stage.as_str()))
        .collect();
    let link = |more: &[(&str, &str)]| {
        let names: Vec<&str> = more.iter().map(|(name, _)| *name).collect();
        let mut there = query.without(&names);
        let more = more.iter().filter(|(_, value)| !value.is_empty());
        there.0.extend(more.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        visit::address(table::PATH, &there)
    };
    let money = |rows: &[&SummaryRow], more: &[(&str, &str)]| {
        if rows.is_empty() {
            return Cell::default();
        }
        Cell {
            href: link(more),
            figure: unit.text(sum(rows, |row| Some(row.planned_funding))),
            arrived: unit.text(sum(rows, |row| Some(row.arrived_funding))),
        }
    };
    let lists = app.store.reload_lists().await?;
    let mut rows = Vec::new();
    for channel in channels(&by_channel) {
        let of: Vec<&SummaryRow> =
            by_channel.iter().filter(|row| row.keys.get("channel") == Some(&channel)).collect();
        let label = match &channel {
            Some(code) => show::label(&lists, ListName::Channels, code, app.store.today(), t),
            None => t.matrix_untagged().to_owned(),
        };
        // The untagged have no money: their number is told.
        let cell = |of: &[&SummaryRow], stage: &str| match &channel {
            Some(code) => money(of, &[("channel", code), ("stage", stage)]),
            None => counted(of, link(&[("need", "funding"), ("stage", stage)]), t),
        };
        let mut cells: Vec<Cell> = stages
            .iter()
            .map(|stage| {
                let stage = stage.as_str();
                let of: Vec<&SummaryRow> =
                    of.iter().copied().filter(|row| key(row, "stage") == stage).collect();
                cell(&of, stage)
            })
            .collect();
        cells.push(cell(&of, ""));
        rows.push(Row { label, cells });
    }
    let all: Vec<&SummaryRow> = by_stage.iter().collect();
    let each = |make: &dyn Fn(&[&SummaryRow], &str) -> Cell| -> Vec<Cell> {
        let of = |stage: &Stage| -> Vec<&SummaryRow> {
            by_stage.iter().filter(|row| key(row, "stage") == stage.as_str()).collect()
        };
        let mut cells: Vec<Cell> =
            stages.iter().map(|stage| make(&of(stage), stage.as_str())).collect();
        cells.push(make(&all, ""));
        cells
    };
    let amount = |rows: &[&SummaryRow],
                  more: &[(&str, &str)],
                  of: fn(&SummaryRow) -> Option<SignedMoney>| {
        let is_known = rows.iter().any(|row| of(row).is_some());
        let figure = if is_known { unit.text(sum(rows, of)) } else { String::new() };
        Cell { href: link(more), figure, arrived: String::new() }
    };
    let mut other = visit.query.without(&["unit", "done"]);
    if !unit.is_yi {
        other.0.push(("unit".into(), "yi".into()));
    }
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    html_with(
        status,
        &MatrixPage {
            page: Page::new(&visit, t.matrix_title()),
            t,
            errors,
            unit: if unit.is_yi { t.matrix_unit_yi() } else { t.matrix_unit_wan() },
            other_unit: (
                visit::address("/funding/matrix", &other),
                if unit.is_yi { t.matrix_in_wan() } else { t.matrix_in_yi() },
            ),
            to_table: visit::address(table::PATH, &query),
            sums: each(&|rows, stage| money(rows, &[("stage", stage)])),
            counts: each(&|rows, stage| counted(rows, link(&[("stage", stage)]), t)),
            totals: each(&|rows, stage| {
                amount(rows, &[("stage", stage)], |row| row.total_investment)
            }),
            gaps: each(&|rows, stage| {
                amount(rows, &[("stage", stage), ("need", "gap")], |row| row.gap)
            }),
            stages: stages.iter().map(|stage| (stage.as_str(), stage.label(t.0))).collect(),
            rows,
        },
    )
}

/// A number of projects.
fn counted(rows: &[&SummaryRow], href: String, t: Texts) -> Cell {
    let count: i64 = rows.iter().map(|row| row.count).sum();
    if count == 0 {
        return Cell::default();
    }
    let figure = format!("{}{}", show::count(count), t.matrix_count_unit());
    Cell { href, figure, arrived: String::new() }
}

fn key<'a>(row: &'a SummaryRow, name: &str) -> &'a str {
    row.keys.get(name).and_then(Option::as_deref).unwrap_or_default()
}

/// The channels in the order of the summary, the untagged last.
fn channels(rows: &[SummaryRow]) -> Vec<Option<String>> {
    let mut channels: Vec<Option<String>> = Vec::new();
    for row in rows {
        let channel = row.keys.get("channel").cloned().flatten();
        if !channels.contains(&channel) {
            channels.push(channel);
        }
    }
    channels.sort_by_key(Option::is_none);
    channels
}

fn sum(rows: &[&SummaryRow], of: impl Fn(&SummaryRow) -> Option<SignedMoney>) -> SignedMoney {
    SignedMoney::from_fen(rows.iter().filter_map(|row| of(row)).map(SignedMoney::fen).sum::<i128>())
}
