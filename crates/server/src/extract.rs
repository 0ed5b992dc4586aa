//! What a handler takes out of a request: the caller, the body, the parameters, the version.

use crate::app::{App, LARGEST_BODY};
use crate::json;
use crate::page::session_token;
use crate::params::{NoParams, Query};
use crate::problem::Failure;
use crate::secret;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use shortboard_domain::access::{Action, Actor, Permit, Sight};
use shortboard_domain::fault::{Fault, Why};
use shortboard_domain::history::History;
use shortboard_domain::input;
use shortboard_domain::lang::Lang;
use shortboard_store::{DataVersion, IdempotencyKey};

/// Whoever sends the request, known by a token or, for reading, by a session.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who acts.
    pub actor: Actor,
    /// The language they read.
    pub lang: Lang,
    /// The data's version when they asked; blank when the database does not tell.
    pub data_version: Option<DataVersion>,
}

impl Caller {
    /// What the caller sees of the projects.
    ///
    /// # Errors
    /// [`Failure::Denied`] for roles that do not work with projects.
    pub fn sight(&self) -> Result<Sight, Failure> {
        Ok(self.actor.sight()?)
    }

    /// Leave for an action that concerns no project.
    ///
    /// # Errors
    /// [`Failure::Denied`]
    pub fn permit(&self, action: Action) -> Result<Permit, Failure> {
        Ok(self.actor.permit(action)?)
    }

    /// Leave for an action on a project.
    ///
    /// # Errors
    /// [`Failure::Denied`]
    pub fn permit_on(&self, action: Action, history: &History) -> Result<Permit, Failure> {
        let project = history.current().ok_or(Failure::NotFound)?;
        Ok(self.actor.permit_on(action, &project.reach())?)
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Failure;

    /// An actor that the program itself put into the request is believed.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let lang = language(&parts.headers);
        if let Some(actor) = parts.extensions.get::<Actor>() {
            return Ok(Self { actor: actor.clone(), lang, data_version: None });
        }
        let Some(token) = bearer(&parts.headers) else {
            return Self::signed_in(parts, app, lang).await;
        };
        let data_version = app.store.data_version().await;
        let token = secret::digest(token);
        let account = app.store.account_of_token(&token, data_version.as_ref()).await?;
        let actor = account.and_then(|account| account.actor());
        Ok(Self { actor: actor.ok_or(Failure::Unauthenticated)?, lang, data_version })
    }
}

impl Caller {
    /// Whoever is signed in on the pages may read; what changes anything takes a token or a form.
    async fn signed_in(parts: &Parts, app: &App, lang: Lang) -> Result<Self, Failure> {
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        let token = session_token(&parts.headers).filter(|_| reads);
        let token = token.ok_or(Failure::Unauthenticated)?;
        let data_version = app.store.data_version().await;
        let hash = secret::digest(&token);
        let account = app.store.account_of_session(&hash, data_version.as_ref()).await?;
        let account = account.filter(|account| !account.must_change_password);
        let actor = account.and_then(|account| account.actor());
        Ok(Self { actor: actor.ok_or(Failure::Unauthenticated)?, lang, data_version })
    }
}

/// The token of an `Authorization: Bearer` header.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn language(headers: &HeaderMap) -> Lang {
    let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
    header.map(Lang::from_accept_language).unwrap_or_default()
}

/// A number in the path; anything else is not found.
#[derive(Debug, Clone, Copy)]
pub struct Id(pub i64);

impl FromRequestParts<App> for Id {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Path(id) =
            Path::<i64>::from_request_parts(parts, app).await.map_err(|_| Failure::NotFound)?;
        Ok(Self(id))
    }
}

/// A project's number in the path and that of one of its parts; anything else is not found.
#[derive(Debug, Clone, Copy)]
pub struct PartId(pub i64, pub u32);

impl FromRequestParts<App> for PartId {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Path((id, part)) = Path::<(i64, u32)>::from_request_parts(parts, app)
            .await
            .map_err(|_| Failure::NotFound)?;
        Ok(Self(id, part))
    }
}

/// The version a change is based on, as `If-Match` names it.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(Option<Expected>);

#[derive(Debug, Clone, Copy)]
enum Expected {
    Any,
    Version(i64),
    Nonsense,
}

impl IfMatch {
    /// The version; `None` for `*`, which any version matches. A tag that is no version matches
    /// none.
    ///
    /// # Errors
    /// [`Failure::PreconditionRequired`] without the header.
    pub fn required(self) -> Result<Option<i64>, Failure> {
        match self.0 {
            None => Err(Failure::PreconditionRequired),
            Some(Expected::Any) => Ok(None),
            Some(Expected::Version(version)) => Ok(Some(version)),
            Some(Expected::Nonsense) => Ok(Some(-1)),
        }
    }
}

