//! Signing in and out, and one's own password.

use super::form::Form;
use super::layout::{Page, done_at, html, html_with};
use super::texts::Texts;
use super::visit::{Visit, session_cookie, set_cookie};
use crate::account::{self, SHORTEST_PASSWORD};
use crate::app::App;
use crate::problem::Failure;
use crate::secret;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use shortboard_domain::access::{Action, Actor};
use shortboard_store::account::Account;

/// What a form that is to be sent again never carries along.
const NEVER_RESUMED: [&str; 4] = ["token", "current", "new", "again"];

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    page: Page,
    t: Texts,
    name: String,
    next: String,
    notice: Option<&'static str>,
    error: Option<&'static str>,
    /// Where the form that was broken off was going, and what it held.
    resume: Option<(String, Form)>,
}

#[derive(Template)]
#[template(path = "resume.html")]
struct ResumePage {
    page: Page,
    t: Texts,
    action: String,
    fields: Form,
    text: &'static str,
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    page: Page,
    t: Texts,
    is_first: bool,
    errors: Vec<(&'static str, &'static str)>,
}

/// Where to sign in, coming back to this page.
pub fn address(visit: &Visit) -> String {
    match visit.path.as_str() {
        "/" => "/sign-in".to_owned(),
        _ => {
            let next = Form(vec![("next".into(), visit.address())]);
            super::visit::address("/sign-in", &next)
        }
    }
}

/// Shows where to sign in.
pub async fn show(visit: Visit) -> Result<Response, Failure> {
    if visit.account.is_some() {
        return Ok(Redirect::to(&local(visit.query.get("next"))).into_response());
    }
    let t = visit.texts();
    let notice = match visit.query.given("next") {
        Some(_) => Some(t.please_sign_in()),
        None => visit.query.has("out").then(|| t.signed_out()),
    };
    html(&SignInPage {
        page: Page::new(&visit, t.sign_in()),
        t,
        name: String::new(),
        next: visit.query.get("next").to_owned(),
        notice,
        error: None,
        resume: None,
    })
}

/// Asks somebody whose session has ended to sign in, with the form they were sending.
pub fn resumable(visit: &Visit, form: &Form) -> Response {
    let t = visit.texts();
    let page = SignInPage {
        page: Page::new(visit, t.sign_in()),
        t,
        name: String::new(),
        next: String::new(),
        notice: Some(t.session_ended()),
        error: None,
        resume: Some((visit.address(), form.without(&NEVER_RESUMED))),
    };
    html_with(StatusCode::UNAUTHORIZED, &page).unwrap_or_else(IntoResponse::into_response)
}

/// Shows a form again that came without the token of its session, to be sent anew.
pub fn unproven(visit: &Visit, form: &Form) -> Response {
    let page = ResumePage {
        page: Page::new(visit, visit.texts().resume_title()),
        t: visit.texts(),
        action: visit.address(),
        fields: form.without(&NEVER_RESUMED),
        text: visit.texts().form_expired(),
    };
    html_with(StatusCode::FORBIDDEN, &page).unwrap_or_else(IntoResponse::into_response)
}

