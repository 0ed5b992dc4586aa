//! Imports over HTTP.

use super::carry_out::Work;
use super::form::{RevisionBody, UploadForm, key_of, receive};
use super::receiving::LARGEST_FORM;
use super::show::{ImportFile, RowShown};
use super::{Revision, Way};
use crate::answer::Answer;
use crate::app::App;
use crate::extract::{Body, Caller, Id, IfMatch};
use crate::params::{PageParams, Query, parameters, value};
use crate::problem::{Failure, Problem};
use axum::Json;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use shortboard_domain::fault::Why;
use shortboard_domain::import::{ImportState, RowKind};
use shortboard_domain::input::Faults;
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};

/// How long an answer waits for the work it tells of.
const PATIENCE: Duration = Duration::from_secs(20);

/// A page of imports.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportList {
    /// The imports, the newest first.
    items: Vec<ImportFile>,
    /// The cursor of the next page; blank on the last.
    next: Option<String>,
}

/// A page of an import's rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowList {
    /// The rows, in the order of the file.
    items: Vec<RowShown>,
    /// The cursor of the next page; blank on the last.
    next: Option<String>,
}

parameters! {
    /// The parameters of a list of imports.
    ListParams {
        /// Which page.
        page: PageParams,
    }
}

/// Which rows.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct KindParams {
    /// `new`, `changed`, `unchanged`, `duplicate`, `error`, `left_out`; several with commas.
    pub kind: Option<String>,
}

parameters! {
    /// The parameters of an import's rows.
    RowsParams {
        /// Which rows.
        kind: KindParams,
        /// Which page.
        page: PageParams,
    }
}

/// List imports
///
/// The caller's own; a registrar of city scope sees everybody's.
#[utoipa::path(
    get,
    path = "/api/v1/imports",
    tag = "imports",
    params(PageParams),
    responses(
        (status = 200, body = ImportList),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<ListParams>, Failure>,
) -> Result<Json<ImportList>, Failure> {
    Way::of(&caller.actor)?;
    let Query(params) = query?;
    let (limit, before) = page(&params.page)?;
    let mut found = app.imports.list(&caller.actor, before, limit + 1).await?;
    let is_last = found.len() as u64 <= limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let last = found.last().filter(|_| !is_last);
    let next = last.map(|standing| standing.import.id.to_string());
    let items = found.iter().map(|standing| ImportFile::of(standing, caller.lang)).collect();
    Ok(Json(ImportList { items, next }))
}

/// Upload a ledger
///
/// The file is read, and a preview made of it. 201 when the preview is there, 202 when the reading
/// takes longer: ask at `Location`. A file that cannot be read is a 422, and nothing is kept of it.
#[utoipa::path(
    post,
    path = "/api/v1/imports",
    tag = "imports",
    params(("Idempotency-Key" = Option<String>, Header, description = "Same key, same answer")),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, body = ImportFile, headers(("Location" = String), ("ETag" = String))),
        (status = 202, body = ImportFile, headers(("Location" = String), ("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem),
    )
)]
pub async fn upload(
    State(app): State<App>,
    caller: Caller,
    request: Request,
) -> Result<Answer, Failure> {
    Way::of(&caller.actor)?;
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > LARGEST_FORM) {
        return Err(Failure::TooLarge);
    }
    let key = key_of(request.headers())?;
    let form = Multipart::from_request(request, &app).await.map_err(|_| Failure::NotAForm)?;
    let upload = receive(&app, form, key).await?;
    let started = app.imports.start(&caller.actor, upload).await?;
    if let Some(reading) = started.reading {
        // Whoever waits no longer leaves the work going on.
        let _ = tokio::time::timeout(PATIENCE, reading).await;
    }
    let standing = app.imports.state(&caller.actor, started.id).await?;
    if let (ImportState::Failed, Some(why)) = (standing.state(), &standing.said.failure) {
        app.imports.throw_away(&caller.actor, started.id).await?;
        return Err(Failure::Unreadable(why.clone()));
    }
    let status = match standing.state() {
        ImportState::Reading => StatusCode::ACCEPTED,
        _ => StatusCode::CREATED,
    };
    let answer = Answer::json(status, &ImportFile::of(&standing, caller.lang));
    let location = format!("/api/v1/imports/{}", started.id);
    Ok(answer.of_version(standing.import.version).made_at(location))
}

