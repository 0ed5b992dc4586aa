//! What the commands do.

mod account;
mod audit;
mod data;
mod explain;
mod export;
mod import;
mod ledger;
mod report;
mod serve;
pub mod signing_key;
mod token;

use crate::cli::{Cli, Command};
use crate::config::{LogFormat, Settings};
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Runs a command.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let command = cli.command.unwrap_or(Command::Serve(Default::default()));
    if matches!(command, Command::Openapi) {
        println!("{}", crate::app::openapi().to_pretty_json()?);
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Ledger(command) = command {
        return ledger::run(command).await;
    }
    let settings = Settings::read(&cli.common)?;
    start_log(&settings)?;
    match command {
        Command::Serve(args) => serve::run(settings, args).await,
        Command::Migrate { what } => data::migrate(&settings, what).await,
        Command::Seed(args) => data::seed(&settings, args).await,
        Command::Account(command) => account::run(&settings, command).await,
        Command::Token(command) => token::run(&settings, command).await,
        Command::Audit(command) => audit::run(&settings, command).await,
        Command::Backup { output } => data::back_up(&settings, &output).await,
        Command::Restore { file } => data::restore(&settings, &file).await,
        Command::Import(args) => import::run(&settings, args).await,
        Command::Check => data::check(&settings).await,
        Command::Export(args) => export::run(&settings, *args).await,
        Command::Explain { path, account } => explain::run(&settings, &path, &account).await,
        // These two need no settings and have ended above.
        Command::Ledger(command) => ledger::run(command).await,
        Command::Report(command) => report::run(&settings, command).await,
        Command::Openapi => Ok(ExitCode::SUCCESS),
    }
}

fn start_log(settings: &Settings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.log)
        .map_err(|error| anyhow::anyhow!("the setting log is no filter: {error}"))?;
    // The standard output belongs to what commands print.
    let log = tracing_subscriber::fmt()
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

/// A database that is there, of whatever version; none is made.
async fn there(settings: &Settings) -> anyhow::Result<shortboard_store::Store> {
    if let Some(path) = shortboard_store::sqlite_path(&settings.url())
        && !path.exists()
    {
        anyhow::bail!("there is no database at {}: run `shortboard` first", path.display());
    }
    settings.store().await
}

/// A database that is there and of this version, for the commands that work on one.
async fn existing(settings: &Settings) -> anyhow::Result<shortboard_store::Store> {
    let store = there(settings).await?;
    store.require_migrated().await?;
    Ok(store)
}
