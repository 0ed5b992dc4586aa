//! All accounts, and the form for a new one.

use super::enter;
use crate::app::App;
use crate::page::layout::{Page, html_with};
use crate::page::show;
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use crate::problem::Failure;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use shortboard_domain::access::{Action, Scope};
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_store::account::Account;

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    page: Page,
    t: Texts,
    keeps: bool,
    name: String,
    errors: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
}

/// An account as it is listed.
pub struct Row {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its role; blank before one is given.
    pub role: &'static str,
    /// Its scope; blank before one is given.
    pub scope: String,
    /// Whether it is disabled.
    pub is_disabled: bool,
    /// Whether its password must be changed.
    pub must_change: bool,
}

impl Row {
    /// An account in words.
    pub fn of(account: &Account, lists: &CodeLists, day: Date, t: Texts) -> Self {
        let given = account.role_given;
        Self {
            id: account.id,
            name: account.name.clone(),
            role: if given { account.role.label(t.0) } else { "" },
            scope: if given { scope(&account.scope, lists, day, t) } else { String::new() },
            is_disabled: account.disabled_at.is_some(),
            must_change: account.must_change_password,
        }
    }
}

/// A scope in words.
fn scope(stored: &str, lists: &CodeLists, day: Date, t: Texts) -> String {
    let label = |list, code: &str| show::label(lists, list, code, day, t);
    match Scope::from_stored(stored) {
        Some(Scope::City) => t.accounts_city().to_owned(),
        Some(Scope::Region(code)) => label(ListName::Regions, code.as_str()),
        Some(Scope::Department(code)) => label(ListName::Departments, code.as_str()),
        Some(Scope::Group(code)) => label(ListName::Groups, code.as_str()),
        None => stored.to_owned(),
    }
}

/// Shows all accounts.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    enter(&visit)?;
    render(&app, &visit, StatusCode::OK, String::new(), Vec::new()).await
}

/// The list with the form for a new account as it was typed.
///
/// # Errors
/// [`Failure::Internal`], [`Failure::Unavailable`]
pub async fn render(
    app: &App,
    visit: &Visit,
    status: StatusCode,
    name: String,
    errors: Vec<(&'static str, &'static str)>,
) -> Result<Response, Failure> {
    let t = visit.texts();
    let (lists, day) = (app.store.lists(), app.store.today());
    let mut accounts = app.store.accounts().await?;
    let gives = visit.may(Action::GiveRoles);
    // Whoever waits for a role comes first where roles are given.
    accounts.sort_by_key(|account| (gives && account.role_given, account.disabled_at.is_some()));
    let page = AccountsPage {
        page: Page::new(visit, t.accounts_title()),
        t,
        keeps: visit.may(Action::KeepAccounts),
        name,
        errors,
        rows: accounts.iter().map(|account| Row::of(account, &lists, day, t)).collect(),
    };
    html_with(status, &page)
}
