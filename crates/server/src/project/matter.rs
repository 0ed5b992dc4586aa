//! A project's preliminary matters.

use super::write::{Change, faults};
use crate::answer::Answer;
use crate::app::App;
use crate::extract::{Body, Caller, IfMatch};
use crate::problem::{Failure, Problem};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use shortboard_domain::access::Action;
use shortboard_domain::card::ProjectFile;
use shortboard_domain::matter::{MatterBody, MatterKind};

/// Set a preliminary matter
#[utoipa::path(
    put,
    path = "/api/v1/projects/{id}/matters/{kind}",
    tag = "projects",
    params(
        ("id" = i64, Path), ("kind" = MatterKind, Path),
        ("If-Match" = String, Header, description = "The version, \"N\""),
    ),
    request_body = MatterBody,
    responses(
        (status = 200, body = ProjectFile, headers(("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 428, body = Problem),
    )
)]
pub async fn set(
    State(app): State<App>,
    caller: Caller,
    path: Result<Path<(String, String)>, PathRejection>,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Failure> {
    let Path((id, kind)) = path.map_err(|_| Failure::NotFound)?;
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let change = Change::new(&app, &caller, id, if_match, &body);
    let history = change.history().await?;
    let kind: MatterKind = kind.parse().map_err(|_| Failure::NotFound)?;
    let permit = caller.permit_on(Action::ChangeFacts, &history);
    let matter = body.read::<MatterBody>().and_then(MatterBody::build);
    change
        .carry_out_with(permit, move |_, project, setting| {
            project.unlocked()?;
            let matter = matter.clone().map_err(faults)?;
            project.set_matter(kind, matter, setting.today)
        })
        .await
}
