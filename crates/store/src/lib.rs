//! Where the registry is kept: SQLite or PostgreSQL, through sea-orm, which no other crate knows.
//!
//! Reads hang on [`Store`] and take a [`shortboard_domain::access::Sight`]; writes hang on [`Tx`],
//! which takes a [`shortboard_domain::access::Permit`] and records everything in the trail.

pub mod account;
mod backup;
mod check;
pub mod checkpoint;
mod connections;
mod department;
mod error;
mod idempotency;
pub mod import;
pub mod kept_form;
pub mod project;
mod reader;
pub mod reference;
mod row;
mod rows;
pub mod saved_view;
pub mod session;
mod snapshot;
mod store;
mod time;
pub mod trail;
mod tx;
mod verify;
mod version;

pub use check::Checked;
pub use connections::sqlite_path;
pub use ed25519_dalek::{SigningKey, VerifyingKey};
pub use error::StoreError;
pub use idempotency::IdempotencyKey;
pub use reader::{Explained, Heard};
pub use store::{Clock, Setup, SetupLock, Store};
pub use tx::Tx;
pub use verify::{Breach, Verification};
pub use version::DataVersion;
