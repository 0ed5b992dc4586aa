//! The rows as the database keeps them: primitive columns, known to this crate alone.

pub mod account;
pub mod audit_record;
pub mod checkpoint;
pub mod code_entry;
pub mod document;
pub mod idempotency_key;
pub mod target;
pub mod token;
