//! Moving a project to another stage: what each move asks for is shown before it is tried. Wrong
//! moves are corrected and inferred stages confirmed here as well.

use super::file::{self, Problem};
use super::stages::Confirmation;
use super::words::Words;
use super::{Errors, Opened, Undone, Wrong, address, change, given, open, place_of, stale};
use crate::app::App;
use crate::extract::Id;
use crate::page::form::Form;
use crate::page::layout::{Page, done_at, html_with};
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use crate::problem::Failure;
use crate::project::history::told;
use crate::project::stage::{
    ConfirmationBody, MoveBody, decide_confirmation, decide_move, right_to_move,
};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shortboard_domain::access::Action;
use shortboard_domain::decision::{MoveWish, Refusal};
use shortboard_domain::document::DocumentBody;
use shortboard_domain::input::Given;
use shortboard_domain::requirement::Fact;
use shortboard_domain::stage::{Stage, Step};

#[derive(Template)]
#[template(path = "project_stage.html")]
struct StagePage {
    page: Page,
    t: Texts,
    name: String,
    number: String,
    file: String,
    version: i64,
    stage: &'static str,
    stage_label: &'static str,
    since: String,
    /// Why the stage cannot change at all just now.
    locked: Option<String>,
    /// Whether the filing leads on from here, not a move.
    leads_on_by_filing: bool,
    targets: Vec<Target>,
    chosen: Option<Chosen>,
    typed: Form,
    errors: Errors,
    today: String,
}

/// A stage that a move may lead to, and what that takes.
struct Target {
    word: &'static str,
    label: &'static str,
    kind: &'static str,
    asked: Vec<Asked>,
    is_chosen: bool,
}

/// Something a move asks for.
struct Asked {
    label: &'static str,
    /// What is there; blank for what is not.
    value: String,
    state: &'static str,
    state_label: &'static str,
    href: String,
}

/// The form of the move that was chosen.
struct Chosen {
    word: &'static str,
    label: &'static str,
    date: &'static str,
    needs_date: bool,
    document: &'static str,
    needs_document: bool,
    needs_reason: bool,
    /// Whether the project still lacks something that the form cannot bring.
    lacks: bool,
}

/// Where the visitor may move the project, what leads on first.
pub fn targets(visit: &Visit, opened: &Opened) -> Vec<(Stage, Step)> {
    let project = &opened.project;
    let mut targets: Vec<(Stage, Step)> = Stage::ALL
        .iter()
        .filter_map(|to| project.step_to(*to).ok().map(|step| (*to, step)))
        .filter(|(to, _)| opened.may(visit, right_to_move(project, Some(*to))))
        .collect();
    targets.sort_by_key(|(_, step)| match step {
        Step::Forward => 0,
        Step::Resume => 1,
        Step::Suspend => 2,
        Step::Back => 3,
        Step::Cancel => 4,
    });
    targets
}

/// Shows where the project may go, and the form of the move that was chosen.
pub async fn show(State(app): State<App>, visit: Visit, Id(id): Id) -> Result<Response, Failure> {
    let opened = open(&app, &visit, id).await?;
    let typed = visit.query.clone();
    let (mut status, mut errors) = (StatusCode::OK, Errors::default());
    if let Some(word) = typed.given("to")
        && let Err(why) = word.parse::<Stage>()
    {
        status = StatusCode::UNPROCESSABLE_ENTITY;
        errors.0.push(Wrong::new("#targets", why.message(visit.lang)));
    }
    render((&app, &visit), &opened, status, (&typed, errors))
}

fn render(
    (app, visit): (&App, &Visit),
    opened: &Opened,
    status: StatusCode,
    (typed, errors): (&Form, Errors),
) -> Result<Response, Failure> {
    let may_move = opened.permit(visit, Action::MoveStage);
    may_move.or_else(|_| opened.permit(visit, Action::CorrectStage))?;
    let (t, project) = (visit.texts(), &opened.project);
    let words = opened.words(app, visit);
    let to: Option<Stage> = typed.get("to").parse().ok();
    let possible = targets(visit, opened);
    let chosen = possible.iter().find(|(stage, _)| Some(*stage) == to);
    let page = StagePage {
        page: Page::new(visit, format!("{} · {}", t.move_title(), project.facts.name)),
        t,
        name: project.facts.name.clone(),
        number: project.registry_number.clone(),
        file: address(project.id),
        version: opened.version,
        stage: project.stage.as_str(),
        stage_label: project.stage.label(visit.lang),
        since: project.stage_since().to_string(),
        locked: project.unlocked().err().map(|refusal| refusal.message(visit.lang)),
        leads_on_by_filing: project.stage == Stage::Concept,
        targets: possible
            .iter()
            .map(|(stage, step)| Target {
                word: stage.as_str(),
                label: stage.label(visit.lang),
                kind: kind(t, *step),
                asked: asked(words, opened, (*stage, *step)),
                is_chosen: Some(*stage) == to,
            })
            .collect(),
        chosen: chosen.map(|(stage, step)| form_of(words, opened, (*stage, *step))),
        typed: typed.clone(),
        errors,
        today: app.store.today().to_string(),
    };
    html_with(status, &page)
}

fn kind(t: Texts, step: Step) -> &'static str {
    match step {
        Step::Forward => t.step_forward(),
        Step::Back => t.step_back(),
        Step::Suspend => t.step_suspend(),
        Step::Resume => t.step_resume(),
        Step::Cancel => t.step_cancel(),
    }
}

