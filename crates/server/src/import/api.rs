//! Imports over HTTP.

use super::carry_out::Work;
use super::said::{Choice, Settings};
use super::show::{ImportFile, RowShown};
use super::upload::{LARGEST_FILE, Upload};
use super::{Revision, Way};
use crate::answer::Answer;
use crate::app::App;
use crate::extract::{Body, Caller, Id, IfMatch};
use crate::params::{PageParams, Query, parameters, value};
use crate::problem::{Failure, Problem};
use axum::Json;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};
use shortboard_domain::fault::{Fault, Why};
use shortboard_domain::import::{ImportState, RowKind};
use shortboard_domain::input::Faults;
use shortboard_store::IdempotencyKey;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use utoipa::{IntoParams, ToSchema};

/// The largest form with a file, bytes: some room for its other fields.
pub const LARGEST_FORM: usize = 51 * 1024 * 1024;

/// How long an answer waits for the work it tells of.
const PATIENCE: Duration = Duration::from_secs(20);

/// A form with a ledger.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "it is read field by field")]
pub struct UploadForm {
    /// The ledger: `.xlsx`, `.xls` or `.csv`.
    #[schema(format = Binary)]
    file: String,
    /// The region of projects whose row tells none: code, name or alias.
    region: Option<String>,
    /// Likewise the task area.
    area: Option<String>,
    /// Likewise the responsible department.
    department: Option<String>,
}

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

/// What is revised of a preview; what is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RevisionBody {
    /// What columns hold, by their headers: the word of a field, or null for nothing. It is
    /// remembered for the next file with the same headers.
    mapping: Option<BTreeMap<String, Option<String>>>,
    /// The region of rows that tell none; null for none.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    region: Option<Option<String>>,
    /// Likewise the task area.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    area: Option<Option<String>>,
    /// Likewise the responsible department.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    department: Option<Option<String>>,
    /// The sheets that are left out, by name.
    left_out_sheets: Option<Vec<String>>,
    /// Whether rows with errors are left out.
    leave_out_errors: Option<bool>,
    /// What rows are.
    rows: Vec<RowChoice>,
}

/// What a row is.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RowChoice {
    /// Its place.
    position: i64,
    /// `"new"`, `"leave_out"` or `{"project": 12}`; null takes a choice back.
    choice: Option<Choice>,
}

/// What is there, be it null.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(deserializer).map(Some)
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
    let RevisionBody { mapping, region, area, department, left_out_sheets, .. } =
        body.read::<RevisionBody>()?;
    let RevisionBody { leave_out_errors, rows, .. } = body.read::<RevisionBody>()?;
    let choices = rows.into_iter().map(|row| (row.position, row.choice)).collect();
    let revision =
        Revision { mapping, region, area, department, left_out_sheets, leave_out_errors, choices };
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

fn key_of(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let Some(header) = headers.get("idempotency-key") else { return Ok(None) };
    Ok(Some(crate::extract::idempotency_key(header).map_err(|fault| vec![fault])?))
}

/// Takes a form in: its file is put down as it comes.
pub async fn receive(
    app: &App,
    mut form: Multipart,
    key: Option<String>,
) -> Result<Upload, Failure> {
    let mut faults = Vec::new();
    let mut settings = BTreeMap::new();
    let mut file = None;
    loop {
        let field = form.next_field().await.map_err(of_form)?;
        let Some(mut field) = field else { break };
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => {
                let called = field.file_name().unwrap_or_default().to_owned();
                let path = tempfile::NamedTempFile::new().map_err(of_disk)?.into_temp_path();
                let mut out = tokio::fs::File::create(&path).await.map_err(of_disk)?;
                let (mut size, mut digest) = (0_u64, Sha256::new());
                while let Some(bytes) = field.chunk().await.map_err(of_form)? {
                    size += bytes.len() as u64;
                    if size > LARGEST_FILE {
                        return Err(Failure::TooLarge);
                    }
                    digest.update(&bytes);
                    out.write_all(&bytes).await.map_err(of_disk)?;
                }
                out.flush().await.map_err(of_disk)?;
                file = Some((path, called, size, digest));
            }
            "region" | "area" | "department" => {
                let text = field.text().await.map_err(of_form)?;
                if !text.trim().is_empty() {
                    settings.insert(name, text.trim().to_owned());
                }
            }
            _ => faults
                .push(Fault::new(format!("/{}", crate::json::escaped(&name)), Why::UnknownField)),
        }
    }
    let settings = defaults(app, &settings, &mut faults);
    if file.is_none() {
        faults.push(Fault::new("/file", Why::Required));
    }
    let (Some((path, name, size, digest)), true) = (file, faults.is_empty()) else {
        return Err(faults.into());
    };
    let sha256: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let request = format!("POST /api/v1/imports\n{sha256}\n{settings:?}");
    let key = key.map(|key| IdempotencyKey::new(key, &request));
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let name = file_name(&name);
    Ok(Upload { path, name, size, sha256, settings, key })
}

/// The last part of a file's name, without what no name has.
pub fn file_name(given: &str) -> String {
    let name = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
    if name.trim().is_empty() { "ledger".into() } else { name }
}

/// What is settled beforehand: codes, names or aliases.
pub fn defaults(app: &App, given: &BTreeMap<String, String>, faults: &mut Vec<Fault>) -> Settings {
    use shortboard_domain::codelist::ListName;
    let lists = app.store.lists();
    let mut resolve = |field: &str, list| {
        let name = given.get(field)?;
        let code = lists.resolve(list, name);
        code.map_err(|why| faults.push(Fault::new(format!("/{field}"), why))).ok()
    };
    Settings {
        region: resolve("region", ListName::Regions),
        area: resolve("area", ListName::Areas),
        department: resolve("department", ListName::Departments),
        ..Settings::default()
    }
}

fn of_form(error: axum::extract::multipart::MultipartError) -> Failure {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge,
        _ => Failure::NotAForm,
    }
}

fn of_disk(error: std::io::Error) -> Failure {
    tracing::error!(%error, "an upload could not be put down");
    Failure::Internal
}
