//! `audit`: verify the trail, write checkpoints.

use super::signing_key;
use crate::cli::AuditCommand;
use crate::config::Settings;
use shortboard_domain::access::{Action, Actor};
use shortboard_store::VerifyingKey;
use shortboard_store::checkpoint::Checkpoint;
use std::process::ExitCode;

/// Runs the command.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn run(settings: &Settings, command: AuditCommand) -> anyhow::Result<ExitCode> {
    let store = super::existing(settings).await?;
    match command {
        AuditCommand::Verify { checkpoint, public_key } => {
            let key = match &public_key {
                Some(text) => Some(verifying_key(text)?),
                None => signing_key::load(settings)?.map(|key| key.verifying_key()),
            };
            let checkpoint: Option<Checkpoint> = match &checkpoint {
                None => None,
                Some(path) => Some(
                    serde_json::from_str(&super::data::read(path)?)
                        .map_err(|_| anyhow::anyhow!("{} is no checkpoint", path.display()))?,
                ),
            };
            let against = match (&checkpoint, &key) {
                (Some(checkpoint), Some(key)) => Some((checkpoint, key)),
                (Some(_), None) => anyhow::bail!(
                    "the registry's key is not in {}: give its public key with --public-key",
                    settings.data_dir.display()
                ),
                (None, _) => None,
            };
            let found = store.verify(against).await?;
            if let Some(breach) = found.breach {
                eprintln!("shortboard: {} record {}: {}", breach.chain, breach.seq, breach.what);
                return Ok(ExitCode::FAILURE);
            }
            println!(
                "The trail holds: {} records in {} chains, {} versions{}",
                found.records,
                found.chains,
                found.versions,
                if against.is_some() { ", and the checkpoint" } else { "" }
            );
        }
        AuditCommand::Checkpoint { output } => {
            let key = signing_key::load_or_make(settings)?;
            let permit = Actor::operator().permit(Action::WriteCheckpoint)?;
            let checkpoint = store.write_checkpoint(permit, &key).await?;
            let text = serde_json::to_string_pretty(&checkpoint)?;
            std::fs::write(&output, text + "\n")
                .map_err(|error| anyhow::anyhow!("{}: {error}", output.display()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The key in hexadecimal text.
fn verifying_key(text: &str) -> anyhow::Result<VerifyingKey> {
    let bytes = hex::decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let key = bytes.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
    key.ok_or_else(|| anyhow::anyhow!("{text} is no public key: 64 hexadecimal digits"))
}
