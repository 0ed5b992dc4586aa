//! Code lists, and the document with its areas and targets, over HTTP.

pub mod codelists;
pub mod notice;
