//! The filter bar of the list: what may be chosen, and what is.

use crate::page::form::Form;
use crate::page::show;
use crate::page::texts::Texts;
use crate::params::NONE;
use jiff::civil::Date;
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::filing::Filing;
use shortboard_domain::money::Money;
use shortboard_domain::stage::Stage;

/// A choice among codes.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The parameter.
    pub name: &'static str,
    /// What people read for it.
    pub label: &'static str,
    /// What may be chosen: code, words, and whether it is chosen.
    pub options: Vec<(String, String, bool)>,
}

/// The filter bar.
#[derive(Debug, Clone)]
pub struct Filters {
    /// The words searched for.
    pub q: String,
    /// What is always shown.
    pub first: Vec<Choice>,
    /// What is shown on demand.
    pub more: Vec<Choice>,
    /// The department, and all there are.
    pub department: String,
    pub departments: Vec<String>,
    /// Least and most total investment, 万元.
    pub min_wan: String,
    pub max_wan: String,
    /// The years of the start.
    pub start_year: String,
    /// The day since which their stage has not changed.
    pub stayed_since: String,
    /// The day asked about.
    pub as_of: String,
    /// Who registered it.
    pub author: String,
    /// Whether what is shown on demand filters.
    pub is_open: bool,
    /// The rest of the query, which the form must not lose.
    pub kept: Vec<(String, String)>,
}

impl Filters {
    /// The filter bar of a query.
    pub fn of(query: &Form, lists: &CodeLists, day: Date, t: Texts) -> Self {
        let coded = |name, label, list, none: Option<&str>| {
            let entries = lists.entries_on(list, day);
            let options =
                entries.map(|entry| (entry.code.clone(), entry.label.get(t.0).to_owned()));
            let none = none.map(|words| (NONE.to_owned(), words.to_owned()));
            choice(query, t, name, label, options.chain(none).collect())
        };
        let word = |code: &str, label: &str| (code.to_owned(), label.to_owned());
        let stages = Stage::ALL.iter().map(|stage| word(stage.as_str(), stage.label(t.0)));
        let filings = Filing::ALL.iter().map(|filing| word(filing.as_str(), filing.label(t.0)));
        let wan = |name| match query.get(name).parse::<Money>() {
            Ok(amount) => show::wan_plain(amount.fen().into()),
            Err(_) => query.get(name).to_owned(),
        };
        let names = lists.entries_on(ListName::Departments, day);
        let department = query.get("department");
        let more = ["filing", "group", "channel", "department", "min_investment", "max_investment"];
        let more =
            more.into_iter().chain(["start_year", "stayed_since", "as_of", "author", "need"]);
        Self {
            q: query.get("q").to_owned(),
            first: vec![
                choice(query, t, "stage", t.column_stage(), stages.collect()),
                coded("area", t.column_area(), ListName::Areas, None),
                coded("region", t.column_region(), ListName::Regions, None),
            ],
            more: vec![
                choice(query, t, "filing", t.column_filing(), filings.collect()),
                coded("group", t.column_group(), ListName::Groups, Some(t.board_no_group())),
                coded("channel", t.column_channels(), ListName::Channels, None),
            ],
            department: match lists.entry_on(ListName::Departments, department, day) {
                Some(entry) => entry.label.zh.clone(),
                None => department.to_owned(),
            },
            departments: names.map(|entry| entry.label.zh.clone()).collect(),
            min_wan: wan("min_investment"),
            max_wan: wan("max_investment"),
            start_year: query.get("start_year").to_owned(),
            stayed_since: query.get("stayed_since").to_owned(),
            as_of: query.get("as_of").to_owned(),
            author: query.get("author").to_owned(),
            is_open: more.into_iter().any(|name| query.given(name).is_some()),
            kept: query.0.iter().filter(|(name, _)| name == "sort").cloned().collect(),
        }
    }
}

/// A choice; several codes that are asked for together stay together.
pub fn choice(
    query: &Form,
    t: Texts,
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
) -> Choice {
    let given = query.get(name);
    let mut options: Vec<(String, String, bool)> = options
        .into_iter()
        .map(|(code, words)| {
            let is_chosen = code == given;
            (code, words, is_chosen)
        })
        .collect();
    if !given.is_empty() && !options.iter().any(|(.., is_chosen)| *is_chosen) {
        let named = given.split(',').map(|code| {
            let known = options.iter().find(|(of, ..)| of == code);
            known.map_or(code, |(_, words, _)| words.as_str()).to_owned()
        });
        let words = show::listed(t, named);
        options.push((given.to_owned(), words, true));
    }
    Choice { name, label, options }
}