impl FromRequestParts<App> for IfMatch {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        let header = parts.headers.get(header::IF_MATCH);
        Ok(Self(header.map(|header| match header.to_str().unwrap_or_default().trim() {
            "*" => Expected::Any,
            tag => version_of(tag).map_or(Expected::Nonsense, Expected::Version),
        })))
    }
}

/// The version in an entity tag.
pub fn version_of(tag: &str) -> Option<i64> {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let quoted = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
    // The quotes are easily forgotten, and a bare number says the same.
    quoted.unwrap_or(tag).parse().ok()
}

/// The body of a request as JSON. What is wrong with it, with the idempotency key, or with a query
/// where there is none, is kept until it is asked for: the checks that come first come first.
#[derive(Debug, Clone)]
pub struct Body {
    value: Result<Value, Vec<Fault>>,
    /// Method, path and body: what an idempotency key stands for.
    request: String,
    key: Option<String>,
}

impl Body {
    /// The body as a type, every value's own faults left to that type.
    ///
    /// # Errors
    /// The first thing that does not fit the shape.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Vec<Fault>> {
        read(self.value.clone()?)
    }

    /// The body as it came.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn value(&self) -> Result<Value, Vec<Fault>> {
        self.value.clone()
    }

    /// The key under which the answer is kept, when the caller sent one.
    pub fn idempotency_key(&self) -> Option<IdempotencyKey> {
        self.key.as_ref().map(|key| IdempotencyKey::new(key, &self.request))
    }
}

/// A JSON object as a type.
///
/// # Errors
/// The first thing that does not fit the shape, with its pointer.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, Vec<Fault>> {
    if !value.is_object() {
        // A structure would also be read from an array, by position.
        return Err(vec![Fault::new("", Why::WrongType { expected: "object" })]);
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let message = error.inner().to_string();
        let mut pointer = String::new();
        for segment in error.path() {
            use serde_path_to_error::Segment;
            match segment {
                Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
                Segment::Map { key } | Segment::Enum { variant: key } => {
                    pointer.push_str(&format!("/{}", json::escaped(key)));
                }
                Segment::Unknown => {}
            }
        }
        vec![Fault::new(pointer, input::why(&message))]
    })
}

impl FromRequest<App> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let what = format!("{} {}", request.method(), request.uri().path());
        let json = request.headers().get(header::CONTENT_TYPE).is_some_and(is_json);
        // Who announces too much need not send it first.
        let announced = request.headers().get(header::CONTENT_LENGTH);
        let announced = announced.and_then(|length| length.to_str().ok()?.parse().ok());
        if announced.is_some_and(|length: usize| length > LARGEST_BODY) {
            return Err(Failure::TooLarge);
        }
        let mut faults = Vec::new();
        let key = request
            .headers()
            .get("idempotency-key")
            .and_then(|key| idempotency_key(key).map_err(|fault| faults.push(fault)).ok());
        if let Err(Failure::Invalid(unknown)) = Query::<NoParams>::of(request.uri()) {
            faults.extend(unknown);
        }
        let bytes = Bytes::from_request(request, app).await.map_err(|_| Failure::TooLarge)?;
        if !json && !bytes.is_empty() {
            return Err(Failure::UnsupportedMediaType);
        }
        // Nothing is an empty object: what is required in it will be asked for.
        let text = if bytes.is_empty() { b"{}" } else { bytes.as_ref() };
        let value = match json::parse(text) {
            Ok(value) if faults.is_empty() => Ok(value),
            Ok(_) => Err(faults),
            Err(more) => Err(faults.into_iter().chain(more).collect()),
        };
        let request = format!("{what}\n{}", String::from_utf8_lossy(&bytes));
        Ok(Self { value, request, key })
    }
}

fn is_json(header: &HeaderValue) -> bool {
    let kind = header.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    matches!(
        kind.to_ascii_lowercase().as_str(),
        "application/json" | "application/merge-patch+json"
    )
}

/// An idempotency key as a header has it.
///
/// # Errors
/// [`Why::Malformed`]
pub fn idempotency_key(header: &HeaderValue) -> Result<String, Fault> {
    let key = header.to_str().unwrap_or_default();
    let is_sound = !key.is_empty() && key.len() <= 200 && key.bytes().all(|b| b.is_ascii_graphic());
    if is_sound {
        return Ok(key.to_owned());
    }
    let detail = "Idempotency-Key takes 1 to 200 visible ASCII characters".to_owned();
    Err(Fault::new("/Idempotency-Key", Why::Malformed { detail }))
}
