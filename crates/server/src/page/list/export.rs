//! The list as a file: exactly what is shown, row after row.

use super::columns::Column;
use super::{question, selection, with};
use crate::app::App;
use crate::page::form::Form;
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use crate::params::value;
use crate::problem::Failure;
use crate::sheet::api::split;
use crate::sheet::file::{self, Format};
use crate::sheet::listing::Listing;
use axum::extract::State;
use axum::response::Response;
use shortboard_domain::input::Faults;

/// What a selection keeps of the list.
const KEPT: [&str; 3] = ["as_of", "known_at", "sort"];

/// What of the page's address is not about what is listed.
const NOT_ASKED: [&str; 8] =
    ["ids", "sheets", "columns", "limit", "cursor", "past", "done", "count"];

/// The files that the list is to be had as: where, and in which words.
pub fn links(query: &Form, t: Texts) -> Vec<(String, &'static str)> {
    let at = |ending: &str, sheets: &str| {
        with(query, &[("sheets", sheets)]).replacen("/projects", &format!("/projects.{ending}"), 1)
    };
    vec![
        (at("xlsx", ""), t.list_export_xlsx()),
        (at("xlsx", "region"), t.list_export_by_region()),
        (at("xlsx", "stage"), t.list_export_by_stage()),
        (at("csv", ""), t.list_export_csv()),
        (at("json", ""), t.list_export_json()),
    ]
}

/// What a selection keeps of the list: the time asked about, and the order.
pub fn asked(query: &Form) -> Vec<(String, String)> {
    let kept = query.0.iter().filter(|(name, _)| KEPT.contains(&name.as_str()));
    kept.cloned().collect()
}

/// The list, or the projects that were picked, as a workbook.
pub async fn xlsx(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    answer(&app, &visit, Format::Xlsx).await
}

/// The same as comma-separated values.
pub async fn csv(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    answer(&app, &visit, Format::Csv).await
}

/// The same as JSON.
pub async fn json(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    answer(&app, &visit, Format::Json).await
}

async fn answer(app: &App, visit: &Visit, format: Format) -> Result<Response, Failure> {
    let sight = visit.caller()?.sight()?;
    let mut faults = Faults::default();
    let sheets = visit.query.given("sheets").map(str::to_owned);
    let sheets = value(&mut faults, "/sheets", &sheets, split);
    let sheets = faults.finish(sheets.unwrap_or_default())?;
    let asked: Form = visit.query.without(&NOT_ASKED);
    let listing = Listing {
        sight,
        query: question(app, &asked, 1)?,
        picked: selection::ids(visit),
        columns: Column::shown(visit),
        t: visit.texts(),
        split: sheets,
    };
    file::answer(&app.store, listing, format).await
}
