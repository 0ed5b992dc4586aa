//! Projects over HTTP: one file a resource.

pub mod board;
pub mod changes;
pub mod filing;
pub mod funding;
pub mod funding_bulk;
pub mod history;
pub mod list;
pub mod matter;
pub mod one;
pub mod passages;
pub mod similar;
pub mod stage;
pub mod summary;
mod write;
