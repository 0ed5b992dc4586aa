//! A project's history: its recorded changes, and from them how it stood on any day, as known at
//! any time.

use crate::change::{Act, Change};
use crate::project::{Project, Restated};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::HashMap;

/// All recorded changes of one project, in the order they were recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// The registry's number for the project.
    pub id: i64,
    /// The readable number.
    pub registry_number: String,
    changes: Vec<Change>,
}

/// The state of a project from a business day on, until the next segment begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// The first day.
    pub from: Date,
    /// The state.
    pub project: Project,
}

impl History {
    /// A history of recorded changes; the first one registers.
    pub fn new(id: i64, registry_number: impl Into<String>, changes: Vec<Change>) -> Self {
        Self { id, registry_number: registry_number.into(), changes }
    }

    /// The recorded changes.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Adds a recorded change.
    pub fn push(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// The number the next recorded change will have.
    pub fn next_seq(&self) -> u32 {
        self.changes.last().map_or(1, |last| last.seq + 1)
    }

    /// The number the next funding source will have.
    pub fn next_funding_id(&self) -> u32 {
        let added = self.changes.iter().map(|change| change.act.added_funding().end);
        added.max().unwrap_or(0).max(1)
    }

    /// What was recorded by a time.
    pub fn known_at(&self, time: Timestamp) -> Self {
        let known = |change: &&Change| change.recorded_at <= time;
        Self { changes: self.changes.iter().filter(known).cloned().collect(), ..self.clone() }
    }

    /// The first `seq` changes.
    pub fn up_to(&self, seq: u32) -> Self {
        Self { changes: self.first(seq).to_vec(), ..self.clone() }
    }

    /// The project as it stands now; `None` for an empty history or one that is withdrawn.
    pub fn current(&self) -> Option<Project> {
        self.at(Date::MAX)
    }

    /// The project as it stood on a day; `None` before its beginning.
    pub fn at(&self, day: Date) -> Option<Project> {
        self.fold(&self.changes, day, |_, _| {})
    }

    /// The project as it stood on a day by the first `version` changes alone.
    pub fn at_version(&self, day: Date, version: u32) -> Option<Project> {
        self.fold(self.first(version), day, |_, _| {})
    }

    fn first(&self, version: u32) -> &[Change] {
        let known = self.changes.partition_point(|change| change.seq <= version);
        &self.changes[..known]
    }

    /// The states of the project over business time, oldest first; the last one holds until further
    /// notice.
    pub fn timeline(&self) -> Vec<Segment> {
        let mut segments = Vec::new();
        self.fold(&self.changes, Date::MAX, |from, project| {
            segments.push(Segment { from, project: project.clone() });
        });
        segments
    }

    /// Folds the changes that hold from `until` or before into the project, telling `each` the day
    /// from which each of its states held.
    ///
    /// Changes apply in the order of their business days, those of one day as recorded. The
    /// registration applies first, whenever it was recorded: what is known of a project's beginning
    /// holds from its beginning.
    fn fold(
        &self,
        changes: &[Change],
        until: Date,
        mut each: impl FnMut(Date, &Project),
    ) -> Option<Project> {
        if changes.iter().any(|change| change.act == Act::Withdraw) {
            return None;
        }
        let restated = restated(changes);
        let unchanged = Restated::default();
        let of = |seq: u32| restated.get(&seq).unwrap_or(&unchanged);

        let mut dated: Vec<(Date, &Change)> = changes
            .iter()
            .filter(|change| {
                !matches!(change.act, Act::CorrectMove { .. } | Act::ConfirmStage { .. })
            })
            .map(|change| (of(change.seq).on.unwrap_or(change.effective_on), change))
            .collect();
        // A label may have changed long before the project began; that neither begins it
        // nor, coming before the registration, makes a segment.
        let tells = dated.iter().filter(|(_, change)| change.act != Act::Relabel);
        let beginning = tells.map(|(day, _)| *day).min()?;
        for (day, change) in &mut dated {
            if matches!(change.act, Act::Register(_)) {
                *day = beginning;
            }
        }
        // What was filled in before an acceptance is what was accepted: it holds from then at the
        // latest, however late it was typed.
        let accepted: Vec<(u32, Date)> = dated
            .iter()
            .filter(|(_, change)| matches!(change.act, Act::Accept))
            .map(|(day, change)| (change.seq, *day))
            .collect();
        for (day, change) in &mut dated {
            if matches!(change.act, Act::ChangeFacts { .. } | Act::SetMatter { .. }) {
                let later = accepted.iter().filter(|(seq, _)| *seq > change.seq);
                *day = later.map(|(_, on)| *on).fold(*day, Date::min);
            }
        }
        dated.retain(|(day, _)| *day <= until);
        // What was moved to a day together keeps the order of the days it came from.
        dated.sort_by_key(|(day, change)| {
            let began = matches!(change.act, Act::Register(_));
            (*day, !began, of(change.seq).on.unwrap_or(change.effective_on), change.seq)
        });

        let mut state: Option<Project> = None;
        for (at, (day, change)) in dated.iter().enumerate() {
            let rule = of(change.seq);
            match &mut state {
                None => {
                    let first = Change { effective_on: *day, ..(*change).clone() };
                    state = Project::registered(self.id, &self.registry_number, &first, rule);
                }
                Some(project) => project.apply(change, rule),
            }
            let ends_here = dated.get(at + 1).is_none_or(|(next, _)| next > day);
            if let Some(project) = state.as_ref().filter(|_| ends_here) {
                each(*day, project);
            }
        }
        state
    }

    /// The first business day on which a change can make a difference: what holds before it stays
    /// as it was. It is the same whether the change has been added already or not.
    pub fn touches_from(&self, change: &Change) -> Date {
        let (of, on) = match &change.act {
            Act::CorrectMove { of, on, .. } => (*of, Some(*on)),
            Act::ConfirmStage { of, on, .. } => (*of, *on),
            // Nothing of it holds any more, from its beginning on.
            Act::Withdraw => return Date::MIN,
            _ => return change.effective_on,
        };
        // A placing shows from the project's beginning, which other changes may have put earlier.
        let segments = self.up_to(change.seq.saturating_sub(1)).timeline();
        let shows = |segment: &&Segment| segment.project.moves.iter().any(|step| step.id == of);
        let was = segments.iter().find(shows).map_or(change.effective_on, |segment| segment.from);
        on.map_or(was, |on| on.min(was))
    }

    /// The number of the last change that had a say in how the project stood on a day; `None` before
    /// its beginning.
    pub fn version_at(&self, day: Date) -> Option<u32> {
        self.at(day)?;
        let touching = self.touching();
        touching.iter().rev().find(|(_, from)| *from <= day).map(|(seq, _)| *seq)
    }

    /// Of each change, the first business day on which it could make a difference when it was
    /// recorded.
    pub fn touching(&self) -> Vec<(u32, Date)> {
        self.changes
            .iter()
            .map(|change| match change.act {
                Act::Register(_) => (change.seq, Date::MIN),
                _ => (change.seq, self.touches_from(change)),
            })
            .collect()
    }
}

/// Each corrected move as its corrections leave it.
fn restated(changes: &[Change]) -> HashMap<u32, Restated> {
    let mut restated: HashMap<u32, Restated> = HashMap::new();
    for change in changes {
        match &change.act {
            Act::CorrectMove { of, on, to, .. } => {
                let rule = restated.entry(*of).or_default();
                rule.on = Some(*on);
                rule.to = Some(*to);
                rule.confirmed = true;
            }
            Act::ConfirmStage { of, on, basis } => {
                let rule = restated.entry(*of).or_default();
                rule.on = on.or(rule.on);
                rule.basis = basis.clone().or(rule.basis.take());
                rule.confirmed = true;
            }
            _ => {}
        }
    }
    restated
}
