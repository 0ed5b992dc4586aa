//! What the command line and the pages have in common when they keep accounts.

use crate::secret::{self, SecretError};
use shortboard_domain::access::{Action, Actor, LONGEST_NAME, Permit};
use shortboard_domain::text;
use shortboard_store::account::NewAccount;
use shortboard_store::{Store, StoreError};

/// The fewest characters of a password.
pub const SHORTEST_PASSWORD: usize = 10;

/// Whether a name can be an account's: 1 to 64 characters without blanks, and not the operator's.
pub fn is_sound_name(name: &str) -> bool {
    text::clean(name, LONGEST_NAME).as_deref() == Ok(name)
        && !name.contains(char::is_whitespace)
        && name != Actor::operator().name()
}

/// The hash of a password, made aside: it takes its time.
///
/// # Errors
/// [`SecretError`]
pub async fn hash(password: String) -> Result<String, SecretError> {
    let made = tokio::task::spawn_blocking(move || secret::hash_password(&password)).await;
    made.unwrap_or_else(|error| Err(SecretError::broken_off(error)))
}

/// Adds an account.
///
/// # Errors
/// [`StoreError::NameTaken`], and what else [`shortboard_store::Tx::add_account`] returns.
pub async fn add(store: &Store, permit: Permit, new: NewAccount) -> Result<(), StoreError> {
    let added = store.write(permit, move |tx| {
        let new = new.clone();
        Box::pin(async move { tx.add_account(new).await })
    });
    added.await
}

/// Gives an account another password and enables it.
///
/// # Errors
/// What [`shortboard_store::Tx::reset_account`] returns.
pub async fn reset(
    store: &Store,
    permit: Permit,
    name: &str,
    (hash, must_change): (String, bool),
) -> Result<(), StoreError> {
    let name = name.to_owned();
    let reset = store.write(permit, move |tx| {
        let (name, hash) = (name.clone(), hash.clone());
        Box::pin(async move { tx.reset_account(&name, hash, must_change).await })
    });
    reset.await
}

/// Disables an account.
///
/// # Errors
/// What [`shortboard_store::Tx::disable_account`] returns.
pub async fn disable(store: &Store, permit: Permit, name: &str) -> Result<(), StoreError> {
    let name = name.to_owned();
    let disabled = store.write(permit, move |tx| {
        let name = name.clone();
        Box::pin(async move { tx.disable_account(&name).await })
    });
    disabled.await
}

/// Issues a token that ends after some days; answers its secret, which is kept nowhere.
///
/// # Errors
/// [`TokenError`]
pub async fn issue_token(
    store: &Store,
    permit: Permit,
    account: &str,
    days: i64,
) -> Result<String, TokenError> {
    let token = secret::token()?;
    let hash = secret::digest(&token);
    let lasts = jiff::SignedDuration::from_hours(24 * days);
    let expires_at = store.now().checked_add(lasts).map_err(|_| TokenError::TooLong)?;
    let name = account.to_owned();
    let issued = store.write(permit, move |tx| {
        let (name, hash) = (name.clone(), hash.clone());
        Box::pin(async move { tx.issue_token(&name, hash, expires_at).await })
    });
    issued.await?;
    Ok(token)
}

/// Why no token was issued.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// No secret could be made.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// It would end after the last day there is.
    #[error("a token cannot last so long")]
    TooLong,
    /// The store refused it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Revokes a token.
///
/// # Errors
/// What [`shortboard_store::Tx::revoke_token`] returns.
pub async fn revoke_token(store: &Store, permit: Permit, id: i64) -> Result<(), StoreError> {
    store.write(permit, move |tx| Box::pin(async move { tx.revoke_token(id).await })).await
}

/// Leave for the person at the machine to keep accounts.
///
/// # Errors
/// [`shortboard_domain::access::Denied`]
pub fn operators_leave() -> Result<Permit, shortboard_domain::access::Denied> {
    Actor::operator().permit(Action::KeepAccounts)
}
