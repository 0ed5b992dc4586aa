//! Departments that came in with imports and that nobody has confirmed yet.

use crate::answer::Answer;
use crate::app::App;
use crate::extract::{Body, Caller};
use crate::params::{NoParams, Query};
use crate::problem::{Failure, Problem};
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use shortboard_domain::access::Action;
use shortboard_domain::codelist::CodeEntry;
use shortboard_domain::fault::{Fault, Why};
use shortboard_domain::text;
use shortboard_store::IdempotencyKey;
use utoipa::ToSchema;

/// The longest name of a department, characters.
const LONGEST_NAME: usize = 100;

/// Departments that wait to be confirmed or merged.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnverifiedDepartments {
    /// The departments, in the order they came in.
    items: Vec<CodeEntry>,
    /// Always blank: they come whole.
    next: Option<String>,
}

/// How a department is confirmed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Confirmation {
    /// A better name; the one it came in with then is an alias.
    name: Option<String>,
}

/// What a department is merged with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Merging {
    /// The department that it is: code, name or alias.
    into: String,
}

/// List unverified departments
///
/// Those that imports named and no list had.
#[utoipa::path(
    get,
    path = "/api/v1/departments/unverified",
    tag = "departments",
    responses(
        (status = 200, body = UnverifiedDepartments),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn unverified(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<NoParams>, Failure>,
) -> Result<Json<UnverifiedDepartments>, Failure> {
    caller.permit(Action::KeepDepartments)?;
    query?;
    let items = app.store.reload_lists().await?.unverified().cloned().collect();
    Ok(Json(UnverifiedDepartments { items, next: None }))
}

/// Confirm a department
///
/// It is a department like any other from then on; by a better name, where one is given.
#[utoipa::path(
    post,
    path = "/api/v1/departments/{code}/confirm",
    tag = "departments",
    params(("code" = String, Path)),
    request_body = Confirmation,
    responses(
        (status = 200, body = CodeEntry),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn confirm(
    State(app): State<App>,
    caller: Caller,
    code: Result<Path<String>, PathRejection>,
    body: Body,
) -> Result<Answer, Failure> {
    let work = body.read::<Confirmation>().and_then(|given| Work::confirm(given.name));
    answer(&app, &caller, code, &body, work).await
}

/// Merge a department with another
///
/// The projects that name it name the other one from today on, and its name stands for the other.
#[utoipa::path(
    post,
    path = "/api/v1/departments/{code}/merge",
    tag = "departments",
    params(("code" = String, Path)),
    request_body = Merging,
    responses(
        (status = 200, body = CodeEntry),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn merge(
    State(app): State<App>,
    caller: Caller,
    code: Result<Path<String>, PathRejection>,
    body: Body,
) -> Result<Answer, Failure> {
    let work = body.read::<Merging>().map(|merging| Work::Merge(merging.into));
    answer(&app, &caller, code, &body, work).await
}

/// What is done with a department.
#[derive(Debug, Clone)]
pub enum Work {
    /// It is confirmed, by a better name where there is one.
    Confirm(Option<String>),
    /// It is the one of this code, name or alias.
    Merge(String),
}

impl Work {
    /// It is confirmed; by a better name, where one is given.
    ///
    /// # Errors
    /// What is wrong with the name, at `/name`.
    pub fn confirm(name: Option<String>) -> Result<Self, Vec<Fault>> {
        let Some(name) = name else { return Ok(Self::Confirm(None)) };
        let name = text::clean(&name, LONGEST_NAME);
        name.map(|name| Self::Confirm(Some(name))).map_err(|why| vec![Fault::new("/name", why)])
    }
}

async fn answer(
    app: &App,
    caller: &Caller,
    code: Result<Path<String>, PathRejection>,
    body: &Body,
    work: Result<Work, Vec<Fault>>,
) -> Result<Answer, Failure> {
    caller.permit(Action::KeepDepartments)?;
    let Path(code) = code.map_err(|_| Failure::NotFound)?;
    carry_out(app, caller, &code, body.idempotency_key(), work).await
}

/// Confirms or merges an unverified department. `key` tells one request from another that is sent
/// twice.
///
/// # Errors
/// [`Failure::Denied`]; [`Failure::NotFound`] for what does not wait to be verified;
/// [`Failure::Invalid`] at `/name` or `/into`
pub async fn carry_out(
    app: &App,
    caller: &Caller,
    code: &str,
    key: Option<IdempotencyKey>,
    work: Result<Work, Vec<Fault>>,
) -> Result<Answer, Failure> {
    let permit = caller.permit(Action::KeepDepartments)?;
    let code = code.to_owned();
    if let Some(key) = &key
        && let Some(answer) = app.store.recall(caller.actor.name(), key).await?
    {
        return Ok(answer);
    }
    let lists = app.store.reload_lists().await?;
    if !lists.unverified().any(|entry| entry.code == code) {
        return Err(Failure::NotFound);
    }
    let work = work.map_err(Failure::Invalid)?;
    // Found before the write, so that nothing is merged with what is not there or with itself.
    let into = match &work {
        Work::Merge(into) => {
            let wrong = |why| Failure::Invalid(vec![Fault::new("/into", why)]);
            let found = lists.department(into).map_err(wrong)?;
            if found.as_str() == code {
                return Err(wrong(Why::Repeated { given: into.clone() }));
            }
            Some(found)
        }
        Work::Confirm(Some(name)) if lists.department(name).is_ok_and(|of| of.as_str() != code) => {
            // It is that one: merging says so.
            let why = Why::Repeated { given: name.clone() };
            return Err(Failure::Invalid(vec![Fault::new("/name", why)]));
        }
        Work::Confirm(_) => None,
    };
    let written = app.store.write(permit, move |tx| {
        let (code, work, into, key) = (code.clone(), work.clone(), into.clone(), key.clone());
        Box::pin(async move {
            let entry = match (work, into) {
                (Work::Merge(_), Some(into)) => tx.merge_department(&code, &into).await?,
                (Work::Confirm(name), _) => tx.confirm_department(&code, name).await?,
                (Work::Merge(_), None) => return Err(shortboard_store::StoreError::Missing),
            };
            let answer = Answer::json(StatusCode::OK, &entry);
            if let Some(key) = &key {
                tx.remember(key, &answer).await?;
            }
            Ok(answer)
        })
    });
    let answer = written.await?;
    app.store.reload_lists().await?;
    Ok(answer)
}
