//! What callers send about imports: the form with a file, and the body of a revision.

use super::Revision;
use super::receiving::{self, of_form};
use super::said::{Choice, Settings};
use super::upload::Upload;
use crate::app::App;
use crate::problem::Failure;
use axum::extract::Multipart;
use axum::http::HeaderMap;
use serde::{Deserialize, Deserializer, Serialize};
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::fault::{Fault, Why};
use shortboard_store::IdempotencyKey;
use std::collections::BTreeMap;
use utoipa::ToSchema;

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
        let Some(field) = field else { break };
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => file = Some(receiving::field(field).await?),
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
    let settings = defaults(&app.store.lists(), &settings, &mut faults);
    if file.is_none() {
        faults.push(Fault::new("/file", Why::Required));
    }
    let (Some(file), true) = (file, faults.is_empty()) else { return Err(faults.into()) };
    let request = format!("POST /api/v1/imports\n{}\n{settings:?}", file.sha256);
    let key = key.map(|key| IdempotencyKey::new(key, &request));
    Ok(Upload { file, settings, key })
}

/// What is settled beforehand: codes, names or aliases.
pub fn defaults(
    lists: &CodeLists,
    given: &BTreeMap<String, String>,
    faults: &mut Vec<Fault>,
) -> Settings {
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
