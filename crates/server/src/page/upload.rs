//! Forms that bring a file: their fields, and the file in a place of its own as it comes.

use super::form::Form;
use super::visit::Visit;
use crate::import::receiving::{self, Received, of_form};
use crate::problem::Failure;
use axum::body::Body;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use std::sync::{Arc, Mutex, PoisonError};

/// The largest value of a field that is no file, bytes.
const LARGEST_VALUE: usize = 64 * 1024;

/// The one page that takes a file.
const TAKES_FILES: &str = "/imports";

/// The name of the file's field.
const FILE: &str = "file";

/// The file of a request, for whoever takes it first.
#[derive(Debug, Clone, Default)]
pub struct File(Arc<Mutex<Option<Received>>>);

impl File {
    /// The file; `None` when the form had none, or none was chosen.
    pub fn take(&self) -> Option<Received> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<S: Sync> FromRequestParts<S> for File {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Whether a form comes in parts.
pub fn is_in_parts(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))
}

/// Reads a form in parts. Its token comes before its file: without the right one, no file is taken.
///
/// # Errors
/// [`Failure::TooLarge`]; [`Failure::NotAForm`] for what is no such form, and at pages
/// that take no file
pub async fn receive(visit: &Visit, parts: &Parts, body: Body) -> Result<(Form, File), Failure> {
    if visit.account.is_none() {
        return Ok((Form::default(), File::default()));
    }
    if visit.path != TAKES_FILES {
        return Err(Failure::NotAForm);
    }
    let request = Request::from_parts(parts.clone(), body);
    let multipart = Multipart::from_request(request, &()).await;
    let mut multipart = multipart.map_err(|_| Failure::NotAForm)?;
    let (mut form, mut file) = (Form::default(), None);
    while let Some(field) = multipart.next_field().await.map_err(of_form)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name != FILE {
            form.0.push((name, value(field).await?));
            continue;
        }
        if form.get("token") != visit.token {
            break;
        }
        // A form without a chosen file sends one without name and content.
        if field.file_name().is_some_and(|name| !name.is_empty()) {
            file = Some(receiving::field(field).await?);
        }
    }
    Ok((form, File(Arc::new(Mutex::new(file)))))
}

async fn value(mut field: Field<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(of_form)? {
        if bytes.len() + chunk.len() > LARGEST_VALUE {
            return Err(Failure::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