/// Read an import
#[utoipa::path(
    get,
    path = "/api/v1/imports/{import_id}",
    tag = "imports",
    params(("import_id" = i64, Path)),
    responses(
        (status = 200, body = ImportFile, headers(("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem),
    )
)]
pub async fn read(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Answer, Failure> {
    shown(&app, &caller, id, StatusCode::OK).await
}

/// Read an import's rows
///
/// Each with what is to be done about it.
#[utoipa::path(
    get,
    path = "/api/v1/imports/{import_id}/rows",
    tag = "imports",
    params(("import_id" = i64, Path), KindParams, PageParams),
    responses(
        (status = 200, body = RowList),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem),
    )
)]
pub async fn rows(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    query: Result<Query<RowsParams>, Failure>,
) -> Result<Json<RowList>, Failure> {
    let standing = app.imports.state(&caller.actor, id).await?;
    let Query(params) = query?;
    let (limit, from) = page(&params.page)?;
    let mut faults = Faults::default();
    let kinds = params.kind.kind.unwrap_or_default();
    let kinds = kinds.split(',').map(str::trim).filter(|word| !word.is_empty());
    let kinds: Vec<String> = kinds
        .filter_map(|word| faults.take("/kind", word.parse::<RowKind>()))
        .map(|kind| kind.as_str().to_owned())
        .collect();
    faults.finish(())?;
    let from = from.unwrap_or(0);
    let mut found = app.imports.rows(&caller.actor, id, &kinds, from, limit + 1).await?;
    let next = found.get(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = next.map(|row| row.position.to_string());
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let items: Result<Vec<RowShown>, Failure> =
        found.iter().map(|row| RowShown::of(row, &standing, caller.lang)).collect();
    Ok(Json(RowList { items: items?, next }))
}

/// Revise a preview
///
/// Columns, what stands in for what rows do not tell, what is left out, what rows are. The preview is
/// made anew: 200 with it, or 202 when that takes longer.
#[utoipa::path(
    patch,
    path = "/api/v1/imports/{import_id}",
    tag = "imports",
    params(("import_id" = i64, Path), ("If-Match" = String, Header, description = "The version, \"N\"")),
    request_body(content(
        (RevisionBody = "application/merge-patch+json"), (RevisionBody = "application/json")
    )),
    responses(
        (status = 200, body = ImportFile, headers(("ETag" = String))),
        (status = 202, body = ImportFile, headers(("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 428, body = Problem),
    )
)]
pub async fn revise(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Failure> {
    app.imports.own(&caller.actor, id).await?;
    let expected = if_match.required()?;
    let revision = Revision::from(body.read::<RevisionBody>()?);
    let work = app.imports.revise(&caller.actor, id, expected, revision).await?;
    let is_done = tokio::time::timeout(PATIENCE, work).await.is_ok();
    shown(&app, &caller, id, if is_done { StatusCode::OK } else { StatusCode::ACCEPTED }).await
}

/// Carry an import out
///
/// What the preview shows, all of it or nothing: 200 when it is done, 202 when it takes longer. 409
/// when rows have errors or nobody has decided on them, or when the registry has changed since the
/// preview, which then is made anew.
#[utoipa::path(
    post,
    path = "/api/v1/imports/{import_id}/commit",
    tag = "imports",
    params(("import_id" = i64, Path), ("If-Match" = String, Header, description = "The version, \"N\"")),
    responses(
        (status = 200, body = ImportFile, headers(("ETag" = String))),
        (status = 202, body = ImportFile, headers(("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 428, body = Problem),
    )
)]
pub async fn commit(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Failure> {
    app.imports.own(&caller.actor, id).await?;
    let expected = if_match.required()?;
    body.read::<Nothing>()?;
    let work = app.imports.carry_out(&caller.actor, id, expected).await?;
    after(&app, &caller, id, work).await
}

/// Take an import back
///
/// As long as nothing was changed since in the projects it touched: else 409, with what stands in
/// the way.
#[utoipa::path(
    post,
    path = "/api/v1/imports/{import_id}/undo",
    tag = "imports",
    params(("import_id" = i64, Path), ("If-Match" = String, Header, description = "The version, \"N\"")),
    responses(
        (status = 200, body = ImportFile, headers(("ETag" = String))),
        (status = 202, body = ImportFile, headers(("ETag" = String))),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem),
        (status = 428, body = Problem),
    )
)]
pub async fn undo(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    if_match: IfMatch,
    body: Body,
) -> Result<Answer, Failure> {
    app.imports.state(&caller.actor, id).await?;
    let expected = if_match.required()?;
    body.read::<Nothing>()?;
    let work = app.imports.take_back(&caller.actor, id, expected).await?;
    after(&app, &caller, id, work).await
}

/// Throw a preview away
#[utoipa::path(
    delete,
    path = "/api/v1/imports/{import_id}",
    tag = "imports",
    params(("import_id" = i64, Path)),
    responses(
        (status = 204),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
    )
)]
pub async fn throw_away(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Failure> {
    app.imports.own(&caller.actor, id).await?;
    app.imports.throw_away(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Read the rows with errors as a workbook
///
/// The columns as they were, and one more that says what is wrong.
#[utoipa::path(
    get,
    path = "/api/v1/imports/{import_id}/errors.xlsx",
    tag = "imports",
    params(("import_id" = i64, Path)),
    responses(
        (status = 200, content_type = XLSX, body = Vec<u8>),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem),
    )
)]
pub async fn errors(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Response, Failure> {
    let bytes = app.imports.error_sheet(&caller.actor, id, caller.lang).await?;
    let name = format!("attachment; filename=\"import-{id}-errors.xlsx\"");
    let headers = [(header::CONTENT_TYPE, XLSX.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

/// The media type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A body without fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn after(app: &App, caller: &Caller, id: i64, work: Work) -> Result<Answer, Failure> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(outcome)) => outcome?,
        Ok(Err(error)) => {
            tracing::error!(%error, import = id, "the work on an import broke off");
            return Err(Failure::Internal);
        }
        Err(_) => return shown(app, caller, id, StatusCode::ACCEPTED).await,
    }
    shown(app, caller, id, StatusCode::OK).await
}

async fn shown(app: &App, caller: &Caller, id: i64, status: StatusCode) -> Result<Answer, Failure> {
    let standing = app.imports.state(&caller.actor, id).await?;
    let answer = Answer::json(status, &ImportFile::of(&standing, caller.lang));
    Ok(answer.of_version(standing.import.version))
}

/// The size of a page, and the number that its cursor is.
fn page(params: &PageParams) -> Result<(u64, Option<i64>), Failure> {
    let mut faults = Faults::default();
    let limit = params.limit(&mut faults);
    let cursor = value(&mut faults, "/cursor", &params.cursor, |text| {
        text.parse().map_err(|_| Why::NotACursor)
    });
    faults.finish(())?;
    Ok((limit, cursor))
}
