//! A project's preliminary matters.

use super::one::split_day;
use super::write::{Change, both, faults};
use crate::answer::Answer;
use crate::app::App;
use crate::extract::{self, Body, Caller, IfMatch};
use crate::openapi::body_schema;
use crate::problem::{Failure, Problem};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use jiff::civil::Date;
use shortboard_domain::access::Action;
use shortboard_domain::card::ProjectFile;
use shortboard_domain::decision::effective_day;
use shortboard_domain::fault::Fault;
use shortboard_domain::history::History;
use shortboard_domain::matter::{MatterBody, MatterKind, PreliminaryMatter};
use shortboard_domain::project::Project;
use shortboard_store::project::Decision;

body_schema! {
    /// A preliminary matter with the day from which it holds.
    DatedMatter = dated of MatterBody
}

/// Set a preliminary matter
///
/// `effective_on` says from which day it holds; today by default.
#[utoipa::path(
    put,
    path = "/api/v1/projects/{id}/matters/{kind}",
    tag = "projects",
    params(
        ("id" = i64, Path), ("kind" = MatterKind, Path),
        ("If-Match" = String, Header, description = "The version, \"N\""),
    ),
    request_body = DatedMatter,
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
    let wish = body.value().and_then(|mut value| {
        let day = split_day(&mut value);
        both(extract::read::<MatterBody>(value).and_then(MatterBody::build), day)
    });
    change
        .carry_out_with(permit, move |history, project, setting| {
            decide(history, (project, kind), wish.clone(), setting.today)
        })
        .await
}

/// Decides a matter, with the day from which it holds: whether the state allows it comes before
/// whether the values are in order.
///
/// # Errors
/// As [`History::set_matter`]; the faults of the wish; a day in the future.
pub fn decide(
    history: &History,
    (project, kind): (&Project, MatterKind),
    wish: Result<(PreliminaryMatter, Option<Date>), Vec<Fault>>,
    today: Date,
) -> Decision {
    project.unlocked()?;
    let (matter, day) = wish.map_err(faults)?;
    history.set_matter(kind, matter, effective_day("/effective_on", day, today)?)
}
