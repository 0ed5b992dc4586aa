//! Whoever writes the briefing: the words, the names of codes, the day, and where figures lead.

use super::amount;
use super::figures::{Figures, library_stages};
use super::paper::{Run, Text};
use super::question::Question;
use crate::page::Texts;
use crate::page::show;
use shortboard_domain::access::Scope;
use shortboard_domain::codelist::{CodeLists, ListName, RegionKind};
use shortboard_domain::lang::Lang;
use shortboard_domain::stage::Stage;

/// Whoever writes the briefing.
#[derive(Clone, Copy)]
pub struct Viewer<'a> {
    /// The words.
    pub t: Texts,
    /// The names of codes.
    pub lists: &'a CodeLists,
    /// What is asked for.
    pub question: &'a Question,
    /// The figures.
    pub figures: &'a Figures,
    /// Of which part of the registry it speaks.
    pub scope: &'a Scope,
    /// Whether lists show whoever reads it more than accepted projects.
    pub sees_drafts: bool,
}

impl Viewer<'_> {
    /// The part of the registry it speaks of: the city, a county, a department, a group. Blank where
    /// the lists have no name for it.
    pub fn place(self) -> String {
        match self.scope {
            Scope::City => {
                let mut regions = self.lists.entries(ListName::Regions);
                let city = regions.find(|entry| entry.details.kind == Some(RegionKind::City));
                city.map(|city| self.name(ListName::Regions, &city.code)).unwrap_or_default()
            }
            Scope::Region(code) => self.name(ListName::Regions, code.as_str()),
            Scope::Department(code) => self.name(ListName::Departments, code.as_str()),
            Scope::Group(code) => self.name(ListName::Groups, code.as_str()),
        }
    }

    /// What people read for a code on the day.
    pub fn name(self, list: ListName, code: &str) -> String {
        show::label(self.lists, list, code, self.question.day, self.t)
    }

    /// What people read for a region in a table: what counts in the city itself is the city's own.
    pub fn region(self, code: &str) -> String {
        let entry = self.lists.entry(ListName::Regions, code);
        match entry.and_then(|entry| entry.details.kind) {
            Some(RegionKind::City) => RegionKind::City.label(self.t.0).to_owned(),
            _ => self.name(ListName::Regions, code),
        }
    }

    /// The list of the library's projects that a filter lets through, on the day.
    pub fn list(self, filter: &[(&str, &str)]) -> String {
        let mut pairs: Vec<(String, String)> =
            filter.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        if !filter.iter().any(|(name, _)| *name == "stage") {
            let stages: Vec<&str> = library_stages().map(Stage::as_str).collect();
            pairs.push(("stage".into(), stages.join(",")));
        }
        if self.sees_drafts {
            pairs.push(("filing".into(), "accepted".into()));
        }
        if let Some(day) = self.question.when().as_of {
            pairs.push(("as_of".into(), day.to_string()));
        }
        format!("/projects?{}", serde_urlencoded::to_string(&pairs).unwrap_or_default())
    }

    /// A project, as it stood on the day.
    pub fn project(self, id: i64) -> String {
        match self.question.when().as_of {
            None => format!("/projects/{id}"),
            Some(day) => format!("/projects/{id}?as_of={day}"),
        }
    }

    /// A number of projects, which leads to the list of them; blank for no list.
    pub fn n(self, count: i64, href: String) -> Text {
        let pattern = if count == 1 { self.t.brief_count_one() } else { self.t.brief_count() };
        let text = Text::fill(pattern, &[("count", show::count(count).into())]).plain();
        Text(vec![Run { text, href }])
    }

    /// A number of projects where the sentence says that it is one: 12个, 12.
    pub fn bare(self, count: i64) -> Text {
        match self.t.0 {
            Lang::Zh => self.n(count, String::new()),
            Lang::En => show::count(count).into(),
        }
    }

    /// An amount.
    pub fn money(self, fen: i128) -> Text {
        amount::amount(fen, self.t).into()
    }

    /// Texts in a row.
    pub fn listed(self, texts: impl IntoIterator<Item = Text>) -> Text {
        Text::join(texts, self.t.pick("、", ", "))
    }
}
