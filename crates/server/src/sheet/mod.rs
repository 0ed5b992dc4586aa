//! Lists as files: workbooks, comma-separated values, JSON. One place for the API, the page of the
//! list and the command line.

pub mod api;
mod book;
pub mod card;
pub mod columns;
pub mod file;
mod frame;
pub mod listing;
mod style;
mod text;
mod words;
pub mod writer;