/// Signs in.
pub async fn enter(State(app): State<App>, visit: Visit, form: Form) -> Result<Response, Failure> {
    let t = visit.texts();
    let name = form.get("name").to_owned();
    let resume = resumed(&form);
    let Some(account) = proven(&app, &name, form.typed("password")).await? else {
        let page = SignInPage {
            page: Page::new(&visit, t.sign_in()),
            t,
            name,
            next: form.get("next").to_owned(),
            notice: None,
            error: Some(t.sign_in_failed()),
            resume,
        };
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let token = secret::token()?;
    let hash = secret::digest(&token);
    let permit = desk_of(&account).permit(Action::UseDesk)?;
    let opened = app.store.write(permit, move |tx| {
        let hash = hash.clone();
        Box::pin(async move { tx.open_session(hash).await })
    });
    opened.await?;
    let mut response = match resume {
        Some((action, fields)) => {
            let mut signed_in = visit.clone();
            signed_in.token = super::visit::form_token(&token);
            html(&ResumePage {
                page: Page::new(&signed_in, t.resume_title()),
                t,
                action,
                fields,
                text: t.resume_text(),
            })?
        }
        None => Redirect::to(&local(form.get("next"))).into_response(),
    };
    set_cookie(response.headers_mut(), session_cookie(&app, &token));
    Ok(response)
}

/// The form that was broken off: where it was going, and what it held.
fn resumed(form: &Form) -> Option<(String, Form)> {
    let action = form.given("resume_action")?;
    let fields = form.0.iter().filter_map(|(name, value)| {
        let name = name.strip_prefix("resume.")?;
        Some((name.to_owned(), value.clone()))
    });
    let mut fields: Vec<(String, String)> = fields.collect();
    fields.push(("resumed".into(), "true".into()));
    Some((local(action), Form(fields)))
}

/// A path of this program; anything else leads to the desk.
fn local(path: &str) -> String {
    let is_local = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    if is_local { path.to_owned() } else { "/".to_owned() }
}

/// The account, when the password is its own and nobody is locked out. It takes as long and answers
/// the same whether or not there is such an account.
///
/// A few at a time: each takes its share of memory. Whoever waits for a turn is counted before the
/// next one has it, so that many at once are not more guesses than the lock allows.
async fn proven(app: &App, name: &str, password: String) -> Result<Option<Account>, Failure> {
    let _turn = app.hashing.acquire().await.map_err(|_| Failure::Internal)?;
    let is_locked = app.store.is_locked(name).await?;
    let credentials = app.store.credentials(name).await?;
    let (account, hash) = credentials.map_or((None, None), |(a, hash)| (Some(a), Some(hash)));
    let verify = move || secret::is_password(&password, hash.as_deref());
    let is_right = tokio::task::spawn_blocking(verify).await.map_err(|error| {
        tracing::error!(%error, "a password could not be verified");
        Failure::Internal
    })?;
    if is_right && !is_locked {
        return Ok(account);
    }
    if !is_locked {
        app.store.count_failure(name).await?;
    }
    Ok(None)
}

/// Whoever may sign in, also before a role is given.
fn desk_of(account: &Account) -> Actor {
    account.actor().unwrap_or_else(|| {
        Actor::account(account.name.clone(), account.role, shortboard_domain::access::Scope::City)
    })
}

/// Signs out.
pub async fn leave(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    if let (Some(account), Some(hash)) = (&visit.account, visit.session.clone()) {
        let permit = desk_of(account).permit(Action::UseDesk)?;
        let ended = app.store.write(permit, move |tx| {
            let hash = hash.clone();
            Box::pin(async move { tx.end_session(&hash).await })
        });
        ended.await?;
    }
    let mut response = Redirect::to("/sign-in?out=").into_response();
    set_cookie(response.headers_mut(), session_cookie(&app, ""));
    Ok(response)
}

/// Shows where to change one's own password.
pub async fn password(visit: Visit) -> Result<Response, Failure> {
    html(&password_page(&visit, Vec::new()))
}

fn password_page(visit: &Visit, errors: Vec<(&'static str, &'static str)>) -> PasswordPage {
    PasswordPage {
        page: Page::new(visit, visit.texts().change_password()),
        t: visit.texts(),
        is_first: visit.account.as_ref().is_some_and(|account| account.must_change_password),
        errors,
    }
}

/// Changes one's own password; other sessions of the account end.
pub async fn change_password(
    State(app): State<App>,
    visit: Visit,
    form: Form,
) -> Result<Response, Failure> {
    let t = visit.texts();
    let [current, new, again] = ["current", "new", "again"].map(|name| form.typed(name));
    let owner = visit.account.as_ref().ok_or(Failure::Unauthenticated)?;
    let mut errors = Vec::new();
    if proven(&app, &owner.name, current.clone()).await?.is_none() {
        errors.push(("current", t.password_wrong()));
    }
    if new.chars().count() < SHORTEST_PASSWORD {
        errors.push(("new", t.password_short()));
    } else if new == current {
        errors.push(("new", t.password_same()));
    }
    if new != again {
        errors.push(("again", t.password_differs()));
    }
    if !errors.is_empty() {
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &password_page(&visit, errors));
    }
    let turn = app.hashing.acquire().await.map_err(|_| Failure::Internal)?;
    let hash = account::hash(new).await?;
    drop(turn);
    let permit = desk_of(owner).permit(Action::UseDesk)?;
    let session = visit.session.clone().unwrap_or_default();
    let changed = app.store.write(permit, move |tx| {
        let (hash, session) = (hash.clone(), session.clone());
        Box::pin(async move { tx.change_own_password(hash, &session).await })
    });
    changed.await?;
    Ok(done_at("/", "password"))
}
