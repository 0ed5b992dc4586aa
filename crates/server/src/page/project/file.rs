//! A project's file 一项一档: everything known of it on one page, today or as of a day.

use super::facts::{self, FactLine};
use super::history::{self, HistoryView};
use super::money::{self, FundingTable};
use super::stages::{self, Confirmation, StagesView};
use super::words::Words;
use super::{Errors, Opened, Wrong, address, field, open, place_of};
use crate::app::App;
use crate::extract::Id;
use crate::page::layout::{Page, html, html_with};
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use crate::params::{WhenParams, read_group};
use crate::problem::Failure;
use crate::project::history::told;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shortboard_domain::access::Action;
use shortboard_domain::card::{Edition, ProjectFile};
use shortboard_domain::change::Act;
use shortboard_domain::document::Source;
use shortboard_domain::filing::{Filing, FilingAction};
use shortboard_domain::input::Faults;
use shortboard_domain::lang::Lang;
use shortboard_domain::matter::MatterKind;
use shortboard_domain::project::Project;
use shortboard_store::project::When;

#[derive(Template)]
#[template(path = "project_file.html")]
struct FilePage {
    page: Page,
    t: Texts,
    id: i64,
    version: i64,
    number: String,
    name: String,
    kind: &'static str,
    stage: &'static str,
    stage_label: &'static str,
    filing: &'static str,
    filing_tag: &'static str,
    /// Which day is shown, when it is not today.
    then: Option<String>,
    as_of: String,
    problem: Problem,
    returned: Option<Returned>,
    actions: Actions,
    facts: Vec<FactLine>,
    stages: StagesView,
    missing: Vec<Place>,
    warnings: Vec<Place>,
    funding: FundingTable,
    matters: Vec<MatterRow>,
    source: Option<Source>,
    history: HistoryView,
    printed: String,
}

#[derive(Template)]
#[template(path = "project_absent.html")]
struct AbsentPage {
    page: Page,
    t: Texts,
    id: i64,
}

/// What was tried and did not come about.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    /// In a sentence.
    pub title: String,
    /// What is wrong or missing, each with where it is put right.
    pub errors: Errors,
}

/// Something to look at and where; blank when the visitor has no way there.
#[derive(Debug, Clone)]
struct Place {
    href: String,
    label: String,
}

/// Why a filing was sent back.
struct Returned {
    reason: String,
    by: String,
    at: String,
}

/// What the visitor may do.
#[derive(Debug, Clone, Copy, Default)]
struct Actions {
    edit: bool,
    submit: bool,
    review: bool,
    moves: bool,
    fund: bool,
}

/// A preliminary matter.
struct MatterRow {
    label: &'static str,
    required: &'static str,
    state: &'static str,
    planned: String,
    actual: String,
    document: String,
    edit: Option<String>,
}

