//! Decisions about funding sources.

use super::{Conflict, Refusal, fault};
use crate::change::{Act, Change, Proposal};
use crate::fault::Why;
use crate::funding::FundingSource;
use crate::history::History;
use crate::project::Project;
use jiff::civil::Date;

/// The most funding sources a project has, so that their sum is always an amount.
pub const MOST_SOURCES: usize = 200;

impl History {
    /// Whether there is room for one more funding source.
    ///
    /// # Errors
    /// [`Conflict::TooManySources`].
    pub fn has_room_for_funding(&self) -> Result<(), Refusal> {
        let sources = self.current().map_or(0, |project| project.funding.len());
        if sources >= MOST_SOURCES { Err(Conflict::TooManySources.into()) } else { Ok(()) }
    }

    /// A funding source is added.
    ///
    /// # Errors
    /// [`Conflict::TooManySources`]; a day before the beginning of a placed project.
    pub fn add_funding(&self, source: FundingSource, day: Date) -> Result<Proposal, Refusal> {
        self.has_room_for_funding()?;
        self.base(day)?;
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
        let old = self.source_on(id, day)?;
        let change = || Proposal {
            effective_on: day,
            act: Act::ChangeFunding { id, source: source.clone() },
        };
        Ok((old != source).then(change))
    }

    /// A funding source is removed.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPart`]; a day before the source was there.
    pub fn remove_funding(&self, id: u32, day: Date) -> Result<Proposal, Refusal> {
        self.source_on(id, day)?;
        Ok(Proposal { effective_on: day, act: Act::RemoveFunding { id } })
    }

    /// A source that the project still has, as it stood on a day.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPart`]; a day before the source was there.
    pub fn source_on(&self, id: u32, day: Date) -> Result<FundingSource, Refusal> {
        let find = |project: Project| project.funding.into_iter().find(|f| f.id == id);
        self.current().and_then(find).ok_or(Refusal::NoSuchPart)?;
        let adds = |change: &&Change| change.act.added_funding().contains(&id);
        let added = self.changes().iter().find(adds).map(|change| change.effective_on);
        let too_early = || {
            let earliest = added.map(|day| day.to_string()).unwrap_or_default();
            fault("/effective_on", Why::TooEarly { earliest })
        };
        self.at(day).and_then(find).map(|funding| funding.source).ok_or_else(too_early)
    }
}
