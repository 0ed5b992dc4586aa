//! Answers kept while the data is the same, and the entity tag by which a caller's own copy is known
//! to be the answer still.

use crate::app::App;
use crate::extract::Caller;
use crate::problem::Failure;
use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};
use shortboard_store::DataVersion;
use std::convert::Infallible;
use std::sync::Arc;

/// How many bytes of answers are kept at the most.
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// The largest answer that is kept, bytes.
const LARGEST: usize = 1024 * 1024;

/// Who asked for what: the account as it stands, path and query.
type Question = (String, String);

#[derive(Clone)]
struct Kept {
    tag: Arc<str>,
    body: Bytes,
}

#[derive(Clone)]
struct Bytewise;

impl Weighter<Question, Kept> for Bytewise {
    fn weight(&self, question: &Question, kept: &Kept) -> u64 {
        (question.0.len() + question.1.len() + kept.tag.len() + kept.body.len() + 64) as u64
    }
}

/// The answers that are kept.
pub struct Answers(Cache<Question, Kept, Bytewise>);

impl Default for Answers {
    fn default() -> Self {
        Self(Cache::with_weighter(1000, MOST_BYTES, Bytewise))
    }
}

/// What is asked, and which answers the caller has already.
#[derive(Debug, Clone)]
pub struct Asked {
    what: String,
    has: Option<String>,
}

impl FromRequestParts<App> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        let what = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        let has = parts.headers.get(header::IF_NONE_MATCH);
        Ok(Self { what, has: has.and_then(|tags| tags.to_str().ok()).map(str::to_owned) })
    }
}

impl Asked {
    fn has(&self, tag: &str) -> bool {
        let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        self.has.iter().flat_map(|tags| tags.split(',')).any(|given| bare(given) == tag)
    }
}

impl Answers {
    /// The answer to a question about the data: nothing but "as you have it", the one that is kept,
    /// or one that is made. It must depend on nothing but the question, the caller, the data and the
    /// day.
    ///
    /// # Errors
    /// What making it returns.
    pub async fn give(
        &self,
        app: &App,
        caller: &Caller,
        asked: Asked,
        make: impl AsyncFnOnce() -> Result<String, Failure>,
    ) -> Result<Response, Failure> {
        let Some(version) = &caller.data_version else {
            return Ok(json(make().await?.into(), None));
        };
        let who = format!("{:?}", caller.actor);
        let tag = tag(version, &who, &app.store.today().to_string());
        if asked.has(&tag) {
            return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, value(&tag))]).into_response());
        }
        let body = self.kept((who, asked.what), &tag, make).await?;
        Ok(json(body, Some(&tag)))
    }

    /// The answer to a question that a page has a part of: the one that is kept, or one that is made,
    /// under the same condition. `what` is no path of the API.
    ///
    /// # Errors
    /// What making it returns.
    pub async fn part(
        &self,
        app: &App,
        caller: &Caller,
        what: String,
        make: impl AsyncFnOnce() -> Result<String, Failure>,
    ) -> Result<Bytes, Failure> {
        let Some(version) = &caller.data_version else {
            return Ok(make().await?.into());
        };
        let who = format!("{:?}", caller.actor);
        let tag = tag(version, &who, &app.store.today().to_string());
        self.kept((who, what), &tag, make).await
    }

    async fn kept(
        &self,
        question: Question,
        tag: &str,
        make: impl AsyncFnOnce() -> Result<String, Failure>,
    ) -> Result<Bytes, Failure> {
        if let Some(kept) = self.0.get(&question).filter(|kept| *kept.tag == *tag) {
            return Ok(kept.body);
        }
        let body = Bytes::from(make().await?);
        if body.len() <= LARGEST {
            self.0.insert(question, Kept { tag: tag.into(), body: body.clone() });
        }
        Ok(body)
    }
}

/// The tag of an answer: of the data, the caller and the day.
fn tag(version: &DataVersion, who: &str, day: &str) -> String {
    let digest = Sha256::digest(format!("{}\n{who}\n{day}", version.as_str()));
    format!("\"{}\"", hex::encode(&digest[..12]))
}

fn value(tag: &str) -> HeaderValue {
    HeaderValue::from_str(tag).unwrap_or(HeaderValue::from_static(""))
}

fn json(body: Bytes, tag: Option<&str>) -> Response {
    let mut response = ([(header::CONTENT_TYPE, "application/json")], body).into_response();
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, value(tag));
    }
    response
}
