//! What a file lists: which projects, of which time, in which order and columns; and how they are
//! read, a page at a time, so that a long list takes no more memory than a short one.

use super::card::{Card, Further, cards};
use super::columns::Column;
use crate::page::texts::Texts;
use crate::problem::Failure;
use jiff::civil::Date;
use serde_json::value::RawValue;
use shortboard_domain::access::Sight;
use shortboard_domain::codelist::ListName;
use shortboard_domain::stage::Stage;
use shortboard_store::Store;
use shortboard_store::project::{ListFilter, ListQuery, Sort};
use std::cmp::Ordering;
use std::collections::HashMap;

/// How many projects are read at a time.
const AT_A_TIME: u64 = 200;

/// What a file lists.
#[derive(Debug, Clone)]
pub struct Listing {
    /// What the reader of the file sees.
    pub sight: Sight,
    /// Which projects, of which time, in which order.
    pub query: ListQuery,
    /// These alone, whatever the filter says; blank: all that it lets through.
    pub picked: Vec<i64>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The words.
    pub t: Texts,
    /// What a sheet of a workbook is for.
    pub split: Split,
}

/// What a sheet of a workbook is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Split {
    /// The whole list.
    #[default]
    None,
    /// A region.
    Region,
    /// A stage.
    Stage,
}

/// A page of the list.
#[derive(Debug)]
pub struct Page {
    /// The cards as the list gives them: JSON objects with commas between.
    pub text: String,
    /// The cards, with what only the file tells where that is asked for.
    pub cards: Vec<Card>,
}

impl Listing {
    /// The day whose names are shown.
    pub fn day(&self, store: &Store) -> Date {
        self.query.when.as_of.unwrap_or_else(|| store.today())
    }

    /// Its parts, a sheet each: what a sheet is called, and what it lists; in the order of the code
    /// list. Some may turn out to be empty.
    pub fn parts(&self, store: &Store) -> Vec<(String, ListQuery)> {
        let of = |filter: ListFilter| ListQuery { filter, ..self.query.clone() };
        let filter = &self.query.filter;
        match self.split {
            Split::None => vec![(self.t.file_sheet().to_owned(), self.query.clone())],
            Split::Stage => {
                let asked =
                    |stage: &&Stage| filter.stage.is_empty() || filter.stage.contains(stage);
                let part = |stage: &Stage| {
                    let filter = ListFilter { stage: vec![*stage], ..filter.clone() };
                    (stage.label(self.t.0).to_owned(), of(filter))
                };
                Stage::ALL.iter().filter(asked).map(part).collect()
            }
            Split::Region => {
                let lists = store.lists();
                let day = self.day(store);
                let mut parts = Vec::new();
                for entry in lists.entries_on(ListName::Regions, day) {
                    let Ok(code) = lists.region(&entry.code) else { continue };
                    if filter.region.is_empty() || filter.region.contains(&code) {
                        let filter = ListFilter { region: vec![code], ..filter.clone() };
                        parts.push((entry.label.get(self.t.0).to_owned(), of(filter)));
                    }
                }
                parts
            }
        }
    }

    /// Whether a column asks for what cards do not tell.
    pub fn wants_further(&self) -> bool {
        self.columns.iter().any(|column| column.is_further())
    }
}

/// A list, page after page.
#[derive(Debug)]
pub struct Pages {
    store: Store,
    sight: Sight,
    next: Next,
    wants_further: bool,
}

#[derive(Debug)]
enum Next {
    Page(Box<ListQuery>),
    Picked(Vec<i64>, Box<ListQuery>),
    End,
}

impl Pages {
    /// The pages of a listing, or of one of its parts.
    pub fn of(store: &Store, listing: &Listing, query: ListQuery, wants_further: bool) -> Self {
        let query = ListQuery { cursor: None, limit: AT_A_TIME, count: false, ..query };
        let next = if listing.picked.is_empty() {
            Next::Page(Box::new(query))
        } else {
            Next::Picked(listing.picked.clone(), Box::new(query))
        };
        Self { store: store.clone(), sight: listing.sight.clone(), next, wants_further }
    }

    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// What the store says.
    pub async fn next(&mut self) -> Result<Option<Page>, Failure> {
        let (text, when) = match std::mem::replace(&mut self.next, Next::End) {
            Next::End => return Ok(None),
            Next::Picked(ids, query) => {
                let text = self.store.cards_of(&self.sight, &ids, query.when).await?;
                (in_order(&text, query.sort)?, query.when)
            }
            Next::Page(query) => {
                let page = self.store.projects(&self.sight, &query).await?;
                let when = query.when;
                if page.next.is_some() {
                    self.next = Next::Page(Box::new(ListQuery { cursor: page.next, ..*query }));
                }
                (page.cards, when)
            }
        };
        let mut cards = cards(&text)?;
        if self.wants_further {
            let ids: Vec<i64> = cards.iter().map(|card| card.id).collect();
            let seen = self.store.projects_in_full_at(&self.sight, &ids, when).await?;
            let mut further: HashMap<i64, Further> =
                seen.into_iter().map(|seen| (seen.project.id, Further::of(seen.project))).collect();
            for card in &mut cards {
                card.further = further.remove(&card.id).map(Box::new);
            }
        }
        Ok(Some(Page { text, cards }))
    }
}

/// Cards that were picked, in the order of the list.
fn in_order(text: &str, sort: Sort) -> Result<String, Failure> {
    let mut both: Vec<(Card, Box<RawValue>)> = cards(text)?.into_iter().zip(raw(text)?).collect();
    both.sort_by(|(one, _), (other, _)| compare(one, other, sort));
    let texts: Vec<&str> = both.iter().map(|(_, raw)| raw.get()).collect();
    Ok(texts.join(","))
}

/// The JSON texts of cards.
///
/// # Errors
/// [`Failure::Internal`]
pub fn raw(text: &str) -> Result<Vec<Box<RawValue>>, Failure> {
    serde_json::from_str(&format!("[{text}]")).map_err(|error| {
        tracing::error!(%error, "a card is not what it should be");
        Failure::Internal
    })
}

/// As lists are ordered; blank sums come last in either direction.
fn compare(one: &Card, other: &Card, sort: Sort) -> Ordering {
    let sums = (one.total_investment, other.total_investment);
    let largest_first = match sums {
        (Some(one), Some(other)) => other.cmp(&one),
        (one, other) => one.is_none().cmp(&other.is_none()),
    };
    match sort {
        Sort::LargestFirst => largest_first.then(other.id.cmp(&one.id)),
        Sort::SmallestFirst => match sums {
            (Some(_), Some(_)) => largest_first.reverse(),
            _ => largest_first,
        }
        .then(one.id.cmp(&other.id)),
        Sort::Name => one.name.cmp(&other.name).then(one.id.cmp(&other.id)),
        Sort::OldestChange => one.updated_at.cmp(&other.updated_at).then(one.id.cmp(&other.id)),
        Sort::NewestChange => other.updated_at.cmp(&one.updated_at).then(other.id.cmp(&one.id)),
        Sort::RegistryNumber => one.registry_number.cmp(&other.registry_number),
    }
}
