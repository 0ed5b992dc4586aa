//! `token`: issue, list and revoke API tokens.

use crate::account::{self, TokenError};
use crate::cli::TokenCommand;
use crate::config::Settings;
use shortboard_store::StoreError;
use std::process::ExitCode;

/// Runs the command.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn run(settings: &Settings, command: TokenCommand) -> anyhow::Result<ExitCode> {
    let store = super::existing(settings).await?;
    let permit = account::operators_leave()?;
    match command {
        TokenCommand::Issue { account, days } => {
            let token = match account::issue_token(&store, permit, &account, days).await {
                Err(TokenError::Store(StoreError::Missing)) => {
                    anyhow::bail!("there is no account {account}")
                }
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
        TokenCommand::Revoke { id } => match account::revoke_token(&store, permit, id).await {
            Err(StoreError::Missing) => anyhow::bail!("there is no token {id}"),
            revoked => revoked?,
        },
    }
    Ok(ExitCode::SUCCESS)
}
