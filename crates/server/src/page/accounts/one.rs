//! One account: what may be done with it, and its role and scope.

use super::list::Row;
use super::{account, address, enter, is_own};
use crate::app::App;
use crate::extract::Id;
use crate::page::form::Form;
use crate::page::layout::{Page, done_at, html_with};
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use crate::problem::Failure;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use shortboard_domain::access::{Action, Role, Scope};
use shortboard_domain::codelist::ListName;
use shortboard_store::account::Account;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    page: Page,
    t: Texts,
    account: Row,
    is_own: bool,
    keeps: bool,
    gives: bool,
    errors: Vec<(String, String)>,
    roles: Vec<(&'static str, &'static str, bool)>,
    scopes: Vec<ScopeGroup>,
    tokens: Vec<TokenRow>,
    days: String,
}

/// Scopes of one kind.
struct ScopeGroup {
    label: &'static str,
    options: Vec<(String, String, bool)>,
}

/// A token of the account.
struct TokenRow {
    id: i64,
    created: String,
    expires: String,
    state: &'static str,
    is_open: bool,
}

/// What was typed into the forms of the page, and what is wrong with it.
#[derive(Default)]
pub struct Typed {
    /// The role chosen.
    pub role: Option<String>,
    /// The scope chosen.
    pub scope: Option<String>,
    /// For how many days a token shall open.
    pub days: Option<String>,
    /// What is wrong, by field.
    pub errors: Vec<(String, String)>,
}

/// Shows an account.
pub async fn show(State(app): State<App>, visit: Visit, Id(id): Id) -> Result<Response, Failure> {
    enter(&visit)?;
    let account = account(&app, id).await?;
    render(&app, &visit, &account, Typed::default()).await
}

/// The page of an account with what was typed.
///
/// # Errors
/// [`Failure::Internal`], [`Failure::Unavailable`]
pub async fn render(
    app: &App,
    visit: &Visit,
    account: &Account,
    typed: Typed,
) -> Result<Response, Failure> {
    let t = visit.texts();
    let (lists, day) = (app.store.lists(), app.store.today());
    let keeps = visit.may(Action::KeepAccounts);
    // What was made on a page waits for its role: nothing is chosen for it beforehand.
    let given = account.role_given;
    let role = typed.role.or(given.then(|| account.role.as_str().to_owned())).unwrap_or_default();
    let scope = typed.scope.or(given.then(|| account.scope.clone())).unwrap_or_default();
    let group = |label, kind: &str, list| ScopeGroup {
        label,
        options: lists
            .entries_on(list, day)
            .map(|entry| {
                let value = format!("{kind}:{}", entry.code);
                let is_chosen = value == scope;
                (value, entry.label.get(t.0).to_owned(), is_chosen)
            })
            .collect(),
    };
    let city = ScopeGroup {
        label: t.accounts_city(),
        options: vec![("city".into(), t.accounts_city().into(), scope == "city")],
    };
    let status = match typed.errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = AccountPage {
        page: Page::new(visit, account.name.clone()),
        t,
        account: Row::of(account, &lists, day, t),
        is_own: is_own(visit, account),
        keeps,
        gives: visit.may(Action::GiveRoles),
        errors: typed.errors,
        roles: Role::ALL
            .iter()
            .map(|of| (of.as_str(), of.label(t.0), of.as_str() == role))
            .collect(),
        scopes: vec![
            city,
            group(t.accounts_regions(), "region", ListName::Regions),
            group(t.accounts_departments(), "department", ListName::Departments),
            group(t.accounts_groups(), "group", ListName::Groups),
        ],
        tokens: if keeps { tokens(app, account, t).await? } else { Vec::new() },
        days: typed.days.unwrap_or_else(|| "90".into()),
    };
    html_with(status, &page)
}

async fn tokens(app: &App, account: &Account, t: Texts) -> Result<Vec<TokenRow>, Failure> {
    let now = app.store.now();
    let time = |time: Timestamp| app.store.local(time).strftime("%Y-%m-%d %H:%M").to_string();
    let tokens = app.store.tokens().await?.into_iter();
    let of_account = tokens.filter(|token| token.account == account.name);
    Ok(of_account
        .map(|token| {
            let is_revoked = token.revoked_at.is_some();
            let is_expired = token.expires_at <= now;
            TokenRow {
                id: token.id,
                created: time(token.created_at),
                expires: time(token.expires_at),
                state: match (is_revoked, is_expired) {
                    (true, _) => t.tokens_revoked(),
                    (_, true) => t.tokens_expired(),
                    _ => t.tokens_open(),
                },
                is_open: !is_revoked && !is_expired,
            }
        })
        .collect())
}

/// Gives an account its role and scope.
pub async fn give_role(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id,
    form: Form,
) -> Result<Response, Failure> {
    let t = visit.texts();
    let permit = visit.caller()?.permit(Action::GiveRoles)?;
    let account = account(&app, id).await?;
    let role = form.get("role").parse::<Role>();
    let scope = Scope::parse(form.get("scope"), &app.store.lists());
    let (role, scope) = match (role, scope) {
        (Ok(role), Ok(scope)) => (role, scope),
        (role, scope) => {
            let mut errors = Vec::new();
            if role.is_err() {
                errors.push(("role".to_owned(), t.accounts_role_wrong().to_owned()));
            }
            if scope.is_err() {
                errors.push(("scope".to_owned(), t.accounts_scope_wrong().to_owned()));
            }
            let typed = Typed {
                role: Some(form.get("role").to_owned()),
                scope: Some(form.get("scope").to_owned()),
                errors,
                days: None,
            };
            return render(&app, &visit, &account, typed).await;
        }
    };
    let name = account.name.clone();
    let given = app.store.write(permit, move |tx| {
        let (name, scope) = (name.clone(), scope.clone());
        Box::pin(async move { tx.give_role(&name, role, &scope).await })
    });
    given.await?;
    Ok(done_at(&address(id), "role_given"))
}
