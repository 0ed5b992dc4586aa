//! The pages, driven in a real browser: Debian's Chromium, on a registry of each test's own.
//! `cargo xtask test browser` runs them, `cargo xtask shots` takes the pictures.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

mod chromium;
mod days;
mod harness;
mod keyboard;
mod ledgers;
mod people;
mod registering;
mod shots;
mod sign_in;
#[allow(dead_code, unused_imports, reason = "the tests of the API use the rest")]
#[path = "../it/support/mod.rs"]
mod support;
