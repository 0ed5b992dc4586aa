//! `ledger`: reads ledgers without a database and prints what was understood.

use crate::cli::LedgerCommand;
use crate::ledger::{self, print::JsonPrinter, summary::Summary};
use shortboard_ledger::reading::Event;
use shortboard_ledger::understand::Mapping;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

/// Runs the command.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn run(command: LedgerCommand) -> anyhow::Result<ExitCode> {
    match command {
        LedgerCommand::Read { file, json } => {
            let read = if json { as_json(&file).await } else { for_people(&file).await };
            match read {
                // Whoever reads the output has seen enough.
                Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
                read => read.map(|()| ExitCode::SUCCESS),
            }
        }
        LedgerCommand::Parse { file, name } => Ok(ledger::child::run(&file, &name)),
    }
}

async fn as_json(file: &Path) -> anyhow::Result<()> {
    let mut printer = JsonPrinter::new(BufWriter::new(io::stdout()));
    read(file, &mut |event| printer.take(event)).await?;
    Ok(printer.finish()?)
}

async fn for_people(file: &Path) -> anyhow::Result<()> {
    let mut summary = Summary::new(BufWriter::new(io::stdout()));
    read(file, &mut |event| summary.take(event)).await?;
    Ok(summary.finish()?)
}

/// Reads, and tells whoever waits at a terminal how far it is.
async fn read(
    file: &Path,
    take: &mut (dyn FnMut(Event) -> io::Result<()> + Send),
) -> anyhow::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut is_told = false;
    let is_watched = io::stderr().is_terminal();
    let mapping = Mapping::new();
    let mut told = |event| {
        if let (Event::Progress { rows, of }, true) = (&event, is_watched) {
            is_told = true;
            write!(io::stderr(), "\r{rows} / {of} ")?;
        }
        take(event)
    };
    let read = ledger::read(file, &name, &mapping, &mut told).await;
    if is_told {
        eprintln!();
    }
    read.map_err(|error| match error {
        ledger::LedgerError::Unreadable(why) => anyhow::anyhow!("{}: {why}", file.display()),
        ledger::LedgerError::Failed(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            error.into()
        }
        ledger::LedgerError::Failed(error) => anyhow::anyhow!("{}: {error}", file.display()),
    })
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
