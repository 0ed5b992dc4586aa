//! `token`: issue, list and revoke API tokens.

use crate::cli::TokenCommand;
use crate::config::Settings;
use crate::secret;
use jiff::{SignedDuration, Timestamp};
use shortboard_domain::access::{Action, Actor};
use shortboard_store::StoreError;
use std::process::ExitCode;

/// Runs the command.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn run(settings: &Settings, command: TokenCommand) -> anyhow::Result<ExitCode> {
    let store = super::existing(settings).await?;
    let permit = Actor::operator().permit(Action::KeepAccounts)?;
    match command {
        TokenCommand::Issue { account, days } => {
            let token = secret::token()?;
            let hash = secret::digest(&token);
            let expires_at: Timestamp =
                store.now().checked_add(SignedDuration::from_hours(24 * days))?;
            let name = account.clone();
            let issued = store.write(permit, move |tx| {
                let (name, hash) = (name.clone(), hash.clone());
                Box::pin(async move { tx.issue_token(&name, hash, expires_at).await })
            });
            match issued.await {
                Err(StoreError::Missing) => anyhow::bail!("there is no account {account}"),
                issued => issued?,
            };
            println!("{token}");
        }
        TokenCommand::List => {
            for token in store.tokens().await? {
                let state = match token.revoked_at {
                    Some(_) => "revoked",
                    None if token.expires_at <= store.now() => "expired",
                    None => "open",
                };
                println!("{}\t{}\t{}\t{state}", token.id, token.account, token.expires_at);
            }
        }
        TokenCommand::Revoke { id } => {
            let revoked =
                store.write(permit, move |tx| Box::pin(async move { tx.revoke_token(id).await }));
            match revoked.await {
                Err(StoreError::Missing) => anyhow::bail!("there is no token {id}"),
                revoked => revoked?,
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
