//! What the system administrator does with accounts. A secret is shown once, on the page that answers
//! the form: it is in no address, in no log, and no browser keeps it.

use super::one::{self, Typed};
use super::{account, address, is_own, list};
use crate::account::{self as accounts, TokenError, is_sound_name};
use crate::app::App;
use crate::extract::{Id, PartId};
use crate::page::form::Form;
use crate::page::layout::{Page, done_at, html};
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use crate::problem::Failure;
use crate::secret;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use shortboard_domain::access::{Action, Role, Scope};
use shortboard_store::StoreError;
use shortboard_store::account::NewAccount;

/// For how many days a token may open.
const DAYS: std::ops::RangeInclusive<i64> = 1..=3650;

#[derive(Template)]
#[template(path = "account_secret.html")]
struct SecretPage {
    page: Page,
    t: Texts,
    name: String,
    label: &'static str,
    secret: String,
    waits_for_role: bool,
    back: String,
}

#[derive(Template)]
#[template(path = "account_disable.html")]
struct DisablePage {
    page: Page,
    t: Texts,
    name: String,
    action: String,
    back: String,
}

/// Shows a secret, once.
fn tell(page: &SecretPage) -> Result<Response, Failure> {
    let mut response = html(page)?;
    let none = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, none);
    Ok(response)
}

/// A first password and its hash. A few are hashed at a time: each takes its share of memory.
async fn first_password(app: &App) -> Result<(String, String), Failure> {
    let password = secret::password()?;
    let _turn = app.hashing.acquire().await.map_err(|_| Failure::Internal)?;
    let hash = accounts::hash(password.clone()).await?;
    Ok((password, hash))
}

/// Adds an account; the security administrator gives it its role.
pub async fn add(State(app): State<App>, visit: Visit, form: Form) -> Result<Response, Failure> {
    let t = visit.texts();
    let permit = visit.caller()?.permit(Action::KeepAccounts)?;
    let name = form.get("name").to_owned();
    let wrong = StatusCode::UNPROCESSABLE_ENTITY;
    if !is_sound_name(&name) {
        let errors = vec![("name", t.accounts_name_rule())];
        return list::render(&app, &visit, wrong, name, errors).await;
    }
    let (password, password_hash) = first_password(&app).await?;
    let new = NewAccount {
        name: name.clone(),
        // The least of all, and of no effect before a role is given.
        role: Role::Reporter,
        scope: Scope::City,
        password_hash,
        must_change_password: true,
        role_given: false,
    };
    match accounts::add(&app.store, permit, new).await {
        Err(StoreError::NameTaken) => {
            let errors = vec![("name", t.accounts_name_taken())];
            return list::render(&app, &visit, wrong, name, errors).await;
        }
        added => added?,
    }
    tell(&SecretPage {
        page: Page::new(&visit, t.accounts_secret_added()),
        t,
        name,
        label: t.accounts_secret_password(),
        secret: password,
        waits_for_role: true,
        back: "/accounts".into(),
    })
}

/// Gives an account another first password.
pub async fn reset(State(app): State<App>, visit: Visit, Id(id): Id) -> Result<Response, Failure> {
    let t = visit.texts();
    let permit = visit.caller()?.permit(Action::KeepAccounts)?;
    let account = account(&app, id).await?;
    let (password, hash) = first_password(&app).await?;
    accounts::reset(&app.store, permit, &account.name, (hash, true)).await?;
    tell(&SecretPage {
        page: Page::new(&visit, t.accounts_secret_reset()),
        t,
        name: account.name,
        label: t.accounts_secret_password(),
        secret: password,
        waits_for_role: !account.role_given,
        back: address(id),
    })
}

/// Asks whether an account shall be disabled.
pub async fn ask_to_disable(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id,
) -> Result<Response, Failure> {
    let t = visit.texts();
    visit.caller()?.permit(Action::KeepAccounts)?;
    let account = account(&app, id).await?;
    if is_own(&visit, &account) {
        return one::render(&app, &visit, &account, Typed::default()).await;
    }
    html(&DisablePage {
        page: Page::new(&visit, t.accounts_disable_title()),
        t,
        name: account.name,
        action: format!("{}/disable", address(id)),
        back: address(id),
    })
}

/// Disables an account.
pub async fn disable(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id,
) -> Result<Response, Failure> {
    let permit = visit.caller()?.permit(Action::KeepAccounts)?;
    let account = account(&app, id).await?;
    accounts::disable(&app.store, permit, &account.name).await?;
    Ok(done_at(&address(id), "disabled"))
}

/// Issues a token for an account.
pub async fn issue(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id,
    form: Form,
) -> Result<Response, Failure> {
    let t = visit.texts();
    let permit = visit.caller()?.permit(Action::KeepAccounts)?;
    let account = account(&app, id).await?;
    let days = form.get("days").parse().ok().filter(|days| DAYS.contains(days));
    let Some(days) = days else {
        let typed = Typed {
            days: Some(form.get("days").to_owned()),
            errors: vec![("days".into(), t.tokens_days_rule().into())],
            ..Typed::default()
        };
        return one::render(&app, &visit, &account, typed).await;
    };
    let token = match accounts::issue_token(&app.store, permit, &account.name, days).await {
        // Somebody disabled it meanwhile: the page says so.
        Err(TokenError::Store(StoreError::AccountDisabled)) => {
            let typed = Typed {
                errors: vec![(String::new(), t.accounts_disabled().into())],
                ..Typed::default()
            };
            return one::render(&app, &visit, &account, typed).await;
        }
        issued => issued.map_err(failure)?,
    };
    tell(&SecretPage {
        page: Page::new(&visit, t.accounts_secret_token()),
        t,
        name: account.name,
        label: t.accounts_secret_value(),
        secret: token,
        waits_for_role: !account.role_given,
        back: address(id),
    })
}

fn failure(error: TokenError) -> Failure {
    match error {
        TokenError::Secret(error) => error.into(),
        TokenError::Store(error) => error.into(),
        TokenError::TooLong => Failure::Internal,
    }
}

/// Revokes a token of an account.
pub async fn revoke(
    State(app): State<App>,
    visit: Visit,
    PartId(id, token): PartId,
) -> Result<Response, Failure> {
    let permit = visit.caller()?.permit(Action::KeepAccounts)?;
    let account = account(&app, id).await?;
    let token = i64::from(token);
    let tokens = app.store.tokens().await?;
    if !tokens.iter().any(|of| of.id == token && of.account == account.name) {
        return Err(Failure::NotFound);
    }
    accounts::revoke_token(&app.store, permit, token).await?;
    Ok(done_at(&address(id), "revoked"))
}
