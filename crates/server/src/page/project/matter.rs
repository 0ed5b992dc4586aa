//! A preliminary matter of a project: how far it is, with its document.

use super::stage::status;
use super::{Errors, Opened, Undone, address, change, given, open, stale};
use crate::app::App;
use crate::page::form::Form;
use crate::page::layout::{Page, done_at, html_with};
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use crate::problem::Failure;
use crate::project::matter::decide;
use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use shortboard_domain::access::Action;
use shortboard_domain::fault::Fault;
use shortboard_domain::input::{Faults, Given};
use shortboard_domain::matter::{MatterBody, MatterKind, MatterState, PreliminaryMatter};
use shortboard_domain::period::Period;
use shortboard_domain::written;

#[derive(Template)]
#[template(path = "project_matter.html")]
struct MatterPage {
    page: Page,
    t: Texts,
    name: String,
    number: String,
    file: String,
    action: String,
    version: i64,
    matter: &'static str,
    required: Option<bool>,
    locked: Option<String>,
    states: Vec<Choice>,
    typed: Form,
    errors: Errors,
    today: String,
}

/// A state to choose.
struct Choice {
    word: &'static str,
    label: &'static str,
    is_chosen: bool,
}

type MatterPath = Result<Path<(i64, String)>, PathRejection>;

fn parts(path: MatterPath) -> Result<(i64, MatterKind), Failure> {
    let Path((id, kind)) = path.map_err(|_| Failure::NotFound)?;
    Ok((id, kind.parse().map_err(|_| Failure::NotFound)?))
}

/// Shows the form.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    path: MatterPath,
) -> Result<Response, Failure> {
    let (id, kind) = parts(path)?;
    let opened = open(&app, &visit, id).await?;
    let typed = opened.project.matters.get(&kind).map(as_form).unwrap_or_default();
    render((&app, &visit), (&opened, kind), StatusCode::OK, (&typed, Errors::default()))
}

fn as_form(matter: &PreliminaryMatter) -> Form {
    let day = |day: Option<Period>| day.map(|day| day.to_string()).unwrap_or_default();
    let fields = [
        ("state", matter.state.as_str().to_owned()),
        ("planned_on", day(matter.planned_on)),
        ("actual_on", day(matter.actual_on)),
        ("document_number", matter.document_number.clone().unwrap_or_default()),
        ("issued_by", matter.issued_by.clone().unwrap_or_default()),
    ];
    Form(fields.map(|(name, value)| (name.to_owned(), value)).to_vec())
}

fn render(
    (app, visit): (&App, &Visit),
    (opened, kind): (&Opened, MatterKind),
    status: StatusCode,
    (typed, errors): (&Form, Errors),
) -> Result<Response, Failure> {
    opened.permit(visit, Action::ChangeFacts)?;
    let (t, lang, project) = (visit.texts(), visit.lang, &opened.project);
    let page = MatterPage {
        page: Page::new(visit, format!("{} · {}", kind.label(lang), project.facts.name)),
        t,
        name: project.facts.name.clone(),
        number: project.registry_number.clone(),
        file: address(project.id),
        action: format!("{}/matters/{kind}", address(project.id)),
        version: opened.version,
        matter: kind.label(lang),
        required: project.facts.approval_mode.map(|mode| kind.is_required(mode)),
        locked: project.unlocked().err().map(|refusal| refusal.message(lang)),
        states: MatterState::ALL
            .iter()
            .map(|state| Choice {
                word: state.as_str(),
                label: state.label(lang),
                is_chosen: typed.get("state") == state.as_str(),
            })
            .collect(),
        typed: typed.clone(),
        errors,
        today: app.store.today().to_string(),
    };
    html_with(status, &page)
}

/// Sets the matter.
pub async fn set(
    State(app): State<App>,
    visit: Visit,
    path: MatterPath,
    form: Form,
) -> Result<Response, Failure> {
    let (id, kind) = parts(path)?;
    let opened = open(&app, &visit, id).await?;
    if form.has("again") {
        let shown = (&form, Errors::default());
        return render((&app, &visit), (&opened, kind), StatusCode::OK, shown);
    }
    let permit = opened.permit(&visit, Action::ChangeFacts)?;
    let wish = read(&form);
    let decided = change(&app, (permit, id), &form, move |history, project, setting| {
        decide(history, (project, kind), wish.clone(), setting.today)
    });
    match decided.await {
        Ok(()) => Ok(done_at(&opened.address(), "saved")),
        Err(Undone::Stale(expected)) => {
            stale::page(&app, &visit, (id, expected), (&form, true)).await
        }
        Err(Undone::Refused(refusal)) => {
            let errors = Errors::of(&visit, id, &refusal);
            render((&app, &visit), (&opened, kind), status(&refusal), (&form, errors))
        }
        Err(Undone::Failed(failure)) => Err(failure),
    }
}

/// The matter of a form, its times as people write them, and the day from which it holds.
fn read(form: &Form) -> Result<(PreliminaryMatter, Option<Date>), Vec<Fault>> {
    let mut faults = Faults::default();
    let mut period = |name: &str| {
        let text = form.given(name)?;
        faults.take(&format!("/{name}"), written::period(text)).map(Given::ok)
    };
    let body = MatterBody {
        state: given(form, "state"),
        document_number: given(form, "document_number"),
        issued_by: given(form, "issued_by"),
        planned_on: period("planned_on"),
        actual_on: period("actual_on"),
    };
    let day = faults.day("/effective_on", given(form, "effective_on"));
    match body.build() {
        Ok(matter) => faults.finish((matter, day)),
        Err(more) => {
            faults.extend(more);
            Err(faults.into_vec())
        }
    }
}
