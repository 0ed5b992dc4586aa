//! What callers send about imports: the form with a file, and the body of a revision.

use super::Revision;
use super::said::{Choice, Settings};
use super::upload::{LARGEST_FILE, Upload};
use crate::app::App;
use crate::problem::Failure;
use axum::extract::Multipart;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};
use shortboard_domain::codelist::ListName;
use shortboard_domain::fault::{Fault, Why};
use shortboard_store::IdempotencyKey;
use std::collections::BTreeMap;
use tokio::io::AsyncWriteExt;
use utoipa::ToSchema;

/// The largest form with a file, bytes: some room for its other fields.
pub const LARGEST_FORM: usize = 51 * 1024 * 1024;

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

impl From<RevisionBody> for Revision {
    fn from(body: RevisionBody) -> Self {
        Self {
            mapping: body.mapping,
            region: body.region,
            area: body.area,
            department: body.department,
            left_out_sheets: body.left_out_sheets,
            leave_out_errors: body.leave_out_errors,
            choices: body.rows.into_iter().map(|row| (row.position, row.choice)).collect(),
        }
    }
}

/// The key under which the answer is kept, when the caller sent one.
///
/// # Errors
/// [`Failure::Invalid`]
pub fn key_of(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let Some(header) = headers.get("idempotency-key") else { return Ok(None) };
    Ok(Some(crate::extract::idempotency_key(header).map_err(|fault| vec![fault])?))
}

/// Takes a form in: its file is put down as it comes.
///
/// # Errors
/// [`Failure::NotAForm`], [`Failure::TooLarge`], [`Failure::Invalid`]
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
