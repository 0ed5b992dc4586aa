//! The stage of a project: move, correct, confirm.

use super::write::{Change, faults, word};
use crate::answer::Answer;
use crate::app::App;
use crate::extract::{Body, Caller, Id, IfMatch, PartId};
use crate::problem::{Failure, Problem};
use axum::extract::State;
use jiff::civil::Date;
use serde::Deserialize;
use shortboard_domain::access::Action;
use shortboard_domain::card::ProjectFile;
use shortboard_domain::decision::{Correction, MoveWish};
use shortboard_domain::document::{Document, DocumentBody};
use shortboard_domain::fault::Fault;
use shortboard_domain::history::History;
use shortboard_domain::input::{Faults, Given};
use shortboard_domain::project::Project;
use shortboard_domain::stage::Stage;
use shortboard_store::project::Decision;
use utoipa::ToSchema;

/// A move to another stage.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MoveBody {
    /// The stage. Required.
    #[schema(required = true, value_type = Stage)]
    pub to: Option<Given<String>>,
    /// The day it happened. Construction, completion and operation need it; today by default for
    /// the others.
    #[schema(value_type = Option<String>, format = Date)]
    pub on: Option<Given<String>>,
    /// The document that justifies it.
    #[schema(value_type = Option<DocumentBody>)]
    pub basis: Option<Given<DocumentBody>>,
    /// Why, for a step back, 停缓建 and 终止.
    #[schema(value_type = Option<String>)]
    pub reason: Option<Given<String>>,
}

/// A correction of a move. What is left out stays as it was.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CorrectionBody {
    /// The day it really happened.
    #[schema(value_type = Option<String>, format = Date)]
    pub on: Option<Given<String>>,
    /// Where it really led.
    #[schema(value_type = Option<Stage>)]
    pub to: Option<Given<String>>,
    /// Why it is restated. Required.
    #[schema(required = true, value_type = String)]
    pub reason: Option<Given<String>>,
}

/// A confirmation of an inferred stage.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfirmationBody {
    /// The day it really came to stand there, where known.
    #[schema(value_type = Option<String>, format = Date)]
    pub on: Option<Given<String>>,
    /// The document that shows it.
    #[schema(value_type = Option<DocumentBody>)]
    pub basis: Option<Given<DocumentBody>>,
}

impl MoveBody {
    /// Checks everything and builds the wish.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub fn build(self) -> Result<MoveWish, Vec<Fault>> {
        let mut faults = Faults::default();
        let to = faults.required("/to", self.to);
        let to = to.and_then(|word| faults.take("/to", word.parse()));
        let on = faults.day("/on", self.on);
        let basis = basis(&mut faults, self.basis);
        let reason = faults.multiline("/reason", self.reason, 2000);
        match to {
            Some(to) => faults.finish(MoveWish { to, on, basis, reason }),
            None => Err(faults.into_vec()),
        }
    }
}

impl CorrectionBody {
    /// Checks everything and builds the wish to restate a move.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub fn build(self, of: u32) -> Result<Correction, Vec<Fault>> {
        let mut faults = Faults::default();
        let on = faults.day("/on", self.on);
        let to = faults.word("/to", self.to);
        let reason = faults.multiline("/reason", self.reason, 2000);
        faults.finish(Correction { of, on, to, reason })
    }
}

impl ConfirmationBody {
    /// Checks everything: the day and the document.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub fn build(self) -> Result<(Option<Date>, Option<Document>), Vec<Fault>> {
        let mut faults = Faults::default();
        let on = faults.day("/on", self.on);
        let basis = basis(&mut faults, self.basis);
        faults.finish((on, basis))
    }
}

fn basis(faults: &mut Faults, given: Option<Given<DocumentBody>>) -> Option<Document> {
    let basis = faults.optional("/basis", given)?.build("/basis", faults);
    basis.is_named().then_some(basis)
}

/// The right that a move takes: a step back is a correction.
pub fn right_to_move(project: &Project, to: Option<Stage>) -> Action {
    match to.is_some_and(|to| project.is_step_back(to)) {
        true => Action::CorrectStage,
        false => Action::MoveStage,
    }
}

/// Decides a move: whether it is allowed comes before whether its values are in order.
///
/// # Errors
/// As [`Project::move_to`]; the faults of the wish.
pub fn decide_move(
    project: &Project,
    to: Option<Stage>,
    wish: Result<MoveWish, Vec<Fault>>,
    today: Date,
) -> Decision {
    project.unlocked()?;
    if let Some(to) = to {
        project.step_to(to)?;
    }
    project.move_to(wish.map_err(faults)?, today).map(Some)
}

