//! `audit`: verify the trail, write checkpoints.

use super::signing_key;
use crate::cli::AuditCommand;
use crate::config::Settings;
use shortboard_domain::access::{Action, Actor};
use shortboard_store::checkpoint::Checkpoint;
use std::process::ExitCode;

/// Runs the command.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn run(settings: &Settings, command: AuditCommand) -> anyhow::Result<ExitCode> {
    let store = super::existing(settings).await?;
    match command {
        AuditCommand::Verify { checkpoint } => {
            let key = signing_key::load(settings)?.map(|key| key.verifying_key());
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
                    "the registry's key is not in {}: no checkpoint can be checked",
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
            let checkpoint = store.write(permit, move |tx| {
                let key = key.clone();
                Box::pin(async move { tx.write_checkpoint(&key).await })
            });
            let text = serde_json::to_string_pretty(&checkpoint.await?)?;
            std::fs::write(&output, text + "\n")
                .map_err(|error| anyhow::anyhow!("{}: {error}", output.display()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
