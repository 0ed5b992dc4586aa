//! The filing of a project: submit, accept, return.

use super::write::{Change, faults, word};
use crate::answer::Answer;
use crate::app::App;
use crate::extract::{Body, Caller, Id, IfMatch};
use crate::problem::{Failure, Problem};
use axum::extract::State;
use serde::Deserialize;
use shortboard_domain::access::Action;
use shortboard_domain::card::ProjectFile;
use shortboard_domain::fault::Fault;
use shortboard_domain::filing::FilingAction;
use shortboard_domain::input::{Faults, Given};
use utoipa::ToSchema;

/// What is done with a filing.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FilingBody {
    /// `submit`, `accept` or `return`. Required.
    #[schema(required = true, value_type = FilingAction)]
    action: Option<Given<String>>,
    /// Why it is returned.
    #[schema(value_type = Option<String>)]
    reason: Option<Given<String>>,
    /// The day on which it was accepted; today by default.
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<Given<String>>,
}

/// A filing's change, read.
struct Filed {
    action: FilingAction,
    reason: Option<String>,
    on: Option<jiff::civil::Date>,
}

impl FilingBody {
    fn build(self) -> Result<Filed, Vec<Fault>> {
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
    // Which right it takes depends on the action; a body without one is told so once it is known
    // that the caller may submit.
    let wanted = word::<FilingAction>(&body, "action");
    let action = match wanted {
        Some(FilingAction::Accept | FilingAction::Return) => Action::ReviewFiling,
        _ => Action::SubmitFiling,
    };
    let filed = body.read::<FilingBody>().and_then(FilingBody::build);
    let permit = caller.permit_on(action, &history);
    change
        .carry_out_with(permit, move |_, project, setting| {
            if let Some(wanted) = wanted {
                project.takes(wanted)?;
            }
            let filed = filed.as_ref().map_err(|wrong| faults(wrong.clone()))?;
            match filed.action {
                FilingAction::Submit => project.submit(setting.today),
                FilingAction::Accept => project.accept(filed.on, setting.today),
                FilingAction::Return => project.send_back(filed.reason.clone(), setting.today),
            }
            .map(Some)
        })
        .await
}
