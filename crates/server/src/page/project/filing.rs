//! Submitting a filing, and what a reviewer does with it.

use super::file::{self, Problem};
use super::review;
use super::{Errors, Opened, Undone, change, given, open, stale};
use crate::app::App;
use crate::extract::Id;
use crate::page::form::Form;
use crate::page::layout::done_at;
use crate::page::visit::Visit;
use crate::problem::Failure;
use crate::project::filing::{FilingBody, decide, right_to};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shortboard_domain::decision::Refusal;
use shortboard_domain::filing::FilingAction;

/// Submits, accepts or returns.
pub async fn file(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id,
    form: Form,
) -> Result<Response, Failure> {
    let opened = open(&app, &visit, id).await?;
    let wanted: Option<FilingAction> = form.get("action").parse().ok();
    let permit = opened.permit(&visit, right_to(wanted))?;
    let body = FilingBody {
        action: given(&form, "action"),
        reason: given(&form, "reason"),
        on: given(&form, "on"),
    };
    let filed = body.build();
    let decided = change(&app, (permit, id), &form, move |_, project, setting| {
        decide(project, wanted, filed.clone(), setting.today)
    });
    match decided.await {
        Ok(()) => Ok(done_at(&opened.address(), done(wanted))),
        Err(Undone::Stale(expected)) => {
            stale::page(&app, &visit, (id, expected), (&form, false)).await
        }
        Err(Undone::Refused(refusal)) => {
            let opened = open(&app, &visit, id).await?;
            undone((&app, &visit), opened, &form, wanted, &refusal).await
        }
        Err(Undone::Failed(failure)) => Err(failure),
    }
}

fn done(action: Option<FilingAction>) -> &'static str {
    match action {
        Some(FilingAction::Accept) => "accepted",
        Some(FilingAction::Return) => "returned",
        _ => "submitted",
    }
}

/// The page with what was wrong: the review, or the file with what it lacks.
async fn undone(
    (app, visit): (&App, &Visit),
    opened: Opened,
    form: &Form,
    wanted: Option<FilingAction>,
    refusal: &Refusal,
) -> Result<Response, Failure> {
    let errors = Errors::of(visit, opened.project.id, refusal);
    if let (Some(FilingAction::Accept | FilingAction::Return), Refusal::Faults(_)) =
        (wanted, refusal)
    {
        return review::refused(app, visit, &opened, (form.clone(), errors));
    }
    let (status, title) = match refusal {
        Refusal::Conflict(_) => (StatusCode::CONFLICT, refusal.message(visit.lang)),
        Refusal::Missing(..) => {
            let title = visit.texts().submit_missing().to_owned();
            (StatusCode::UNPROCESSABLE_ENTITY, title)
        }
        _ => (StatusCode::UNPROCESSABLE_ENTITY, refusal.message(visit.lang)),
    };
    let errors = match refusal {
        Refusal::Conflict(_) => Errors::default(),
        _ => errors,
    };
    file::refused((app, visit), opened, status, (Problem { title, errors }, None)).await
}
