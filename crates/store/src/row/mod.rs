//! The rows as the database keeps them: primitive columns, known to this crate alone.

pub mod account;
pub mod audit_record;
pub mod checkpoint;
pub mod code_entry;
pub mod document;
pub mod idempotency_key;
pub mod import;
pub mod kept_form;
pub mod saved_view;
pub mod session;
pub mod sign_in_failure;
pub mod target;
pub mod token;
