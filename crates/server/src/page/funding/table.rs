//! The table: a page of projects, each with its sources below it, one of them open as a form.

use super::edit::{FIRST_CELL, Opened};
use super::filter::{self, Bar};
use super::{Choices, Gap, phase_text};
use crate::app::App;
use crate::extract::Caller;
use crate::page::form::Form;
use crate::page::layout::{Page, html_with};
use crate::page::show;
use crate::page::texts::Texts;
use crate::page::visit::{self, Visit};
use crate::problem::Failure;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shortboard_domain::access::Action;
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::fault::Why;
use shortboard_domain::funding::FundingSource;
use shortboard_store::project::{Count, Seen, When};

/// Where the table is.
pub const PATH: &str = "/funding";

#[derive(Template)]
#[template(path = "funding.html")]
struct FundingPage {
    page: Page,
    t: Texts,
    bar: Bar,
    /// Whether one project alone is shown, and the address of all.
    is_one: bool,
    errors: Vec<(String, String)>,
    projects: Vec<ProjectRow>,
    count: String,
    choices: Choices,
    /// The query of this page, which forms carry along.
    back: String,
    may_tag: bool,
    tag_all: Option<String>,
    matrix: String,
    first_page: Option<String>,
    next_page: Option<String>,
}

/// A project in the table.
#[derive(Debug, Clone)]
pub struct ProjectRow {
    /// Its number.
    pub id: i64,
    name: String,
    registry_number: String,
    stage: &'static str,
    stage_label: &'static str,
    region: String,
    total: String,
    planned: String,
    arrived: String,
    gap: Gap,
    sources: Vec<SourceRow>,
    warnings: Vec<String>,
    /// The address that opens it as a form; blank for those who may not.
    edit: Option<String>,
    opened: Option<Opened>,
}

/// A source in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    channel: String,
    amount: String,
    arrived: String,
    status: &'static str,
    year: String,
    document_number: String,
    phase: String,
    note: String,
}

impl SourceRow {
    /// A source as it is read.
    pub fn of(source: &FundingSource, lists: &CodeLists, t: Texts, day: jiff::civil::Date) -> Self {
        Self {
            channel: show::label(lists, ListName::Channels, source.channel.as_str(), day, t),
            amount: show::wan(source.amount.fen().into()),
            arrived: source.arrived.map(|m| show::wan(m.fen().into())).unwrap_or_default(),
            status: source.status.label(t.0),
            year: source.year.map(|year| year.to_string()).unwrap_or_default(),
            document_number: source.document_number.clone().unwrap_or_default(),
            phase: source.ppp_phase.map(|phase| phase_text(phase, t)).unwrap_or_default(),
            note: source.note.clone().unwrap_or_default(),
        }
    }

    /// All of it in one line.
    pub fn line(&self, t: Texts) -> String {
        let arrived = match self.arrived.as_str() {
            "" => String::new(),
            amount => format!("{}{}", t.sheet_arrived_is(), in_wan(amount, t)),
        };
        let cells = [self.channel.clone(), in_wan(&self.amount, t), arrived, self.status.into()];
        let more = [&self.year, &self.document_number, &self.phase, &self.note];
        let cells = cells.into_iter().chain(more.into_iter().cloned());
        show::listed(t, cells.filter(|cell| !cell.is_empty()))
    }
}

/// An amount with its unit.
fn in_wan(amount: &str, t: Texts) -> String {
    t.pick(&format!("{amount}万元"), &format!("{amount} × 10,000 yuan")).to_owned()
}

/// Of a card, what leads to the whole project.
#[derive(Deserialize)]
struct CardId {
    id: i64,
}

/// Shows the table.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.caller()?;
    let opened = match visit.query.get("edit").parse() {
        Ok(id) => {
            let found = app.store.project(&caller.sight()?, id, When::default()).await?;
            let may = |seen: &Seen| {
                caller.actor.permit_on(Action::TagFunding, &seen.project.reach()).is_ok()
            };
            found.filter(may).map(|seen| Opened::of(&seen))
        }
        Err(_) => None,
    };
    render(&app, &visit, StatusCode::OK, opened, Vec::new()).await
}

