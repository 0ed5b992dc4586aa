//! Accounts: the system administrator keeps them, the security administrator gives them roles and
//! scopes, and neither does the other's work or changes an account of their own.

pub mod keep;
pub mod list;
pub mod one;

use super::visit::Visit;
use crate::app::App;
use crate::problem::Failure;
use axum::Router;
use axum::routing::{get, post};
use shortboard_domain::access::Action;
use shortboard_store::account::Account;

/// The pages of accounts.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/accounts", get(list::show).post(keep::add))
        .route("/accounts/{id}", get(one::show))
        .route("/accounts/{id}/reset", post(keep::reset))
        .route("/accounts/{id}/disable", get(keep::ask_to_disable).post(keep::disable))
        .route("/accounts/{id}/role", post(one::give_role))
        .route("/accounts/{id}/tokens", post(keep::issue))
        .route("/accounts/{id}/tokens/{token}/revoke", post(keep::revoke))
}

/// Lets in whoever works with accounts at all.
fn enter(visit: &Visit) -> Result<(), Failure> {
    let caller = visit.caller()?;
    match caller.permit(Action::GiveRoles) {
        Ok(_) => Ok(()),
        Err(_) => caller.permit(Action::KeepAccounts).map(drop),
    }
}

/// The account of a number.
async fn account(app: &App, id: i64) -> Result<Account, Failure> {
    let accounts = app.store.accounts().await?;
    accounts.into_iter().find(|account| account.id == id).ok_or(Failure::NotFound)
}

/// Whether an account is the visitor's own.
fn is_own(visit: &Visit, account: &Account) -> bool {
    visit.account.as_ref().is_some_and(|own| own.id == account.id)
}

/// The address of an account.
fn address(id: i64) -> String {
    format!("/accounts/{id}")
}
