//! Reads ledgers in a child process of the same program, so that no file can take the server down.

pub mod child;
mod lines;
mod parent;
pub mod print;
pub mod summary;

pub use parent::{LedgerError, read};