/// Shows the file.
pub async fn show(State(app): State<App>, visit: Visit, Id(id): Id) -> Result<Response, Failure> {
    let opened = open(&app, &visit, id).await;
    let mut faults = Faults::default();
    let query = serde_urlencoded::to_string(&visit.query.0).unwrap_or_default();
    let when = read_group::<WhenParams>(&blankless(&query))?.build(&app.store, &mut faults);
    let faults = faults.into_vec();
    if !faults.is_empty() {
        let told = |fault: &shortboard_domain::fault::Fault| {
            Wrong::new(format!("#{}", field(&fault.pointer)), fault.why.message(visit.lang))
        };
        let title = visit.texts().problems_title().to_owned();
        let problem = Problem { title, errors: Errors(faults.iter().map(told).collect()) };
        let page = page(&app, &visit, opened?, (When::default(), problem, None)).await?;
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    if when.is_now() {
        return html(&page(&app, &visit, opened?, (when, Problem::default(), None)).await?);
    }
    // What it was then decides whether it was seen then; what it is now, where one can go from there.
    let sight = visit.caller()?.sight()?;
    match (app.store.project(&sight, id, when).await?, opened) {
        (Some(_), Ok(opened)) => {
            html(&page(&app, &visit, opened, (when, Problem::default(), None)).await?)
        }
        (None, Ok(opened)) => html_with(
            StatusCode::NOT_FOUND,
            &AbsentPage {
                page: Page::new(&visit, opened.project.facts.name),
                t: visit.texts(),
                id,
            },
        ),
        (_, Err(failure)) => Err(failure),
    }
}

/// Shows the file with what could not be done.
pub async fn refused(
    (app, visit): (&App, &Visit),
    opened: Opened,
    status: StatusCode,
    (problem, confirmation): (Problem, Option<Confirmation>),
) -> Result<Response, Failure> {
    let page = page(app, visit, opened, (When::default(), problem, confirmation)).await?;
    html_with(status, &page)
}

/// A query without what is blank, as forms send it.
fn blankless(query: &str) -> String {
    let pairs = query.split('&').filter(|pair| !pair.ends_with('='));
    pairs.collect::<Vec<_>>().join("&")
}

async fn page(
    app: &App,
    visit: &Visit,
    opened: Opened,
    (when, problem, confirmation): (When, Problem, Option<Confirmation>),
) -> Result<FilePage, Failure> {
    let t = visit.texts();
    let id = opened.project.id;
    let seen = match when.is_now() {
        true => None,
        false => app.store.project(&opened.sight, id, when).await?,
    };
    let day = seen.as_ref().map_or(app.store.today(), |seen| seen.day);
    let lists = match when.known_at {
        Some(time) => app.store.lists_known_at(time).await?.into(),
        None => opened.lists.clone(),
    };
    let shown = seen.map_or_else(|| opened.project.clone(), |seen| seen.project);
    let words = Words { t, lists: &lists, day };
    let edition =
        Edition { lists: &lists, day, version: opened.version, updated_at: app.store.now() };
    let file = ProjectFile::of(&shown, edition, visit.lang);
    let all = visit.query.get("history") == "all";
    let history = history::view(app, &opened, t, (when, all)).await?;
    let actions = match when.is_now() {
        true => actions(visit, &opened),
        false => Actions::default(),
    };
    let place = |pointer: &str| match actions.edit && !pointer.starts_with("/funding") {
        true => format!("{}/edit#{}", address(id), field(pointer)),
        false => String::new(),
    };
    let missing = file.headline.missing.iter().map(|fact| {
        let href = match place_of(id, *fact) {
            Some(href) if actions.edit => href,
            Some(_) => String::new(),
            None => "#stages".to_owned(),
        };
        Place { href, label: fact.label(visit.lang).to_owned() }
    });
    let warnings = file.warnings.iter();
    Ok(FilePage {
        page: Page::new(visit, shown.facts.name.clone()),
        t,
        id,
        version: opened.version,
        number: shown.registry_number.clone(),
        name: shown.facts.name.clone(),
        kind: shown.facts.kind.label(visit.lang),
        stage: shown.stage.as_str(),
        stage_label: shown.stage.label(visit.lang),
        filing: shown.filing.label(visit.lang),
        filing_tag: match shown.filing {
            Filing::Accepted => "good",
            Filing::Submitted => "warn",
            Filing::Returned => "bad",
            Filing::Draft => "",
        },
        then: (!when.is_now()).then(|| then(app, t, when)),
        as_of: visit.query.get("as_of").to_owned(),
        problem,
        returned: returned(app, &opened, &shown),
        facts: facts::lines(words, &told(&shown, &lists, day)),
        stages: stages::view((app, visit), &opened, &shown, (when.is_now(), confirmation)),
        missing: missing.collect(),
        warnings: warnings
            .map(|warning| Place { href: place(&warning.pointer), label: warning.message.clone() })
            .collect(),
        funding: money::table(words, &shown, &file.funding),
        matters: matters(words, &shown, actions.edit),
        source: shown.source.clone(),
        history,
        printed: history::local(app, app.store.now()),
        actions,
    })
}

/// Which time is shown.
fn then(app: &App, t: Texts, when: When) -> String {
    let known = when.known_at.map(|time| history::local(app, time));
    match (when.as_of, known, t.0) {
        (Some(day), None, Lang::Zh) => format!("以下为截至{day}的情况。"),
        (Some(day), None, Lang::En) => format!("This is how the project stood on {day}."),
        (Some(day), Some(time), Lang::Zh) => {
            format!("以下为截至{day}的情况，以{time}前已登记的内容为准。")
        }
        (Some(day), Some(time), Lang::En) => {
            format!("This is how the project stood on {day}, as it was recorded by {time}.")
        }
        (None, time, Lang::Zh) => {
            format!("以下为{}前已登记的内容。", time.unwrap_or_default())
        }
        (None, time, Lang::En) => {
            format!("This is what had been recorded by {}.", time.unwrap_or_default())
        }
    }
}

fn actions(visit: &Visit, opened: &Opened) -> Actions {
    let project = &opened.project;
    let is_open = project.unlocked().is_ok();
    let targets = super::stage::targets(visit, opened);
    Actions {
        edit: is_open && opened.may(visit, Action::ChangeFacts),
        submit: project.takes(FilingAction::Submit).is_ok()
            && project.filing != Filing::Accepted
            && opened.may(visit, Action::SubmitFiling),
        review: project.takes(FilingAction::Accept).is_ok() && visit.may(Action::ReviewFiling),
        moves: is_open && !targets.is_empty(),
        fund: opened.may(visit, Action::TagFunding),
    }
}

/// Why the filing was sent back, by whom and when.
fn returned(app: &App, opened: &Opened, shown: &Project) -> Option<Returned> {
    let reason = shown.returned_because.clone().filter(|_| shown.filing == Filing::Returned)?;
    let sent = opened.history.changes().iter().rev().find(|change| match &change.act {
        Act::Return { reason: given } => *given == reason,
        Act::Move { reason: given, .. } => given.as_ref() == Some(&reason),
        _ => false,
    });
    let (by, at) = sent
        .map(|change| (change.actor.clone(), history::local(app, change.recorded_at)))
        .unwrap_or_default();
    Some(Returned { reason, by, at })
}

/// Every matter, whether it has been begun or not.
fn matters(words: Words<'_>, project: &Project, may_edit: bool) -> Vec<MatterRow> {
    let t = words.t;
    let row = |kind: &MatterKind| {
        let matter = project.matters.get(kind);
        let required = project.facts.approval_mode.map(|mode| kind.is_required(mode));
        let document = matter.map(|matter| {
            let parts = [matter.document_number.clone(), matter.issued_by.clone()];
            words.joined(parts.into_iter().flatten())
        });
        let day = |day: Option<shortboard_domain::period::Period>| {
            day.map(|day| day.to_string()).unwrap_or_default()
        };
        MatterRow {
            label: kind.label(t.0),
            required: match required {
                Some(true) => t.matter_required(),
                Some(false) => t.matter_not_required(),
                None => t.matter_mode_unknown(),
            },
            state: matter.map(|matter| matter.state.label(t.0)).unwrap_or_default(),
            planned: day(matter.and_then(|matter| matter.planned_on)),
            actual: day(matter.and_then(|matter| matter.actual_on)),
            document: document.unwrap_or_default(),
            edit: may_edit.then(|| format!("/projects/{}/matters/{kind}", project.id)),
        }
    };
    MatterKind::ALL.iter().map(row).collect()
}
