//! The answer to a change: kept under the caller's idempotency key, and given again for it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use shortboard_domain::card::{Edition, ProjectFile};
use shortboard_domain::history::History;
use shortboard_domain::lang::Lang;
use shortboard_store::Tx;
use shortboard_store::project::Seen;

/// A finished answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    status: u16,
    version: Option<i64>,
    location: Option<String>,
    body: String,
}

impl Answer {
    /// An answer with a JSON body.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Self {
        let body = serde_json::to_string(body).unwrap_or_default();
        Self { status: status.as_u16(), version: None, location: None, body }
    }

    /// The same with the version of what it tells.
    pub fn of_version(self, version: i64) -> Self {
        Self { version: Some(version), ..self }
    }

    /// The same with the address of what was made.
    pub fn made_at(self, location: String) -> Self {
        Self { location: Some(location), ..self }
    }

    /// A project's file as it is after a change.
    pub fn project(status: StatusCode, history: &History, tx: &Tx, lang: Lang) -> Self {
        let last = history.changes().last();
        let (Some(project), Some(last)) = (history.current(), last) else {
            return Self::json(status, &());
        };
        let version = i64::from(last.seq);
        let edition =
            Edition { lists: tx.lists(), day: tx.today(), version, updated_at: last.recorded_at };
        let mut answer = Self::json(status, &ProjectFile::of(&project, edition, lang));
        answer.version = Some(version);
        if status == StatusCode::CREATED {
            answer.location = Some(format!("/api/v1/projects/{}", history.id));
        }
        answer
    }

    /// A project's file as it was seen.
    pub fn seen(seen: &Seen, lists: &shortboard_domain::codelist::CodeLists, lang: Lang) -> Self {
        let edition =
            Edition { lists, day: seen.day, version: seen.version, updated_at: seen.updated_at };
        let mut answer = Self::json(StatusCode::OK, &ProjectFile::of(&seen.project, edition, lang));
        answer.version = Some(seen.version);
        answer
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or_default();
        let mut response = (status, self.body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let tag = self.version.map(|version| format!("\"{version}\""));
        for (name, value) in [(header::ETAG, tag), (header::LOCATION, self.location)] {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
                headers.insert(name, value);
            }
        }
        response
    }
}