/// The page of a visit's query, with one project open as a form.
///
/// # Errors
/// [`Failure::Denied`] for roles that do not work with projects.
pub async fn render(
    app: &App,
    visit: &Visit,
    status: StatusCode,
    opened: Option<Opened>,
    mut errors: Vec<(String, String)>,
) -> Result<Response, Failure> {
    let t = visit.texts();
    let caller = visit.caller()?;
    let lists = app.store.reload_lists().await?;
    let query = filter::plain(&visit.query);
    let found = find(app, visit, caller).await;
    let found = match found {
        Err(Failure::Invalid(faults)) => {
            let message = |why: &Why| why.message(t.0);
            errors.extend(faults.iter().map(|fault| {
                let field = fault.pointer.trim_start_matches('/').to_owned();
                (field, message(&fault.why))
            }));
            Found::default()
        }
        found => found?,
    };
    let mut ids = found.ids;
    // Whatever is open is shown, also when the filter does not let it through any more.
    if let Some(opened) = opened.as_ref().filter(|opened| !ids.contains(&opened.id)) {
        ids.insert(0, opened.id);
    }
    let seen = app.store.projects_in_full(&caller.sight()?, &ids).await?;
    let writer = Writer { t, lists: &lists, caller, visit };
    let mut projects: Vec<ProjectRow> = seen.iter().map(|seen| writer.row(seen)).collect();
    if let Some(mut opened) = opened
        && let Some(at) = projects.iter().position(|project| project.id == opened.id)
    {
        opened.next = projects[at + 1..].iter().find(|p| p.edit.is_some()).map(|p| p.id);
        projects[at].opened = Some(opened);
    }
    let has_errors = !errors.is_empty() && status == StatusCode::OK;
    let status = if has_errors { StatusCode::UNPROCESSABLE_ENTITY } else { status };
    let with = |name: &str, value: &str| {
        let mut next = query.clone();
        next.0.push((name.into(), value.into()));
        visit::address(PATH, &next)
    };
    let is_paged = visit.query.given("cursor").is_some();
    let all =
        found.count.filter(|count| (1..=1000).contains(&count.value) && filter::filters(&query));
    let may_tag = visit.may(Action::TagFunding);
    html_with(
        status,
        &FundingPage {
            page: Page::new(visit, t.funding_title()),
            t,
            bar: Bar::of(&query, &lists, app.store.today(), t),
            is_one: query.has("project"),
            errors,
            projects,
            count: found.count.map(counted).unwrap_or_default(),
            choices: Choices::of(&lists, t),
            back: serde_urlencoded::to_string(&visit.query.without(&["done", "edit"]).0)
                .unwrap_or_default(),
            may_tag,
            tag_all: all.filter(|_| may_tag).map(|_| visit::address("/funding/bulk", &query)),
            matrix: visit::address("/funding/matrix", &query.without(&["project", "sort"])),
            first_page: is_paged.then(|| visit::address(PATH, &query)),
            next_page: found.next.map(|next| with("cursor", &next)),
        },
    )
}

/// A count as it is shown: beyond ten thousand nobody counts.
fn counted(count: Count) -> String {
    let number = show::count(count.value);
    if count.exact { number } else { format!("{number}+") }
}

#[derive(Default)]
struct Found {
    ids: Vec<i64>,
    next: Option<String>,
    count: Option<Count>,
}

/// The projects of a page.
async fn find(app: &App, visit: &Visit, caller: &Caller) -> Result<Found, Failure> {
    let sight = caller.sight()?;
    if let Ok(id) = visit.query.get("project").parse() {
        return Ok(Found { ids: vec![id], ..Found::default() });
    }
    let question = filter::question(app, &visit.query)?;
    let page = app.store.projects(&sight, &question).await?;
    let cards: Vec<CardId> =
        serde_json::from_str(&format!("[{}]", page.cards)).map_err(|error| {
            tracing::error!(%error, "a card could not be read");
            Failure::Internal
        })?;
    Ok(Found {
        ids: cards.into_iter().map(|card| card.id).collect(),
        next: page.next.map(|cursor| cursor.encode()),
        count: page.count,
    })
}

/// Writes projects for one visit.
struct Writer<'a> {
    t: Texts,
    lists: &'a CodeLists,
    caller: &'a Caller,
    visit: &'a Visit,
}

impl Writer<'_> {
    fn row(&self, seen: &Seen) -> ProjectRow {
        let (t, project) = (self.t, &seen.project);
        let facts = &project.facts;
        let warnings = project.warnings(self.lists, seen.day);
        let about_funding = |pointer: &str| pointer.starts_with("/funding/");
        let warnings = warnings.iter().filter(|warning| about_funding(&warning.pointer));
        let mut warnings: Vec<String> = warnings.map(|warning| warning.why.message(t.0)).collect();
        warnings.dedup();
        let may = self.caller.actor.permit_on(Action::TagFunding, &project.reach()).is_ok();
        ProjectRow {
            id: project.id,
            name: facts.name.clone(),
            registry_number: project.registry_number.clone(),
            stage: project.stage.as_str(),
            stage_label: project.stage.label(t.0),
            region: show::label(self.lists, ListName::Regions, facts.region.as_str(), seen.day, t),
            total: facts.total_investment.map(|m| show::wan(m.fen().into())).unwrap_or_default(),
            planned: show::wan(project.planned_funding().fen()),
            arrived: show::wan(project.arrived_funding().fen()),
            gap: Gap::of(project.gap(), t),
            sources: project
                .funding
                .iter()
                .map(|funding| SourceRow::of(&funding.source, self.lists, t, seen.day))
                .collect(),
            warnings,
            edit: may.then(|| self.edit(project.id)),
            opened: None,
        }
    }

    /// The address that opens a project as a form, at its place on this page.
    fn edit(&self, id: i64) -> String {
        let mut query = self.visit.query.without(&["done", "edit"]);
        query.0.push(("edit".into(), id.to_string()));
        place(&query, FIRST_CELL)
    }
}

/// The address of the table with a query, at a place on the page.
pub fn place(query: &Form, place: &str) -> String {
    format!("{}#{place}", visit::address(PATH, query))
}