/// Decides a correction.
///
/// # Errors
/// As [`History::correct_move`]; the faults of the wish.
pub fn decide_correction(
    history: &History,
    (of, to): (u32, Option<Stage>),
    wish: Result<Correction, Vec<Fault>>,
    today: Date,
) -> Decision {
    history.may_restate(of, to)?;
    history.correct_move(wish.map_err(faults)?, today).map(Some)
}

/// Decides a confirmation.
///
/// # Errors
/// As [`History::confirm_stage`]; the faults of the wish.
pub fn decide_confirmation(
    history: &History,
    wish: Result<(Option<Date>, Option<Document>), Vec<Fault>>,
    today: Date,
) -> Decision {
    history.confirm_stage(None, None, today)?;
    let (on, basis) = wish.map_err(faults)?;
    history.confirm_stage(on, basis, today).map(Some)
}

/// Move a project to another stage
///
/// 409 for a move that is not allowed, 422 listing what is missing.
#[utoipa::path(
    post,
    path = "/api/v1/projects/{id}/stage",
    tag = "projects",
    params(
        ("id" = i64, Path), ("If-Match" = String, Header, description = "The version, \"N\""),
        ("Idempotency-Key" = Option<String>, Header, description = "Same key, same answer"),
    ),
    request_body = MoveBody,
    responses(
        (status = 200, body = ProjectFile, headers(("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 428, body = Problem),
    )
)]
pub async fn advance(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Failure> {
    let change = Change::new(&app, &caller, id, if_match, &body);
    let history = change.history().await?;
    let wish = body.read::<MoveBody>().and_then(MoveBody::build);
    let project = history.current().ok_or(Failure::NotFound)?;
    let to = word::<Stage>(&body, "to");
    let permit = caller.permit_on(right_to_move(&project, to), &history);
    change
        .carry_out_with(permit, move |_, project, setting| {
            decide_move(project, to, wish.clone(), setting.today)
        })
        .await
}

/// Correct a move
///
/// The correction restates the day or the stage, with a reason; what was known before stays
/// answerable with `known_at`.
#[utoipa::path(
    patch,
    path = "/api/v1/projects/{id}/stage/{move_id}",
    tag = "projects",
    params(
        ("id" = i64, Path), ("move_id" = u32, Path),
        ("If-Match" = String, Header, description = "The version, \"N\""),
    ),
    request_body(content = CorrectionBody, content_type = "application/json"),
    responses(
        (status = 200, body = ProjectFile, headers(("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 428, body = Problem),
    )
)]
pub async fn correct(
    State(app): State<App>,
    caller: Caller,
    PartId(id, of): PartId,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Failure> {
    let change = Change::new(&app, &caller, id, if_match, &body);
    let history = change.history().await?;
    let known = history.current().is_some_and(|p| p.moves.iter().any(|step| step.id == of));
    let permit = caller.permit_on(Action::CorrectStage, &history);
    if !known {
        return Err(Failure::NotFound);
    }
    let to = word::<Stage>(&body, "to");
    let wish = body.read::<CorrectionBody>().and_then(|body| body.build(of));
    change
        .carry_out_with(permit, move |history, _, setting| {
            decide_correction(history, (of, to), wish.clone(), setting.today)
        })
        .await
}

/// Confirm an inferred stage
#[utoipa::path(
    post,
    path = "/api/v1/projects/{id}/stage/confirm",
    tag = "projects",
    params(
        ("id" = i64, Path), ("If-Match" = String, Header, description = "The version, \"N\""),
        ("Idempotency-Key" = Option<String>, Header, description = "Same key, same answer"),
    ),
    request_body(content = Option<ConfirmationBody>, content_type = "application/json"),
    responses(
        (status = 200, body = ProjectFile, headers(("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 428, body = Problem),
    )
)]
pub async fn confirm(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Failure> {
    let change = Change::new(&app, &caller, id, if_match, &body);
    let wish = body.read::<ConfirmationBody>().and_then(ConfirmationBody::build);
    change
        .carry_out(Action::MoveStage, move |history, _, setting| {
            decide_confirmation(history, wish.clone(), setting.today)
        })
        .await
}
