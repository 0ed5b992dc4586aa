//! The days a board is asked for: as people pick them, with what is wrong beside the field.

use super::super::form::Form;
use super::super::visit::{self, Visit};
use crate::app::App;
use jiff::ToSpan;
use jiff::civil::Date;
use shortboard_domain::fault::Why;
use shortboard_domain::input;
use shortboard_store::project::When;

/// A day that a form asks for.
#[derive(Debug, Clone)]
pub struct DayField {
    /// The name of the parameter.
    pub name: &'static str,
    /// As it was typed.
    pub typed: String,
    /// What is wrong with it.
    pub fault: Option<String>,
    /// Days that are often asked for.
    pub quick: Vec<Quick>,
}

/// A day that is often asked for.
#[derive(Debug, Clone)]
pub struct Quick {
    /// Its words.
    pub label: &'static str,
    /// The page with it.
    pub href: String,
    /// Whether it is this page's.
    pub is_here: bool,
}

/// The days of a board.
#[derive(Debug, Clone)]
pub struct Days {
    /// The day of the board.
    pub day: Date,
    /// Today.
    pub today: Date,
    /// The earlier day it is compared with.
    pub since: Option<Date>,
    /// The fields.
    pub fields: [DayField; 2],
}

impl Days {
    /// The days that a query of the board asks for.
    pub fn of_board(app: &App, visit: &Visit) -> Self {
        let mut days = Self::read(app, visit, ["since", "as_of"], false);
        days.fields.reverse();
        days
    }

    /// The days that a query of the comparison asks for: the earlier one is required.
    pub fn of_changes(app: &App, visit: &Visit) -> Self {
        Self::read(app, visit, ["from", "to"], true)
    }

    fn read(app: &App, visit: &Visit, names: [&'static str; 2], is_required: bool) -> Self {
        let today = app.store.today();
        let [earlier, later] = names;
        let given = |name: &str| visit.query.given(name).map(input::day).transpose();
        let past = |day: Option<Date>| match day.filter(|day| *day > today) {
            Some(_) => Err(Why::InTheFuture),
            None => Ok(day),
        };
        let later_day = given(later).and_then(past);
        let day = later_day.clone().ok().flatten().unwrap_or(today);
        let earlier_day = given(earlier).and_then(past).and_then(|since| match since {
            Some(since) if since > day => Err(Why::TooLate { latest: day.to_string() }),
            None if is_required => Err(Why::Required),
            since => Ok(since),
        });
        let field = |name: &'static str, read: &Result<Option<Date>, Why>, of: Date| DayField {
            name,
            typed: visit.query.get(name).to_owned(),
            fault: read.as_ref().err().map(|why| why.message(visit.lang)),
            quick: quick(visit, name, of, read.as_ref().ok().and_then(|day| *day)),
        };
        let mut fields = [field(earlier, &earlier_day, day), field(later, &later_day, today)];
        if fields[1].typed.is_empty() {
            fields[1].typed = day.to_string();
            fields[1].quick = quick(visit, later, today, Some(day));
        }
        Self { day, today, since: earlier_day.ok().flatten(), fields }
    }

    /// What is wrong, with the fields.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let fault = |field: &DayField| Some((field.name, field.fault.clone()?));
        self.fields.iter().filter_map(fault).collect()
    }

    /// The time of the board: now, where it is today's.
    pub fn when(&self) -> When {
        When { as_of: (self.day != self.today).then_some(self.day), known_at: None }
    }

    /// The address of a list of projects, as they stood on the board's day.
    pub fn projects(&self, filter: &[(&str, &str)]) -> String {
        let mut pairs: Vec<(String, String)> = filter.iter().map(owned).collect();
        if let Some(day) = self.when().as_of {
            pairs.push(("as_of".into(), day.to_string()));
        }
        visit::address("/projects", &Form(pairs))
    }

    /// The address of a project, as it stood on the board's day.
    pub fn project(&self, id: i64) -> String {
        match self.when().as_of {
            None => format!("/projects/{id}"),
            Some(day) => format!("/projects/{id}?as_of={day}"),
        }
    }
}

fn owned((name, value): &(&str, &str)) -> (String, String) {
    ((*name).to_owned(), (*value).to_owned())
}

/// The days that are often asked for, seen from one.
fn quick(visit: &Visit, name: &'static str, from: Date, here: Option<Date>) -> Vec<Quick> {
    let t = visit.texts();
    let quarter = from.first_of_month().with().month((from.month() - 1) / 3 * 3 + 1).build();
    let mut days = vec![
        (t.board_month_begin(), from.first_of_month()),
        (t.board_quarter_begin(), quarter.unwrap_or(from)),
        (t.board_year_begin(), from.first_of_year()),
        (t.board_year_ago(), from.saturating_sub(1.year())),
    ];
    if matches!(name, "as_of" | "to") {
        days.insert(0, (t.today(), from));
    }
    let link = |(label, day): (&'static str, Date)| {
        let mut query = visit.query.without(&[name, "done", "cursor"]);
        query.0.push((name.into(), day.to_string()));
        Quick { label, href: visit::address(&visit.path, &query), is_here: here == Some(day) }
    };
    days.into_iter().map(link).collect()
}
