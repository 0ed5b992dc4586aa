//! The list of projects as a page.

pub(super) mod columns;
mod display;
mod export;
mod figures;
pub mod filters;
mod query;
mod selection;
mod views;

pub use columns::{Card, cards};
pub use display::choose as choose_display;
pub use export::{csv, json, xlsx};
pub use query::with;
pub use selection::show as show_selection;
pub use views::{remove as remove_view, save as save_view};

use super::form::Form;
use super::layout::{Page, html};
use super::show;
use super::texts::Texts;
use super::visit::Visit;
use crate::app::App;
use crate::params::Parameters;
use crate::problem::{Failure, FieldError};
use crate::project::list::ListParams;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use columns::{Column, Writer};
use display::Display;
use figures::{Figure, counted, figures};
use filters::Filters;
use query::canonical;
use shortboard_domain::access::Action;
use shortboard_domain::need::Need;
use shortboard_store::project::{Dimension, ListFilter, ListQuery};
use shortboard_store::saved_view::SavedView;

/// How many pages back the address remembers.
const REMEMBERED: usize = 20;

/// A heading of the table.
#[derive(Debug, Clone)]
pub struct Heading {
    /// Its words.
    pub label: &'static str,
    /// Whether it stands over amounts.
    pub is_money: bool,
    /// Where a click leads, when the list can be sorted by it.
    pub sort: Option<String>,
    /// `ascending`, `descending` or `none`.
    pub order: &'static str,
}

/// A row of the table.
#[derive(Debug, Clone)]
pub struct Row {
    /// The project's number.
    pub id: i64,
    /// Its place in the list; blank beyond the pages that are counted.
    pub place: usize,
    /// Its name.
    pub name: String,
    /// Its total investment in fen, for sums of a selection.
    pub fen: i128,
    /// What stands in the columns.
    pub cells: Vec<Cell>,
}

/// What stands in a column of a row.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The text.
    pub text: String,
    /// `name`, `stage`, `money`, `negative`, `short` or `plain`.
    pub kind: &'static str,
    /// Of a stage: its word.
    pub word: &'static str,
    /// Of a stage: whether it is only inferred.
    pub is_inferred: bool,
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    page: Page,
    t: Texts,
    filters: Filters,
    figures: Option<Vec<Figure>>,
    figures_at: String,
    headings: Vec<Heading>,
    rows: Vec<Row>,
    count: String,
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    display: Display,
    views: Vec<SavedView>,
    address: String,
    query: String,
    exports: Vec<(String, &'static str)>,
    asked: Vec<(String, String)>,
    may_import: bool,
    errors: Vec<FieldError>,
    as_of: Option<String>,
    needs: Vec<(String, String, bool)>,
    may_register: bool,
    may_tag: bool,
}

/// Shows the list.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let sight = visit.caller()?.sight()?;
    if let Some(address) = canonical("/projects", &visit.query) {
        return Ok(Redirect::to(&address).into_response());
    }
    let display = Display::of(&visit);
    let lists = app.store.lists();
    let (query, errors) = match question(&app, &visit.query, display.limit) {
        Ok(query) => (query, Vec::new()),
        // What is wrong is told beside an empty list, with all that was asked for still there.
        Err(failure) => (ListQuery::default(), failure.problem(visit.lang).errors),
    };
    let when = query.when;
    let (mut found, mut next, mut total, mut summary) = (Vec::new(), None, None, None);
    if errors.is_empty() {
        let every_stage = ListFilter { stage: Vec::new(), ..query.filter.clone() };
        summary =
            app.store.summary_at_hand(&sight, &[Dimension::Stage], &every_stage, when).await?;
        let query = ListQuery { count: summary.is_none(), ..query.clone() };
        let page = app.store.projects(&sight, &query).await?;
        found = cards(&page.cards)?;
        next = page.next.map(|cursor| cursor.encode());
        total = page.count;
    }
    let t = visit.texts();
    let day = when.as_of.unwrap_or(app.store.today());
    let count = match (&summary, total) {
        (Some(summary), _) => show::count(counted(summary, &query.filter)),
        (None, Some(count)) if count.exact => show::count(count.value),
        (None, Some(count)) => format!("{}+", show::count(count.value)),
        (None, None) => "0".to_owned(),
    };
    let writer = Writer { t, lists: &lists, day };
    let past = Past::of(&visit);
    let offset = past.pages() * usize::try_from(display.limit).unwrap_or(0);
    let sort = visit.query.given("sort").unwrap_or("-total_investment");
    let account = visit.account.as_ref().map_or(0, |account| account.id);
    let page = ListPage {
        filters: Filters::of(&visit.query, &lists, day, t),
        figures: summary.as_ref().map(|summary| figures(summary, &visit.query, t)),
        figures_at: with(&visit.query, &[]).replacen("/projects", "/projects/figures", 1),
        headings: headings(&visit, sort),
        rows: found
            .iter()
            .enumerate()
            .map(|(at, card)| row(&writer, &Column::shown(&visit), card, offset + at + 1))
            .collect(),
        count,
        first: past.first(&visit),
        previous: past.previous(&visit),
        next: next.map(|cursor| past.next(&visit, &cursor)),
        display,
        views: app.store.saved_views(account).await?,
        address: visit.address(),
        query: serde_urlencoded::to_string(&visit.query.without(&["cursor", "past", "done"]).0)
            .unwrap_or_default(),
        exports: export::links(&visit.query, t),
        asked: export::asked(&visit.query),
        may_import: visit.may_import(),
        errors,
        as_of: when.as_of.map(|day| day.to_string()),
        needs: needs(&visit),
        may_register: visit.may(Action::RegisterProject),
        may_tag: visit.may(Action::TagFunding),
        page: Page::new(&visit, t.list_title()),
        t,
    };
    html(&page)
}

