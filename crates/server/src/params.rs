//! Query parameters: each endpoint takes some groups of them and no others.

use crate::app::App;
use crate::json::escaped;
use crate::problem::Failure;
use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use shortboard_domain::access::LONGEST_NAME;
use shortboard_domain::code::GroupCode;
use shortboard_domain::codelist::CodeLists;
use shortboard_domain::fault::{Fault, Why};
use shortboard_domain::input::{self, Faults};
use shortboard_domain::money::Money;
use shortboard_domain::text;
use shortboard_store::Store;
use shortboard_store::project::{Cursor, ListFilter, Sort, When};
use std::str::FromStr;
use utoipa::IntoParams;

/// The most rows a page has.
const MOST_ROWS: u64 = 200;

/// The most values a comma list has.
const MOST_VALUES: usize = 50;

/// The longest search.
const LONGEST_SEARCH: usize = 200;

/// What stands for nothing where a code is asked for.
pub const NONE: &str = "none";

/// A set of parameters: its names, and how it reads from a query.
pub trait Parameters: Sized {
    /// The names it takes.
    fn names() -> &'static [String];

    /// Reads what it takes and leaves the rest.
    ///
    /// # Errors
    /// [`Failure::Invalid`]
    fn read(query: &str) -> Result<Self, Failure>;
}

/// The parameters of a request; a name that the endpoint does not take is an error.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: Parameters> Query<T> {
    /// The parameters in an address.
    ///
    /// # Errors
    /// [`Failure::Invalid`]
    pub fn of(uri: &Uri) -> Result<Self, Failure> {
        let query = uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
            .map_err(|error| Failure::invalid("", Why::Malformed { detail: error.to_string() }))?;
        let names = T::names();
        let mut faults = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        for (name, _) in &pairs {
            let pointer = format!("/{}", escaped(name));
            if !names.contains(name) {
                faults.push(Fault::new(pointer, Why::UnknownField));
            } else if seen.contains(&name.as_str()) {
                faults.push(Fault::new(pointer, Why::Repeated { given: name.clone() }));
            } else {
                seen.push(name);
            }
        }
        if faults.is_empty() { T::read(query).map(Self) } else { Err(Failure::Invalid(faults)) }
    }
}

impl<T: Parameters> FromRequestParts<App> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        Self::of(&parts.uri)
    }
}

/// The parameters of what takes none.
#[derive(Debug, Clone, Copy)]
pub struct NoParams;

impl Parameters for NoParams {
    fn names() -> &'static [String] {
        &[]
    }

    fn read(_: &str) -> Result<Self, Failure> {
        Ok(Self)
    }
}

/// The names of one group.
pub fn names_of<T: IntoParams>() -> Vec<String> {
    T::into_params(|| None).into_iter().map(|parameter| parameter.name).collect()
}

/// One group out of a query.
///
/// # Errors
/// [`Failure::Invalid`]
pub fn read_group<T: DeserializeOwned>(query: &str) -> Result<T, Failure> {
    serde_urlencoded::from_str(query)
        .map_err(|error| Failure::invalid("", Why::Malformed { detail: error.to_string() }))
}

/// Declares the parameters of an endpoint as groups.
macro_rules! parameters {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $group:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $($(#[$fdoc])* pub $field: $group,)*
        }

        impl $crate::params::Parameters for $name {
            fn names() -> &'static [String] {
                // Each request asks; they are taken from the documentation once.
                static NAMES: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
                NAMES.get_or_init(|| {
                    let mut names = Vec::new();
                    $(names.extend($crate::params::names_of::<$group>());)*
                    names
                })
            }

            fn read(query: &str) -> Result<Self, $crate::problem::Failure> {
                Ok(Self { $($field: $crate::params::read_group(query)?,)* })
            }
        }
    };
}
pub(crate) use parameters;

/// The list's filters. Comma lists take codes; codes may be written as names or aliases.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct FilterParams {
    /// Stages, a comma list.
    pub stage: Option<String>,
    /// States of the filing, a comma list.
    pub filing: Option<String>,
    /// Task areas, a comma list.
    pub area: Option<String>,
    /// Regions where projects count, a comma list.
    pub region: Option<String>,
    /// Owning groups, a comma list; `none` for those that belong to none.
    pub group: Option<String>,
    /// Departments, any of which is named, a comma list.
    pub department: Option<String>,
    /// Channels, any of which is a source, a comma list.
    pub channel: Option<String>,
    /// Lights of the monthly progress (`green`, `yellow`, `red`), a comma list.
    pub light: Option<String>,
    /// Words in name, owner unit, code or registry number; at most 200 characters.
    pub q: Option<String>,
    /// Least total investment, yuan.
    pub min_investment: Option<String>,
    /// Most total investment, yuan.
    pub max_investment: Option<String>,
    /// Years in which building began or is planned to, a comma list.
    pub start_year: Option<String>,
    /// Names of the accounts that registered them, a comma list.
    pub author: Option<String>,
    /// The day on which they stood, accepted, at the same stage already, `YYYY-MM-DD`.
    pub stayed_since: Option<String>,
    /// What waits to be done about them, any of a comma list: `funding`, `gap`, `excess`, `facts`,
    /// `confirmation`, `overdue` or `stuck`, on the day of `as_of`, today by default.
    pub need: Option<String>,
}

