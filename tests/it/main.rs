//! The program driven from outside: over HTTP and on its command line, on the database named by
//! `SHORTBOARD_TEST_DATABASE` (`sqlite`, or the address of a PostgreSQL cluster to make databases
//! in).

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

mod access;
mod accounts;
mod another_city;
mod backup;
mod bad_input;
mod bad_requests;
mod briefing;
mod changes;
mod checks;
mod command_line;
mod concurrency;
mod exports;
mod filing_stage;
mod funding;
mod history;
mod idempotency;
mod imports;
mod imports_ledgers;
mod imports_rights;
mod kept;
mod labels;
mod ledger_files;
mod lists;
mod needs;
mod pages_accounts;
mod pages_board;
mod pages_board_asked;
mod pages_funding;
mod pages_imports;
mod pages_list;
mod pages_notice;
mod pages_project;
mod pages_sign_in;
mod plans;
mod readme;
mod releases;
mod reports;
mod round_trip;
mod scope;
mod search;
mod seeds;
mod service;
mod similar;
mod stages;
mod steps;
mod summaries;
mod support;
mod time_axes;
mod tour;
mod trail;
