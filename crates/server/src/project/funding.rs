//! A project's funding sources, one by one.

use super::one::{merge, split_day};
use super::write::{Change, both, faults};
use crate::answer::Answer;
use crate::app::App;
use crate::extract::{self, Body, Caller, Id, IfMatch, PartId};
use crate::openapi::body_schema;
use crate::params::{Query, parameters, value};
use crate::problem::{Failure, Problem};
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;
use shortboard_domain::access::{Action, Permit};
use shortboard_domain::card::ProjectFile;
use shortboard_domain::codelist::CodeLists;
use shortboard_domain::decision::effective_day;
use shortboard_domain::fault::Fault;
use shortboard_domain::funding::{FundingBody, FundingSource};
use shortboard_domain::input::{self, Faults};
use utoipa::IntoParams;

body_schema! {
    /// A funding source with the day from which it holds.
    NewFunding = dated of FundingBody
}

body_schema! {
    /// A merge patch of a funding source, with the day from which it holds.
    FundingPatch = patch of FundingBody
}

/// The source and the day in a body.
pub fn source(
    mut value: Value,
    lists: &CodeLists,
) -> Result<(FundingSource, Option<Date>), Vec<Fault>> {
    let day = split_day(&mut value);
    let source = extract::read::<FundingBody>(value).and_then(|body| body.build(lists));
    both(source, day)
}

/// Leave to change a source, which must be there.
async fn permit(change: &Change<'_>, part: u32) -> Result<Permit, Failure> {
    let history = change.history().await?;
    let project = history.current().ok_or(Failure::NotFound)?;
    if !project.funding.iter().any(|funding| funding.id == part) {
        return Err(Failure::NotFound);
    }
    change.caller.permit_on(Action::TagFunding, &history)
}

/// Add a funding source
///
/// `effective_on` says from which day it holds; today by default. More funding than the project
/// needs is kept and shown as an excess.
#[utoipa::path(
    post,
    path = "/api/v1/projects/{id}/funding",
    tag = "funding",
    params(
        ("id" = i64, Path), ("If-Match" = String, Header, description = "The project's version"),
        ("Idempotency-Key" = Option<String>, Header, description = "Same key, same answer"),
    ),
    request_body = NewFunding,
    responses(
        (status = 201, body = ProjectFile, headers(("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 428, body = Problem),
    )
)]
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Failure> {
    let mut change = Change::new(&app, &caller, id, if_match, &body);
    change.status = StatusCode::CREATED;
    let value = body.value();
    change
        .carry_out(Action::TagFunding, move |history, _, setting| {
            history.has_room_for_funding()?;
            let value = value.clone().map_err(faults)?;
            let (source, day) = source(value, setting.lists).map_err(faults)?;
            let day = effective_day("/effective_on", day, setting.today)?;
            history.add_funding(source, day).map(Some)
        })
        .await
}

/// Change a funding source
///
/// A JSON merge patch; `effective_on` says from which day it holds; today by default.
#[utoipa::path(
    patch,
    path = "/api/v1/projects/{id}/funding/{funding_id}",
    tag = "funding",
    params(
        ("id" = i64, Path), ("funding_id" = u32, Path),
        ("If-Match" = String, Header, description = "The project's version"),
    ),
    request_body(content(
        (FundingPatch = "application/merge-patch+json"), (FundingPatch = "application/json")
    )),
    responses(
        (status = 200, body = ProjectFile, headers(("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 428, body = Problem),
    )
)]
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    PartId(id, part): PartId,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Failure> {
    let change = Change::new(&app, &caller, id, if_match, &body);
    let permit = permit(&change, part).await?;
    let patch = body.value();
    change
        .carry_out_with(Ok(permit), move |history, _, setting| {
            history.source_on(part, setting.today)?;
            let mut patch = patch.clone().map_err(faults)?;
            let day = split_day(&mut patch).map_err(faults)?;
            let day = effective_day("/effective_on", day, setting.today)?;
            let old = FundingBody::from(history.source_on(part, day)?);
            let mut whole = serde_json::to_value(old).unwrap_or_default();
            merge(&mut whole, &patch);
            let (source, _) = source(whole, setting.lists).map_err(faults)?;
            history.change_funding(part, source, day)
        })
        .await
}

/// From when a removal holds.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct DayParams {
    /// The day from which it holds, `YYYY-MM-DD`; today by default.
    effective_on: Option<String>,
}

parameters! {
    /// The parameters of a removal.
    RemoveParams {
        /// From when it holds.
        day: DayParams,
    }
}

/// Remove a funding source
#[utoipa::path(
    delete,
    path = "/api/v1/projects/{id}/funding/{funding_id}",
    tag = "funding",
    params(
        ("id" = i64, Path), ("funding_id" = u32, Path), DayParams,
        ("If-Match" = String, Header, description = "The project's version"),
    ),
    responses(
        (status = 200, body = ProjectFile, headers(("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem), (status = 428, body = Problem),
    )
)]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    PartId(id, part): PartId,
    if_match: IfMatch,
    query: Result<Query<RemoveParams>, Failure>,
    body: Body,
) -> Result<Answer, Failure> {
    let change = Change::new(&app, &caller, id, if_match, &body);
    let permit = permit(&change, part).await?;
    let day = match query {
        Ok(Query(params)) => {
            let mut wrong = Faults::default();
            let day = value(&mut wrong, "/effective_on", &params.day.effective_on, input::day);
            wrong.finish(day)
        }
        Err(Failure::Invalid(wrong)) => Err(wrong),
        Err(failure) => return Err(failure),
    };
    change
        .carry_out_with(Ok(permit), move |history, _, setting| {
            let day = day.clone().map_err(faults)?;
            let day = effective_day("/effective_on", day, setting.today)?;
            history.remove_funding(part, day).map(Some)
        })
        .await
}
