//! Passages: how a project stands on one day against another, as the one number that steps keep.

use super::changes::ChangeKind;
use crate::error::StoreError;
use serde::{Deserialize, Serialize};
use shortboard_domain::stage::Stage;

/// It was not in the library before.
pub(crate) const ENTERED: i16 = 1;
/// It is not in the library any more.
pub(crate) const LEFT: i16 = 2;
/// It stands at another stage.
pub(crate) const MOVED: i16 = 4;
/// Its money differs.
pub(crate) const REFUNDED: i16 = 8;

/// By how much a stage before counts, and a stage after.
const BEFORE: i16 = 16;
const AFTER: i16 = 256;

/// How a project stands on one day against another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Passage {
    /// Its stage on the first day; blank while it was not accepted.
    pub before: Option<Stage>,
    /// Its stage on the second day; blank while it is not accepted.
    pub after: Option<Stage>,
    /// Whether its money differs, of a project that is in the library on both days.
    pub refunded: bool,
}

impl Passage {
    /// Every passage there may be.
    pub fn all() -> impl Iterator<Item = Self> {
        let places = || Stage::ALL.iter().copied().map(Some).chain([None]);
        let pairs = places().flat_map(move |before| places().map(move |after| (before, after)));
        let all = pairs.flat_map(|(before, after)| {
            [false, true].map(|refunded| Self { before, after, refunded })
        });
        all.filter(|passage| !passage.refunded || passage.stays())
    }

    /// The kinds of change that it is; none where the library does not differ.
    pub fn kinds(self) -> Vec<ChangeKind> {
        let all = [
            (ENTERED, ChangeKind::Entered),
            (LEFT, ChangeKind::Left),
            (MOVED, ChangeKind::Moved),
            (REFUNDED, ChangeKind::Refunded),
        ];
        let bits = self.bits();
        all.into_iter().filter(|(bit, _)| bits & bit != 0).map(|(_, kind)| kind).collect()
    }

    /// Whether it is in the library on both days.
    fn stays(self) -> bool {
        is_in_library(self.before) && is_in_library(self.after)
    }

    fn bits(self) -> i16 {
        match (is_in_library(self.before), is_in_library(self.after)) {
            (false, false) => 0,
            (false, true) => ENTERED,
            (true, false) => LEFT,
            (true, true) => {
                let moved = if self.before == self.after { 0 } else { MOVED };
                moved + if self.refunded { REFUNDED } else { 0 }
            }
        }
    }

    /// The number, as `project_step` has it.
    pub(crate) fn number(self) -> i16 {
        match self.bits() {
            0 => 0,
            bits => bits + BEFORE * place(self.before) + AFTER * place(self.after),
        }
    }

    /// Reads back what [`Passage::number`] wrote of a passage that is a change.
    pub(crate) fn of(number: i16) -> Result<Self, StoreError> {
        let stage = |place: i16| Some(*Stage::ALL.get(usize::try_from(place).ok()? - 1)?);
        let at = |unit: i16| Some(number / unit % 16).filter(|place| *place > 0).and_then(stage);
        let passage =
            Self { before: at(BEFORE), after: at(AFTER), refunded: number & REFUNDED != 0 };
        match number == passage.number() {
            true => Ok(passage),
            false => Err(StoreError::inconsistent("project_step.passage", number)),
        }
    }
}

/// Whether a stage is one of the library's: that of an accepted project that is not cancelled.
pub(crate) fn is_in_library(stage: Option<Stage>) -> bool {
    stage.is_some_and(|stage| stage != Stage::Cancelled)
}

fn place(stage: Option<Stage>) -> i16 {
    let found = stage.and_then(|stage| Stage::ALL.iter().position(|other| *other == stage));
    found.and_then(|at| i16::try_from(at + 1).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_number_tells_its_passage_again() {
        let mut numbers = BTreeSet::new();
        for passage in Passage::all().filter(|passage| passage.bits() != 0) {
            assert_eq!(Passage::of(passage.number()).unwrap(), passage);
            assert!(numbers.insert(passage.number()), "{passage:?}");
        }
        // Seven stages of the library, each to each and with other money; in and out by any, from
        // where it was not accepted and from where it was cancelled.
        assert_eq!(numbers.len(), 7 * 7 * 2 - 7 + 2 * 7 * 2);
    }

    #[test]
    fn a_number_that_no_passage_has_is_refused() {
        for number in [1, ENTERED + BEFORE, MOVED + BEFORE * 2 + AFTER * 2, i16::MAX, -1] {
            assert!(Passage::of(number).is_err(), "{number}");
        }
    }
}
