//! The filing of a project: submit, accept, return.

use super::write::{Change, faults, word};
use crate::answer::Answer;
use crate::app::App;
use crate::extract::{Body, Caller, Id, IfMatch};
use crate::problem::{Failure, Problem};
use axum::extract::State;
use jiff::civil::Date;
use serde::Deserialize;
use shortboard_domain::access::Action;
use shortboard_domain::card::ProjectFile;
use shortboard_domain::fault::Fault;
use shortboard_domain::filing::FilingAction;
use shortboard_domain::input::{Faults, Given};
use shortboard_domain::project::Project;
use shortboard_store::project::Decision;
use utoipa::ToSchema;

/// What is done with a filing.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FilingBody {
    /// `submit`, `accept` or `return`. Required.
    #[schema(required = true, value_type = FilingAction)]
    pub action: Option<Given<String>>,
    /// Why it is returned.
    #[schema(value_type = Option<String>)]
    pub reason: Option<Given<String>>,
    /// The day on which it was accepted; today by default.
    #[schema(value_type = Option<String>, format = Date)]
    pub on: Option<Given<String>>,
}

/// A filing's change, read.
#[derive(Debug, Clone)]
pub struct Filed {
    action: FilingAction,
    reason: Option<String>,
    on: Option<Date>,
}

/// The right that an action takes. Where none is named, the one who may submit is told so.
pub fn right_to(action: Option<FilingAction>) -> Action {
    match action {
        Some(FilingAction::Accept | FilingAction::Return) => Action::ReviewFiling,
        _ => Action::SubmitFiling,
    }
}

/// Decides what is done with a filing: whether its state takes it comes before whether the values
/// are in order.
///
/// # Errors
/// As [`Project::submit`], [`Project::accept`] and [`Project::send_back`]; the faults of the body.
pub fn decide(
    project: &Project,
    wanted: Option<FilingAction>,
    filed: Result<Filed, Vec<Fault>>,
    today: Date,
) -> Decision {
    if let Some(wanted) = wanted {
        project.takes(wanted)?;
    }
    let filed = filed.map_err(faults)?;
    match filed.action {
        FilingAction::Submit => project.submit(today),
        FilingAction::Accept => project.accept(filed.on, today),
        FilingAction::Return => project.send_back(filed.reason, today),
    }
    .map(Some)
}

impl FilingBody {
    /// Checks everything.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub fn build(self) -> Result<Filed, Vec<Fault>> {
        let mut faults = Faults::default();
        let action = faults.required("/action", self.action);
        let action = action.and_then(|word| faults.take("/action", word.parse()));
        let reason = faults.multiline("/reason", self.reason, 2000);
        let on = faults.day("/on", self.on);
        match action {
            Some(action) => faults.finish(Filed { action, reason, on }),
            None => Err(faults.into_vec()),
        }
    }
}

/// Submit, accept or return a filing
///
/// A filing is accepted or returned by a registrar of city scope who is not the one that submitted
/// it. Accepting moves the project from concept to reserve.
#[utoipa::path(
    post,
    path = "/api/v1/projects/{id}/filing",
    tag = "projects",
    params(
        ("id" = i64, Path), ("If-Match" = String, Header, description = "The version, \"N\""),
        ("Idempotency-Key" = Option<String>, Header, description = "Same key, same answer"),
    ),
    request_body = FilingBody,
    responses(
        (status = 200, body = ProjectFile, headers(("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 428, body = Problem),
    )
)]
pub async fn file(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Failure> {
    let change = Change::new(&app, &caller, id, if_match, &body);
    let history = change.history().await?;
    let wanted = word::<FilingAction>(&body, "action");
    let filed = body.read::<FilingBody>().and_then(FilingBody::build);
    let permit = caller.permit_on(right_to(wanted), &history);
    change
        .carry_out_with(permit, move |_, project, setting| {
            decide(project, wanted, filed.clone(), setting.today)
        })
        .await
}
