//! Which projects the funding desk shows: the filters of the list, and the bar to set them.

use crate::app::App;
use crate::page::form::Form;
use crate::page::list::filters::{Choice, choice};
use crate::page::texts::Texts;
use crate::params::{FilterParams, PageParams, SortParams, read_group};
use jiff::civil::Date;
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::fault::Fault;
use shortboard_domain::input::Faults;
use shortboard_domain::need::Need;
use shortboard_domain::stage::Stage;
use shortboard_store::project::{ListFilter, ListQuery};

/// How many projects a page of the table has.
const ROWS: &str = "50";

/// What of an address is about the moment and no filter.
pub const PASSING: [&str; 5] = ["done", "edit", "cursor", "token", "limit"];

/// The filter bar.
#[derive(Debug, Clone)]
pub struct Bar {
    /// The words searched for.
    pub q: String,
    /// The selects.
    pub selects: Vec<Choice>,
}

impl Bar {
    /// The bar as a plain query sets it.
    pub fn of(query: &Form, lists: &CodeLists, day: Date, t: Texts) -> Self {
        let word = |code: &str, label: &str| (code.to_owned(), label.to_owned());
        let coded = |name, label, list| {
            let entries = lists.entries_on(list, day);
            let options = entries.map(|entry| word(&entry.code, entry.label.get(t.0)));
            choice(query, t, name, label, options.collect())
        };
        let needs = [Need::Funding, Need::Gap, Need::Excess];
        let needs = needs.iter().map(|need| word(need.as_str(), need.label(t.0)));
        let stages = Stage::ALL.iter().map(|stage| word(stage.as_str(), stage.label(t.0)));
        let selects = vec![
            choice(query, t, "need", t.funding_need(), needs.collect()),
            choice(query, t, "stage", t.funding_stage(), stages.collect()),
            coded("channel", t.funding_channel(), ListName::Channels),
            coded("area", t.funding_area(), ListName::Areas),
            coded("region", t.funding_region(), ListName::Regions),
            coded("group", t.funding_group(), ListName::Groups),
            coded("department", t.funding_department(), ListName::Departments),
        ];
        Self { q: query.get("q").to_owned(), selects }
    }
}

/// All values of a name as one comma list.
fn joined(query: &Form, name: &str) -> String {
    query.all(name).collect::<Vec<_>>().join(",")
}

/// The query with each name once and nothing blank, without what is passing.
pub fn plain(query: &Form) -> Form {
    let mut plain: Vec<(String, String)> = Vec::new();
    for (name, _) in &query.without(&PASSING).0 {
        if plain.iter().any(|(of, _)| of == name) {
            continue;
        }
        let value = joined(query, name);
        if !value.is_empty() {
            plain.push((name.clone(), value));
        }
    }
    Form(plain)
}

/// The filters of a query.
///
/// # Errors
/// What cannot be read, at the parameter's name.
pub fn params(query: &Form) -> Result<FilterParams, Vec<Fault>> {
    let text = serde_urlencoded::to_string(&plain(query).0).unwrap_or_default();
    read_group(&text).map_err(|failure| failure.faults())
}

/// The filter of a query.
///
/// # Errors
/// As [`params`].
pub fn filter(app: &App, query: &Form) -> Result<ListFilter, Vec<Fault>> {
    let mut faults = Faults::default();
    let filter = params(query)?.build(&app.store.lists(), &mut faults);
    faults.finish(filter)
}

/// The question of a query: a page of the list, with the number of all.
///
/// # Errors
/// As [`params`].
pub fn question(app: &App, query: &Form) -> Result<ListQuery, Vec<Fault>> {
    let given = |name: &str| query.given(name).map(str::to_owned);
    let mut faults = Faults::default();
    let page = PageParams { limit: Some(ROWS.into()), cursor: given("cursor") };
    let sort = SortParams { sort: given("sort") }.sort(&mut faults);
    let question = ListQuery {
        filter: params(query)?.build(&app.store.lists(), &mut faults),
        sort,
        cursor: page.cursor(sort, &mut faults),
        limit: page.limit(&mut faults),
        count: true,
        ..ListQuery::default()
    };
    faults.finish(question)
}

/// Whether a query names a filter at all.
pub fn filters(query: &Form) -> bool {
    let names = crate::params::names_of::<FilterParams>();
    query.0.iter().any(|(name, value)| names.contains(name) && !value.trim().is_empty())
}
