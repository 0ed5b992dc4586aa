//! The registry's nouns and rules: pure, so that every rule can be read and tested by itself.
//!
//! Nothing here does IO, asks the clock, knows a database or HTTP, or names a city: time and
//! identity are arguments, and what differs from city to city comes with [`codelist::CodeLists`].

pub mod access;
pub mod body;
pub mod card;
pub mod change;
pub mod code;
pub mod codelist;
pub mod credit_code;
pub mod decision;
pub mod document;
pub mod facts;
pub mod fault;
pub mod filing;
pub mod funding;
pub mod history;
pub mod import;
pub mod industry;
pub mod input;
pub mod lang;
pub mod matter;
pub mod money;
pub mod name;
pub mod need;
pub mod period;
pub mod pinyin;
pub mod project;
pub mod project_code;
pub mod requirement;
pub mod similar;
pub mod stage;
pub mod target;
pub mod text;
pub mod warning;
pub mod word;
pub mod written;
