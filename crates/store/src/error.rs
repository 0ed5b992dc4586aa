//! What can go wrong with the store.

use sea_orm::{DbErr, RuntimeErr};
use shortboard_domain::access::{Action, Denied};
use shortboard_domain::decision::Refusal;
use std::fmt::Display;

/// Why a read or a write did not come about.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What was to be changed is not there.
    #[error("there is no such record")]
    Missing,
    /// What was to be changed has changed since the caller read it.
    #[error("version {expected} was expected, version {current} is there")]
    Stale {
        /// The version the caller had read.
        expected: i64,
        /// The version that is there.
        current: i64,
    },
    /// The permit does not hold for the project as it is now.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The rules do not allow it.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// Another request came with the same idempotency key.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The name is taken.
    #[error("the name is taken")]
    NameTaken,
    /// The account is disabled.
    #[error("the account is disabled")]
    AccountDisabled,
    /// The permit is for another action.
    #[error("a permit to {held} does not permit to {needed}")]
    WrongPermit {
        /// The action the permit is for.
        held: Action,
        /// The action that was tried.
        needed: Action,
    },
    /// A row that the program cannot have written.
    #[error("{field} holds {value:?}, which the registry does not write")]
    Inconsistent {
        /// Table and column.
        field: &'static str,
        /// What is there.
        value: String,
    },
    /// The database is of another version than the program.
    #[error("{0}")]
    Version(String),
    /// A file of the store could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// A write was broken off by the program's own end.
    #[error("the write was broken off: {0}")]
    BrokenOff(String),
}

impl From<sea_orm::TryGetError> for StoreError {
    fn from(error: sea_orm::TryGetError) -> Self {
        Self::Database(error.into())
    }
}

impl From<Refusal> for StoreError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl StoreError {
    pub(crate) fn inconsistent(field: &'static str, value: impl Display) -> Self {
        Self::Inconsistent { field, value: value.to_string() }
    }

    pub(crate) fn file(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::File { path: path.display().to_string(), source }
    }

    /// Whether the database could not be reached, rather than failed.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Database(DbErr::Conn(_) | DbErr::ConnectionAcquire(_)))
    }

    /// Whether the same write may succeed when it is tried again: a serialisation failure, a
    /// deadlock, or two writers that took the same key at once (SQLSTATE 40001, 40P01, 23505;
    /// SQLite's busy states).
    pub(crate) fn is_transient(&self) -> bool {
        let Self::Database(error) = self else { return false };
        let (DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause))
        | DbErr::Conn(RuntimeErr::SqlxError(cause))) = error
        else {
            return false;
        };
        let code = cause.as_database_error().and_then(|error| error.code());
        matches!(code.as_deref(), Some("40001" | "40P01" | "23505" | "5" | "261" | "517"))
    }
}