/// The figures alone, for a filter whose figures are not at hand.
pub async fn show_figures(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let sight = visit.caller()?.sight()?;
    let query = question(&app, &visit.query, 1)?;
    let every_stage = ListFilter { stage: Vec::new(), ..query.filter.clone() };
    let summary = app.store.summary(&sight, &[Dimension::Stage], &every_stage, query.when).await?;
    let t = visit.texts();
    html(&FiguresPage {
        page: Page::new(&visit, t.list_title()),
        t,
        figures: figures(&summary, &visit.query, t),
        back: with(&visit.query, &[]),
    })
}

#[derive(Template)]
#[template(path = "list_figures.html")]
struct FiguresPage {
    page: Page,
    t: Texts,
    figures: Vec<Figure>,
    back: String,
}

/// What a visit asks of the list.
fn question(app: &App, asked: &Form, limit: u64) -> Result<ListQuery, Failure> {
    let text = serde_urlencoded::to_string(&asked.0).unwrap_or_default();
    let query = crate::project::list::question(app, &ListParams::read(&text)?)?;
    Ok(ListQuery { limit, count: false, ..query })
}

fn headings(visit: &Visit, sort: &str) -> Vec<Heading> {
    let heading = |column: Column| {
        let sorts = column.sorts();
        let is_sorted = sorts.is_some_and(|(first, second)| [first, second].contains(&sort));
        Heading {
            label: column.label(visit.texts()),
            is_money: column.is_money(),
            sort: sorts.map(|(first, second)| {
                with(&visit.query, &[("sort", if sort == first { second } else { first })])
            }),
            order: match (is_sorted, sort.starts_with('-')) {
                (false, _) => "none",
                (true, true) => "descending",
                (true, false) => "ascending",
            },
        }
    };
    Column::shown(visit).into_iter().map(heading).collect()
}

fn row(writer: &Writer<'_>, columns: &[Column], card: &Card, place: usize) -> Row {
    let cell = |column: &Column| {
        let text = writer.text(*column, card);
        let kind = match column {
            Column::Name => "name",
            Column::Stage => "stage",
            Column::Gap if text.starts_with('-') => "negative",
            column if column.is_money() => "money",
            Column::Region | Column::Period | Column::Since | Column::Updated | Column::Number => {
                "short"
            }
            _ => "plain",
        };
        let is_inferred = card.stage_basis == shortboard_domain::stage::StageBasis::Inferred;
        Cell { text, kind, word: card.stage.as_str(), is_inferred }
    };
    Row {
        id: card.id,
        place,
        name: card.name.clone(),
        fen: card.total_investment.map_or(0, |total| total.fen()),
        cells: columns.iter().map(cell).collect(),
    }
}

/// The pages before this one, by their cursors, as the address remembers them.
struct Past(Vec<String>);

impl Past {
    fn of(visit: &Visit) -> Self {
        let past = visit.query.given("past").unwrap_or_default();
        Self(past.split('.').filter(|cursor| !cursor.is_empty()).map(str::to_owned).collect())
    }

    /// How many pages lie before this one.
    fn pages(&self) -> usize {
        self.0.len()
    }

    fn address(visit: &Visit, cursor: &str, past: &[String]) -> String {
        let mut query = visit.query.without(&["cursor", "past", "done"]);
        if !cursor.is_empty() {
            query.0.push(("cursor".into(), cursor.to_owned()));
        }
        if !past.is_empty() {
            query.0.push(("past".into(), past.join(".")));
        }
        super::visit::address("/projects", &query)
    }

    fn first(&self, visit: &Visit) -> Option<String> {
        visit.query.given("cursor").map(|_| Self::address(visit, "", &[]))
    }

    /// The first page has no cursor and is remembered as `0`.
    fn previous(&self, visit: &Visit) -> Option<String> {
        let (last, before) = self.0.split_last()?;
        Some(Self::address(visit, if last == "0" { "" } else { last }, before))
    }

    fn next(&self, visit: &Visit, cursor: &str) -> String {
        let mut past = self.0.clone();
        past.push(visit.query.given("cursor").unwrap_or("0").to_owned());
        let from = past.len().saturating_sub(REMEMBERED);
        Self::address(visit, cursor, &past[from..])
    }
}

/// What may wait to be done about projects, as filters.
fn needs(visit: &Visit) -> Vec<(String, String, bool)> {
    let given: Vec<&str> = visit.query.get("need").split(',').collect();
    let need = |need: &Need| {
        let is_chosen = given.contains(&need.as_str());
        (need.as_str().to_owned(), need.label(visit.lang).to_owned(), is_chosen)
    };
    Need::ALL.iter().map(need).collect()
}