/// What the project lacks for a move that brings nothing along.
fn lacking(opened: &Opened, (to, step): (Stage, Step)) -> Vec<Fact> {
    opened.project.lacks(step, &MoveWish { to, on: None, basis: None, reason: None })
}

fn asked(words: Words<'_>, opened: &Opened, (to, step): (Stage, Step)) -> Vec<Asked> {
    let (t, id) = (words.t, opened.project.id);
    let lacking = lacking(opened, (to, step));
    let file = told(&opened.project, &opened.lists, words.day);
    let one = |fact: &Fact| {
        let place = place_of(id, *fact);
        let (state, state_label) = match (lacking.contains(fact), &place) {
            (false, _) => ("there", t.asked_there()),
            (true, None) => ("here", t.asked_here()),
            (true, Some(_)) => ("missing", t.asked_missing()),
        };
        let value = file.get(fact.as_str()).map(|value| words.value(fact.as_str(), value));
        Asked {
            label: fact.label(t.0),
            value: value.unwrap_or_default(),
            state,
            state_label,
            href: place.filter(|_| state == "missing").unwrap_or_default(),
        }
    };
    step.asks(to).iter().map(one).collect()
}

fn form_of(words: Words<'_>, opened: &Opened, (to, step): (Stage, Step)) -> Chosen {
    let t = words.t;
    let asks = step.asks(to);
    let find = |among: &[Fact]| among.iter().find(|fact| asks.contains(fact)).copied();
    let date = find(&[Fact::ActualStart, Fact::ActualFinish, Fact::InUseSince]);
    let document = find(&[Fact::ApprovalDocument, Fact::AcceptanceDocument]);
    let lacking = lacking(opened, (to, step));
    Chosen {
        word: to.as_str(),
        label: to.label(t.0),
        date: date.map_or(t.move_date(), |fact| fact.label(t.0)),
        needs_date: date.is_some(),
        document: document.map_or(t.move_document(), |fact| fact.label(t.0)),
        needs_document: document.is_some(),
        needs_reason: asks.contains(&Fact::Reason),
        lacks: lacking.iter().any(|fact| place_of(opened.project.id, *fact).is_some()),
    }
}

/// The document that a form names.
pub fn basis(form: &Form) -> Option<Given<DocumentBody>> {
    let body = DocumentBody {
        document_number: given(form, "document_number"),
        title: given(form, "title"),
        issued_by: given(form, "issued_by"),
        issued_on: given(form, "issued_on"),
    };
    (body != DocumentBody::default()).then(|| Given::ok(body))
}

/// Moves the project.
pub async fn advance(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id,
    form: Form,
) -> Result<Response, Failure> {
    let opened = open(&app, &visit, id).await?;
    if form.has("again") {
        return render((&app, &visit), &opened, StatusCode::OK, (&form, Errors::default()));
    }
    let to: Option<Stage> = form.get("to").parse().ok();
    let permit = opened.permit(&visit, right_to_move(&opened.project, to))?;
    let body = MoveBody {
        to: given(&form, "to"),
        on: given(&form, "on"),
        basis: basis(&form),
        reason: given(&form, "reason"),
    };
    let wish = body.build();
    let decided = change(&app, (permit, id), &form, move |_, project, setting| {
        decide_move(project, to, wish.clone(), setting.today)
    });
    match decided.await {
        Ok(()) => Ok(done_at(&opened.address(), "moved")),
        Err(Undone::Stale(expected)) => {
            stale::page(&app, &visit, (id, expected), (&form, true)).await
        }
        Err(Undone::Refused(refusal)) => {
            let errors = Errors::of(&visit, id, &refusal);
            render((&app, &visit), &opened, status(&refusal), (&form, errors))
        }
        Err(Undone::Failed(failure)) => Err(failure),
    }
}

/// The status of a refusal.
pub fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Conflict(_) => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Confirms an inferred stage.
pub async fn confirm(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id,
    form: Form,
) -> Result<Response, Failure> {
    let opened = open(&app, &visit, id).await?;
    let permit = opened.permit(&visit, Action::MoveStage)?;
    let again = |problem, errors, status| {
        let confirmation = Confirmation { typed: form.clone(), errors };
        file::refused((&app, &visit), opened.clone(), status, (problem, Some(confirmation)))
    };
    if form.has("again") {
        return again(Problem::default(), Errors::default(), StatusCode::OK).await;
    }
    let wish = ConfirmationBody { on: given(&form, "on"), basis: basis(&form) }.build();
    let decided = change(&app, (permit, id), &form, move |history, _, setting| {
        decide_confirmation(history, wish.clone(), setting.today)
    });
    match decided.await {
        Ok(()) => Ok(done_at(&opened.address(), "confirmed")),
        Err(Undone::Stale(expected)) => {
            stale::page(&app, &visit, (id, expected), (&form, true)).await
        }
        Err(Undone::Refused(refusal)) => {
            let errors = Errors::of(&visit, id, &refusal);
            let title = refusal.message(visit.lang);
            let shown = match refusal {
                Refusal::Conflict(_) => Errors::default(),
                _ => errors.clone(),
            };
            again(Problem { title, errors: shown }, errors, status(&refusal)).await
        }
        Err(Undone::Failed(failure)) => Err(failure),
    }
}
