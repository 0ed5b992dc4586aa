//! What the tests share: a registry of their own, callers, and a way to the rows behind its back.

mod caller;
mod database;
pub mod import;
mod registry;
pub mod sample;
mod visitor;

pub use caller::{Answer, Caller};
pub use registry::{Output, Registry, program};
pub use visitor::{Shown, Visitor};
