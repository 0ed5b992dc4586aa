//! Correcting a move that was recorded wrongly: its day, where it led, and why it is restated.

use super::stage::status;
use super::{Errors, Opened, Undone, address, change, given, open, stale};
use crate::app::App;
use crate::extract::PartId;
use crate::page::form::Form;
use crate::page::layout::{Page, done_at, html_with};
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use crate::problem::Failure;
use crate::project::stage::{CorrectionBody, decide_correction};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shortboard_domain::access::Action;
use shortboard_domain::stage::Stage;

#[derive(Template)]
#[template(path = "project_correction.html")]
struct CorrectionPage {
    page: Page,
    t: Texts,
    name: String,
    number: String,
    file: String,
    action: String,
    version: i64,
    /// The move as it is recorded.
    from: &'static str,
    to_word: &'static str,
    to: &'static str,
    on: String,
    document: String,
    reason: String,
    /// Why it cannot be restated at all just now.
    locked: Option<String>,
    /// Where it may have led.
    options: Vec<Choice>,
    typed: Form,
    errors: Errors,
    today: String,
}

/// A stage to choose.
struct Choice {
    word: &'static str,
    label: &'static str,
    is_chosen: bool,
}

/// Shows the form.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    PartId(id, of): PartId,
) -> Result<Response, Failure> {
    let opened = open(&app, &visit, id).await?;
    render((&app, &visit), (&opened, of), StatusCode::OK, (None, Errors::default()))
}

fn render(
    (app, visit): (&App, &Visit),
    (opened, of): (&Opened, u32),
    status: StatusCode,
    (form, errors): (Option<&Form>, Errors),
) -> Result<Response, Failure> {
    opened.permit(visit, Action::CorrectStage)?;
    let (t, lang) = (visit.texts(), visit.lang);
    let words = opened.words(app, visit);
    let step = opened.project.moves.iter().find(|step| step.id == of).ok_or(Failure::NotFound)?;
    // The day of a document that speaks of a stage is not the day on which it was reached.
    let on = if step.is_dated { step.on.to_string() } else { String::new() };
    let as_it_is = || Form(vec![("on".into(), on), ("to".into(), step.to.as_str().to_owned())]);
    let typed = form.cloned().unwrap_or_else(as_it_is);
    let locked = opened.history.may_restate(of, None).err().map(|refusal| refusal.message(lang));
    let may_lead =
        |to: &&Stage| **to == step.to || opened.history.may_restate(of, Some(**to)).is_ok();
    let page = CorrectionPage {
        page: Page::new(visit, format!("{} · {}", t.correct_title(), opened.project.facts.name)),
        t,
        name: opened.project.facts.name.clone(),
        number: opened.project.registry_number.clone(),
        file: address(opened.project.id),
        action: format!("{}/stage/{of}", address(opened.project.id)),
        version: opened.version,
        from: step.from.map(|from| from.label(lang)).unwrap_or_default(),
        to_word: step.to.as_str(),
        to: step.to.label(lang),
        on: step.on.to_string(),
        document: step.basis.as_ref().map(|d| words.document(d)).unwrap_or_default(),
        reason: step.reason.clone().unwrap_or_default(),
        options: Stage::ALL
            .iter()
            .filter(may_lead)
            .map(|to| Choice {
                word: to.as_str(),
                label: to.label(lang),
                is_chosen: typed.get("to") == to.as_str(),
            })
            .collect(),
        locked,
        typed,
        errors,
        today: app.store.today().to_string(),
    };
    html_with(status, &page)
}

/// Corrects the move.
pub async fn correct(
    State(app): State<App>,
    visit: Visit,
    PartId(id, of): PartId,
    form: Form,
) -> Result<Response, Failure> {
    let opened = open(&app, &visit, id).await?;
    if form.has("again") {
        let shown = (Some(&form), Errors::default());
        return render((&app, &visit), (&opened, of), StatusCode::OK, shown);
    }
    let permit = opened.permit(&visit, Action::CorrectStage)?;
    if !opened.project.moves.iter().any(|step| step.id == of) {
        return Err(Failure::NotFound);
    }
    let to: Option<Stage> = form.get("to").parse().ok();
    let body = CorrectionBody {
        on: given(&form, "on"),
        to: given(&form, "to"),
        reason: given(&form, "reason"),
    };
    let wish = body.build(of);
    let decided = change(&app, (permit, id), &form, move |history, _, setting| {
        decide_correction(history, (of, to), wish.clone(), setting.today)
    });
    match decided.await {
        Ok(()) => Ok(done_at(&opened.address(), "saved")),
        Err(Undone::Stale(expected)) => {
            stale::page(&app, &visit, (id, expected), (&form, true)).await
        }
        Err(Undone::Refused(refusal)) => {
            let mut errors = Errors::of(&visit, id, &refusal);
            // The document of a move is not restated here.
            for wrong in errors.0.iter_mut().filter(|wrong| wrong.href.starts_with("#f-basis")) {
                wrong.href.clear();
            }
            let shown = (Some(&form), errors);
            render((&app, &visit), (&opened, of), status(&refusal), shown)
        }
        Err(Undone::Failed(failure)) => Err(failure),
    }
}
