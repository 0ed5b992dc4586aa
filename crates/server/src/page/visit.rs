//! Who visits a page, in which language; and the door that every request for a page comes through.

use super::failure;
use super::form::Form;
use super::sign_in;
use super::texts::Texts;
use super::upload;
use crate::app::{App, LARGEST_BODY};
use crate::extract::Caller;
use crate::import::Way;
use crate::problem::Failure;
use crate::secret;
use axum::body::to_bytes;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use cookie::{Cookie, SameSite};
use shortboard_domain::access::{Action, Actor, Role, allows};
use shortboard_domain::lang::Lang;
use shortboard_store::account::Account;
use std::sync::Arc;

/// The cookie that holds a session's token.
const SESSION: &str = "session";

/// The cookie that remembers the language.
const LANGUAGE: &str = "lang";

/// The pages that whoever must change the password may still reach.
const BEFORE_PASSWORD: [&str; 2] = ["/password", "/sign-out"];

/// A visit to a page.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The language of the page.
    pub lang: Lang,
    /// The account that is signed in.
    pub account: Option<Account>,
    /// The hash by which the session is known.
    pub session: Option<String>,
    /// What forms of this session carry.
    pub token: String,
    /// The path.
    pub path: String,
    /// The query without `lang`.
    pub query: Form,
    /// Whether the language was chosen just now.
    chooses_language: bool,
    caller: Option<Caller>,
    cookies: Vec<(String, String)>,
}

impl Visit {
    /// The words of the page.
    pub fn texts(&self) -> Texts {
        Texts(self.lang)
    }

    /// Who asks, as the API knows callers.
    ///
    /// # Errors
    /// [`Failure::Unauthenticated`] when nobody is signed in or the account has no role yet.
    pub fn caller(&self) -> Result<&Caller, Failure> {
        self.caller.as_ref().ok_or(Failure::Unauthenticated)
    }

    /// The role of who is signed in.
    pub fn role(&self) -> Option<Role> {
        self.caller.as_ref()?.actor.role()
    }

    /// Whether the role allows an action, before scope: what menus and buttons are shown by.
    pub fn may(&self, action: Action) -> bool {
        self.role().is_some_and(|role| allows(role, action))
    }

    /// Whether who is signed in may import ledgers.
    pub fn may_import(&self) -> bool {
        self.caller.as_ref().is_some_and(|caller| Way::of(&caller.actor).is_ok())
    }

    /// A preference that a cookie remembers.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let found = self.cookies.iter().find(|(of, _)| of == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Path and query, to come back to.
    pub fn address(&self) -> String {
        address(&self.path, &self.query)
    }
}

/// A path with a query.
pub fn address(path: &str, query: &Form) -> String {
    let query = serde_urlencoded::to_string(&query.0).unwrap_or_default();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or(Failure::Internal)
    }
}

/// Finds out who visits and in which language; lets nobody in who is not signed in, no form without
/// the session's token, and nobody past a password that must be changed; makes a page of what fails.
pub async fn enter(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = match of(&app, &parts).await {
        Ok(visit) => visit,
        Err(failure) => return failure.into_response(),
    };
    let form = match parts.method {
        Method::GET | Method::HEAD => Form::default(),
        _ if upload::is_in_parts(&parts.headers) => {
            match upload::receive(&visit, &parts, body).await {
                Ok((form, file)) => {
                    parts.extensions.insert(file);
                    form
                }
                Err(failed) => return failure::page(&visit, &failed),
            }
        }
        _ => match to_bytes(body, LARGEST_BODY).await.map_err(|_| Failure::TooLarge) {
            Ok(body) => match Form::read(&body) {
                Ok(form) => form,
                Err(wrong) => return failure::page(&visit, &wrong),
            },
            Err(too_large) => return failure::page(&visit, &too_large),
        },
    };
    let mut response = match stopped(&visit, &parts.method, &form) {
        Some(response) => response,
        None => {
            parts.extensions.insert(visit.clone());
            parts.extensions.insert(form);
            let mut response =
                next.run(Request::from_parts(parts, axum::body::Body::empty())).await;
            match response.extensions_mut().remove::<Arc<Failure>>() {
                Some(failed) => failure::page(&visit, &failed),
                None => response,
            }
        }
    };
    if visit.chooses_language {
        let code = if visit.lang == Lang::En { "en" } else { "zh" };
        set_cookie(response.headers_mut(), remembered(LANGUAGE, code));
    }
    response
}

