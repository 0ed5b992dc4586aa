//! Some projects picked from the list: how many, how much money, and what can be done with them.

use super::columns::{Column, Writer};
use super::{Heading, Row, cards, export, question, row};
use crate::app::App;
use crate::page::form::Form;
use crate::page::layout::{Page, html};
use crate::page::show;
use crate::page::texts::Texts;
use crate::page::visit::{self, Visit};
use crate::problem::Failure;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use shortboard_domain::access::Action;

/// The most projects that are picked at a time.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "list_selection.html")]
struct SelectionPage {
    page: Page,
    t: Texts,
    headings: Vec<Heading>,
    rows: Vec<Row>,
    count: String,
    sum: String,
    exports: Vec<(String, &'static str)>,
    ids: String,
    as_of: Option<String>,
    may_tag: bool,
}

/// The numbers that an address names.
pub fn ids(visit: &Visit) -> Vec<i64> {
    let given = visit.query.all("ids").flat_map(|ids| ids.split(','));
    let mut ids: Vec<i64> = given.filter_map(|id| id.trim().parse().ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(MOST);
    ids
}

/// Shows the projects that were picked.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let sight = visit.caller()?.sight()?;
    let ids = ids(&visit);
    let asked = export::asked(&visit.query);
    let when = question(&app, &Form(asked.clone()), 1)?.when;
    let found = cards(&app.store.cards_of(&sight, &ids, when).await?)?;
    let t = visit.texts();
    let lists = app.store.lists();
    let day = when.as_of.unwrap_or(app.store.today());
    let writer = Writer { t, lists: &lists, day };
    let columns = Column::shown(&visit);
    let heading = |column: &Column| Heading {
        label: column.label(t),
        is_money: column.is_money(),
        sort: None,
        order: "none",
    };
    let places = found.iter().zip(1..);
    let rows: Vec<Row> = places.map(|(card, at)| row(&writer, &columns, card, at)).collect();
    html(&SelectionPage {
        page: Page::new(&visit, t.selection_title()),
        t,
        headings: columns.iter().map(heading).collect(),
        count: rows.len().to_string(),
        sum: show::wan(rows.iter().map(|row| row.fen).sum()),
        exports: exports(rows.iter().map(|row| row.id), asked, t),
        as_of: when.as_of.map(|day| day.to_string()),
        ids: rows.iter().map(|row| row.id.to_string()).collect::<Vec<_>>().join(","),
        rows,
        may_tag: visit.may(Action::TagFunding),
    })
}

/// The files that a selection is to be had as.
fn exports(
    ids: impl Iterator<Item = i64>,
    asked: Vec<(String, String)>,
    t: Texts,
) -> Vec<(String, &'static str)> {
    let ids = ids.map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    let query = Form([("ids".to_owned(), ids)].into_iter().chain(asked).collect());
    let words = [
        ("xlsx", t.list_export_xlsx()),
        ("csv", t.list_export_csv()),
        ("json", t.list_export_json()),
    ];
    words
        .map(|(ending, words)| (visit::address(&format!("/projects.{ending}"), &query), words))
        .to_vec()
}
