//! `shortboard`: the server, the command line and the migrator of the registry, in one program.

mod account;
mod answer;
mod app;
mod audit;
mod briefing;
mod cli;
mod client;
mod command;
mod config;
mod department;
mod extract;
mod health;
mod import;
mod json;
mod kept;
mod ledger;
mod notice;
mod openapi;
mod page;
mod params;
mod problem;
mod project;
mod reference;
mod secret;
mod seed;
mod sheet;

use clap::Parser;
use std::process::ExitCode;

/// Answers of fifty cards come and go in great numbers: the system's allocator spends a quarter of
/// the program's time on them and keeps more memory than it needs. It asks for small pages of memory
/// (`no_thp`): with large ones, a list that is exported took seventy megabytes more.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    // The child that reads a ledger needs no more than a thread, nor may it have more.
    if let Some(cli::Command::Ledger(cli::LedgerCommand::Parse { file, name })) = &cli.command {
        return ledger::child::run(file, name);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.to_string()),
    };
    match runtime.block_on(command::run(cli)) {
        Ok(code) => code,
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(sentence: &str) -> ExitCode {
    eprintln!("shortboard: {sentence}");
    ExitCode::FAILURE
}