impl FilterParams {
    /// The filter.
    pub fn build(&self, lists: &CodeLists, faults: &mut Faults) -> ListFilter {
        let f = faults;
        let groups: Vec<Option<GroupCode>> = codes(f, "/group", &self.group, |code| match code {
            NONE => Ok(None),
            code => lists.group(code).map(Some),
        });
        let no_group = groups.contains(&None);
        ListFilter {
            stage: words(f, "/stage", &self.stage),
            filing: words(f, "/filing", &self.filing),
            area: codes(f, "/area", &self.area, |code| lists.area(code)),
            region: codes(f, "/region", &self.region, |code| lists.region(code)),
            group: groups.into_iter().flatten().collect(),
            no_group,
            department: codes(f, "/department", &self.department, |code| lists.department(code)),
            channel: codes(f, "/channel", &self.channel, |code| lists.channel(code)),
            light: codes(f, "/light", &self.light, light),
            q: self
                .q
                .as_deref()
                .filter(|q| !q.trim().is_empty())
                .and_then(|q| f.take("/q", text::clean(q, LONGEST_SEARCH))),
            min_investment: value(f, "/min_investment", &self.min_investment, Money::from_str),
            max_investment: value(f, "/max_investment", &self.max_investment, Money::from_str),
            start_year: codes(f, "/start_year", &self.start_year, |year| {
                year.parse().ok().filter(|y| (1900..=2199).contains(y)).ok_or(Why::YearOutOfRange)
            }),
            author: codes(f, "/author", &self.author, |name| text::clean(name, LONGEST_NAME)),
            stayed_since: value(f, "/stayed_since", &self.stayed_since, input::day),
            need: words(f, "/need", &self.need),
        }
    }
}

/// Which time is asked about.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct WhenParams {
    /// As the projects stood on that day, `YYYY-MM-DD`.
    pub as_of: Option<String>,
    /// As they were recorded by that time (RFC 3339), or by the end of that day.
    pub known_at: Option<String>,
}

impl WhenParams {
    /// The time asked about.
    pub fn build(&self, store: &Store, faults: &mut Faults) -> When {
        When {
            as_of: value(faults, "/as_of", &self.as_of, input::day),
            known_at: value(faults, "/known_at", &self.known_at, |text| match input::day(text) {
                Ok(day) => Ok(store.end_of_day(day)),
                Err(_) => text.parse().map_err(|_| Why::NotATime),
            }),
        }
    }
}

/// The order of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SortParams {
    /// `-total_investment` (default), `total_investment`, `name`, `updated_at`, `-updated_at` or
    /// `registry_number`. Blank values come last in either direction.
    pub sort: Option<String>,
}

impl SortParams {
    /// The order.
    pub fn sort(&self, faults: &mut Faults) -> Sort {
        let sort = value(faults, "/sort", &self.sort, |word| {
            let known = Sort::ALL.into_iter().find(|sort| sort.as_str() == word);
            known.ok_or_else(|| Why::UnknownCode {
                list: "sort",
                given: word.chars().take(60).collect(),
                nearest: Sort::ALL.iter().map(|sort| sort.as_str().to_owned()).collect(),
            })
        });
        sort.unwrap_or_default()
    }
}

/// Whether a list is counted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct CountParams {
    /// `true` adds the number of all rows, up to 10,000.
    pub count: Option<String>,
}

impl CountParams {
    /// Whether rows are counted.
    pub fn count(&self, faults: &mut Faults) -> bool {
        flag(faults, "/count", &self.count)
    }
}

/// A page of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Rows a page, 1–200; 50 by default.
    pub limit: Option<String>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

impl PageParams {
    /// How many rows.
    pub fn limit(&self, faults: &mut Faults) -> u64 {
        let limit = value(faults, "/limit", &self.limit, |text| {
            let range = 1..=MOST_ROWS;
            text.parse()
                .ok()
                .filter(|n| range.contains(n))
                .ok_or(Why::NotInRange { least: 1, most: MOST_ROWS })
        });
        limit.unwrap_or(50)
    }

    /// From where on, in a list of projects.
    pub fn cursor(&self, sort: Sort, faults: &mut Faults) -> Option<Cursor> {
        value(faults, "/cursor", &self.cursor, |text| {
            Cursor::decode(text, sort).ok_or(Why::NotACursor)
        })
    }
}

/// A yes or no.
pub fn flag(faults: &mut Faults, at: &str, given: &Option<String>) -> bool {
    let read = |text: &str| match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Why::WrongType { expected: "boolean" }),
    };
    value(faults, at, given, read).unwrap_or(false)
}

/// One value.
pub fn value<T>(
    faults: &mut Faults,
    at: &str,
    given: &Option<String>,
    read: impl FnOnce(&str) -> Result<T, Why>,
) -> Option<T> {
    let text = given.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
    faults.take(at, read(text))
}

fn words<T: FromStr<Err = Why>>(faults: &mut Faults, at: &str, given: &Option<String>) -> Vec<T> {
    codes(faults, at, given, T::from_str)
}

/// The values of a comma list; blank is none.
fn codes<T>(
    faults: &mut Faults,
    at: &str,
    given: &Option<String>,
    read: impl Fn(&str) -> Result<T, Why>,
) -> Vec<T> {
    let texts: Vec<&str> = given
        .iter()
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .collect();
    if texts.len() > MOST_VALUES {
        faults.add(at, Why::TooMany { max: MOST_VALUES });
        return Vec::new();
    }
    texts.into_iter().filter_map(|text| faults.take(at, read(text))).collect()
}

fn light(word: &str) -> Result<String, Why> {
    const LIGHTS: [&str; 3] = ["green", "yellow", "red"];
    if LIGHTS.contains(&word) {
        return Ok(word.to_owned());
    }
    Err(Why::UnknownCode {
        list: "lights",
        given: word.chars().take(60).collect(),
        nearest: LIGHTS.map(str::to_owned).to_vec(),
    })
}
