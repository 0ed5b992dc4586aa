//! What is looked up before a list of current projects is made: the few that a search or a need
//! leads to, so that the list need not go by all the others.

use super::need::Asked;
use super::search::{Search, few_of, numbers};
use super::source::Source;
use super::{ListFilter, When};
use crate::error::StoreError;
use sea_orm::sea_query::SelectStatement;

/// What was found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// By the search.
    pub search: Option<Search>,
    /// By the needs, where they lead to few.
    pub waiting: Option<Box<SelectStatement>>,
}

impl Found {
    /// Exactly these; a query for their numbers, in a column `number`.
    pub fn few(numbers: SelectStatement) -> Self {
        Self { search: Some(Search::Few(Box::new(numbers))), ..Self::default() }
    }
}

impl crate::Store {
    /// The rows that a read starts from, of this time.
    pub(crate) fn source(&self, when: When) -> Source<'static> {
        Source::of(self.backend(), when, self.today())
    }

    /// What a filter finds; nothing of another time than now, of which no index is kept.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub(crate) async fn found(&self, filter: &ListFilter, when: When) -> Result<Found, StoreError> {
        let search = self.search(filter.q.as_deref(), when).await?;
        // Among the few of a search, the needs of each are soon looked up.
        let is_narrow = matches!(search, Some(Search::Nothing | Search::Few(_)));
        let asked = Asked::of(&filter.need, self.today(), None);
        let waiting = match asked.filter(|_| when.is_now() && !is_narrow) {
            Some(asked) => self.few_waiting(&asked).await?,
            None => None,
        };
        Ok(Found { search, waiting })
    }

    async fn few_waiting(&self, asked: &Asked) -> Result<Option<Box<SelectStatement>>, StoreError> {
        let few = few_of(self.number_of_projects().await?);
        let limit = u64::try_from(few).unwrap_or_default() + 1;
        let (found, ids) = self.gather(asked.found(limit)).await?;
        // A project may have several of the needs, and is listed once.
        let once = || numbers(self.backend(), &ids).distinct().to_owned();
        Ok((found <= few).then(|| Box::new(once())))
    }
}
