//! One project: register, read, change its facts.

use super::write::{Change, faults};
use crate::answer::Answer;
use crate::app::App;
use crate::extract::{self, Body, Caller, Id, IfMatch};
use crate::openapi::body_schema;
use crate::params::{Query, WhenParams, parameters};
use crate::problem::{Failure, Problem};
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use serde_json::{Map, Value};
use shortboard_domain::access::{Action, Actor, Reach};
use shortboard_domain::body::ProjectBody;
use shortboard_domain::card::ProjectFile;
use shortboard_domain::codelist::CodeLists;
use shortboard_domain::decision::effective_day;
use shortboard_domain::facts::Facts;
use shortboard_domain::fault::{Fault, Why};
use shortboard_domain::filing::Filing;
use shortboard_domain::input::{Faults, Given};

parameters! {
    /// The parameters of one project.
    OneParams {
        /// Which time is asked about.
        when: WhenParams,
    }
}

/// Register a project
///
/// It becomes a concept in draft. Only `name`, `area`, `region` and one of `departments` are
/// required; the rest is listed under `missing` until it comes.
#[utoipa::path(
    post,
    path = "/api/v1/projects",
    tag = "projects",
    params(("Idempotency-Key" = Option<String>, Header, description = "Same key, same answer")),
    request_body(content = ProjectBody, content_type = "application/json"),
    responses(
        (status = 201, body = ProjectFile, headers(("Location" = String), ("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem),
    )
)]
pub async fn register(
    State(app): State<App>,
    caller: Caller,
    body: Body,
) -> Result<Answer, Failure> {
    let permit = caller.permit(Action::RegisterProject)?;
    if let Some(key) = body.idempotency_key()
        && let Some(answer) = app.store.recall(caller.actor.name(), &key).await?
    {
        return Ok(answer);
    }
    let facts = body.read::<ProjectBody>()?.build(&app.store.lists())?;
    caller.actor.permit_on(Action::RegisterProject, &reach(&caller, &facts))?;

    let (lang, key) = (caller.lang, body.idempotency_key());
    let answer = app.store.write(permit, move |tx| {
        let (facts, key) = (facts.clone(), key.clone());
        Box::pin(async move {
            if let Some(key) = &key
                && let Some(answer) = tx.recall::<Answer>(key).await?
            {
                return Ok(answer);
            }
            let history = tx.register(facts.into(), None).await?;
            let answer = Answer::project(StatusCode::CREATED, &history, tx, lang);
            if let Some(key) = &key {
                tx.remember(key, &answer).await?;
            }
            Ok(answer)
        })
    });
    Ok(answer.await?)
}

/// Where a project with these facts would lie.
pub fn reach(caller: &Caller, facts: &Facts) -> Reach {
    reach_of(&caller.actor, facts)
}

/// Where a project of an actor's with these facts would lie.
pub fn reach_of(actor: &Actor, facts: &Facts) -> Reach {
    Reach {
        region: facts.region.clone(),
        also_in: facts.also_in.clone(),
        departments: facts.departments.clone(),
        group: facts.group.clone(),
        author: actor.name().to_owned(),
        filing: Filing::Draft,
        submitted_by: None,
    }
}

/// Read a project
#[utoipa::path(
    get,
    path = "/api/v1/projects/{id}",
    tag = "projects",
    params(("id" = i64, Path), WhenParams),
    responses(
        (status = 200, body = ProjectFile, headers(("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem),
    )
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    query: Result<Query<OneParams>, Failure>,
) -> Result<Answer, Failure> {
    let sight = caller.sight()?;
    let Query(params) = query?;
    let mut wrong = Faults::default();
    let when = params.when.build(&app.store, &mut wrong);
    wrong.finish(())?;
    let seen = app.store.project(&sight, id, when).await?.ok_or(Failure::NotFound)?;
    // The names are those that were known then.
    let lists = match when.known_at {
        Some(time) => app.store.lists_known_at(time).await?.into(),
        None => app.store.reload_lists().await?,
    };
    Ok(Answer::seen(&seen, &lists, caller.lang))
}

/// Change a project's facts
///
/// A JSON merge patch (RFC 7396) of the body with which projects are registered. `effective_on` says
/// from which day the change holds; today by default.
#[utoipa::path(
    patch,
    path = "/api/v1/projects/{id}",
    tag = "projects",
    params(("id" = i64, Path), ("If-Match" = String, Header, description = "The version, \"N\"")),
    request_body(content(
        (ProjectPatch = "application/merge-patch+json"), (ProjectPatch = "application/json")
    )),
    responses(
        (status = 200, body = ProjectFile, headers(("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 428, body = Problem),
    )
)]
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Failure> {
    let change = Change::new(&app, &caller, id, if_match, &body);
    let patch = body.value();
    let mover = caller.clone();
    change
        .carry_out(Action::ChangeFacts, move |history, project, setting| {
            // Whether the state allows it comes before whether the values are in order.
            project.unlocked()?;
            let mut patch = patch.clone().map_err(faults)?;
            let day = split_day(&mut patch).map_err(faults)?;
            let day = effective_day("/effective_on", day, setting.today)?;
            history.change_facts(day, |facts| {
                let newer = patched(facts, &patch, setting.lists)?;
                let moved = Reach { author: project.author.clone(), ..reach(&mover, &newer) };
                match mover.actor.permit_on(Action::ChangeFacts, &moved) {
                    Ok(_) => Ok(newer),
                    Err(_) => Err(vec![Fault::new("/region", Why::OutsideScope)]),
                }
            })
        })
        .await
}

body_schema! {
    /// A merge patch of a project's body, with the day from which it holds.
    ProjectPatch = patch of ProjectBody
}

/// The facts after a merge patch.
fn patched(facts: &Facts, patch: &Value, lists: &CodeLists) -> Result<Facts, Vec<Fault>> {
    let mut whole = ProjectBody::of(facts);
    merge(&mut whole, patch);
    extract::read::<ProjectBody>(whole)?.build(lists)
}

/// Splits `effective_on` off a body.
pub fn split_day(body: &mut Value) -> Result<Option<Date>, Vec<Fault>> {
    let mut wrong = Faults::default();
    let day = body.as_object_mut().and_then(|fields| fields.remove("effective_on"));
    let given = day.and_then(|day| serde_json::from_value::<Option<Given<String>>>(day).ok());
    let day = wrong.day("/effective_on", given.flatten());
    wrong.finish(day)
}

/// RFC 7396.
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    if let Value::Object(into) = target {
        for (name, value) in fields {
            if value.is_null() {
                into.remove(name);
            } else {
                merge(into.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
    }
}
