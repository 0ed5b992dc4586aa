//! Decisions about funding sources.

use super::{Conflict, Refusal, fault};
use crate::change::{Act, Proposal};
use crate::fault::Why;
use crate::funding::FundingSource;
use crate::history::History;
use jiff::civil::Date;

/// The most funding sources a project has, so that their sum is always an amount.
const MOST_SOURCES: usize = 200;

impl History {
    /// A funding source is added.
    ///
    /// # Errors
    /// [`Conflict::TooManySources`].
    pub fn add_funding(&self, source: FundingSource, day: Date) -> Result<Proposal, Refusal> {
        let sources = self.current().map_or(0, |project| project.funding.len());
        if sources >= MOST_SOURCES {
            return Err(Conflict::TooManySources.into());
        }
        let id = self.next_funding_id();
        Ok(Proposal { effective_on: day, act: Act::AddFunding { id, source } })
    }

    /// A funding source changes; `None` when nothing differs.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPart`]; a day before the source was there.
    pub fn change_funding(
        &self,
        id: u32,
        source: FundingSource,
        day: Date,
    ) -> Result<Option<Proposal>, Refusal> {
        let current = self.current().ok_or(Refusal::NoSuchPart)?;
        let old = current.funding.iter().find(|funding| funding.id == id);
        let old = old.ok_or(Refusal::NoSuchPart)?;
        self.source_is_there(id, day)?;
        let change = || Proposal {
            effective_on: day,
            act: Act::ChangeFunding { id, source: source.clone() },
        };
        Ok((old.source != source).then(change))
    }

    /// A funding source is removed.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPart`]; a day before the source was there.
    pub fn remove_funding(&self, id: u32, day: Date) -> Result<Proposal, Refusal> {
        let current = self.current().ok_or(Refusal::NoSuchPart)?;
        if !current.funding.iter().any(|funding| funding.id == id) {
            return Err(Refusal::NoSuchPart);
        }
        self.source_is_there(id, day)?;
        Ok(Proposal { effective_on: day, act: Act::RemoveFunding { id } })
    }

    fn source_is_there(&self, id: u32, day: Date) -> Result<(), Refusal> {
        let added = self.changes().iter().find_map(|change| match change.act {
            Act::AddFunding { id: added, .. } if added == id => Some(change.effective_on),
            _ => None,
        });
        match added.filter(|added| day < *added) {
            Some(added) => {
                Err(fault("/effective_on", Why::TooEarly { earliest: added.to_string() }))
            }
            None => Ok(()),
        }
    }
}