/// What a visit is answered with before it reaches its page.
fn stopped(visit: &Visit, method: &Method, form: &Form) -> Option<Response> {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    if visit.path == "/sign-in" {
        return None;
    }
    if visit.account.is_none() {
        return Some(match reads {
            true => Redirect::to(&sign_in::address(visit)).into_response(),
            false => sign_in::resumable(visit, form),
        });
    }
    if !reads && form.get("token") != visit.token {
        return Some(sign_in::unproven(visit, form));
    }
    let must_change = visit.account.as_ref().is_some_and(|account| account.must_change_password);
    if must_change && !BEFORE_PASSWORD.contains(&visit.path.as_str()) {
        return Some(Redirect::to("/password").into_response());
    }
    None
}

/// The visit that a request is.
///
/// # Errors
/// [`Failure::Unavailable`], [`Failure::Internal`]
pub async fn of(app: &App, parts: &Parts) -> Result<Visit, Failure> {
    let given = Form::read(parts.uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let cookies = cookies(&parts.headers);
    let cookie = |name: &str| cookies.iter().find(|(of, _)| of == name).map(|(_, v)| v.clone());
    let chosen = given.given(LANGUAGE).map(str::to_owned).or_else(|| cookie(LANGUAGE));
    let lang = if chosen.as_deref() == Some("en") { Lang::En } else { Lang::Zh };
    let mut visit = Visit {
        lang,
        account: None,
        session: None,
        token: String::new(),
        path: parts.uri.path().to_owned(),
        query: given.without(&[LANGUAGE]),
        chooses_language: given.has(LANGUAGE),
        caller: None,
        cookies: Vec::new(),
    };
    if let Some(actor) = parts.extensions.get::<Actor>() {
        // The program itself asks in somebody's name.
        visit.account = app.store.account(actor.name()).await?;
        visit.caller = Some(Caller { actor: actor.clone(), lang, data_version: None });
    } else if let Some(token) = cookie(SESSION) {
        let hash = secret::digest(&token);
        let data_version = app.store.data_version().await;
        visit.account = app.store.account_of_session(&hash, data_version.as_ref()).await?;
        let actor = visit.account.as_ref().and_then(Account::actor);
        visit.caller = actor.map(|actor| Caller { actor, lang, data_version });
        visit.session = Some(hash);
        visit.token = form_token(&token);
    }
    visit.cookies = cookies;
    Ok(visit)
}

/// What the forms of a session carry: whoever knows it has read one of its pages.
pub fn form_token(session_token: &str) -> String {
    secret::digest(&format!("form:{session_token}"))[..32].to_owned()
}

/// The cookies of a request.
fn cookies(headers: &HeaderMap) -> Vec<(String, String)> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    texts
        .flat_map(Cookie::split_parse)
        .flatten()
        .map(|cookie| (cookie.name().to_owned(), cookie.value().to_owned()))
        .collect()
}

/// The token of the session in a request's cookies.
pub fn session_token(headers: &HeaderMap) -> Option<String> {
    let mut cookies = cookies(headers).into_iter();
    cookies.find(|(name, _)| name == SESSION).map(|(_, token)| token)
}

/// A cookie that remembers a preference for a year.
pub fn remembered(name: &str, value: &str) -> Cookie<'static> {
    Cookie::build((name.to_owned(), value.to_owned()))
        .path("/")
        .max_age(cookie::time::Duration::days(365))
        .same_site(SameSite::Lax)
        .http_only(true)
        .build()
}

/// The cookie of a session; blank to take it away.
pub fn session_cookie(app: &App, token: &str) -> Cookie<'static> {
    let cookie = Cookie::build((SESSION, token.to_owned()))
        .path("/")
        .same_site(SameSite::Lax)
        .http_only(true)
        .secure(app.is_secure);
    match token {
        "" => cookie.removal().build(),
        _ => cookie.build(),
    }
}

/// Sends a cookie along.
pub fn set_cookie(headers: &mut HeaderMap, cookie: Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        headers.append(header::SET_COOKIE, value);
    }
}
