//! A project as it stands at one point of both time axes.

use crate::access::Reach;
use crate::change::{Act, Change, Placing, Registration};
use crate::document::{Document, Source};
use crate::facts::Facts;
use crate::filing::Filing;
use crate::funding::Funding;
use crate::matter::{MatterKind, MatterState, PreliminaryMatter};
use crate::money::{Money, SignedMoney};
use crate::period::{Period, Span};
use crate::stage::{Stage, StageBasis};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A project: its facts, its filing, its stage and how it came there, its matters and its money.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// The registry's number for it.
    pub id: i64,
    /// The readable number.
    pub registry_number: String,
    /// The account that registered it.
    pub author: String,
    /// The document it comes from.
    pub source: Option<Source>,
    /// Its facts.
    pub facts: Facts,
    /// Where its filing stands.
    pub filing: Filing,
    /// The account that submitted it last.
    pub submitted_by: Option<String>,
    /// Why it was sent back, while it is.
    pub returned_because: Option<String>,
    /// Its stage.
    pub stage: Stage,
    /// The moves that led there, oldest first; the first one places it.
    pub moves: Vec<StageMove>,
    /// Actual start and finish.
    pub actual: Span,
    /// The day it was put into use.
    pub in_use_since: Option<Date>,
    /// Its preliminary matters.
    pub matters: BTreeMap<MatterKind, PreliminaryMatter>,
    /// Its funding sources, by number.
    pub funding: Vec<Funding>,
    /// The recorded change that decided the filing: a later record outweighs an earlier one,
    /// whatever their business dates, since a filing is about the registry's own work.
    filing_decided_by: u32,
}

/// A step of a project's way through the stages.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StageMove {
    /// Its number within the project.
    pub id: u32,
    /// The stage it left; blank for the first.
    pub from: Option<Stage>,
    /// The stage it led to.
    pub to: Stage,
    /// The day it happened.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// What the stage rests on.
    pub stage_basis: StageBasis,
    /// The wording an inferred stage rests on.
    pub quote: Option<String>,
    /// The document that justifies it.
    pub basis: Option<Document>,
    /// The reason given.
    pub reason: Option<String>,
    /// Whether it has been restated since it was recorded.
    pub corrected: bool,
    /// Whether the day is that of the event itself, not merely that of a document that speaks of
    /// it.
    #[serde(skip)]
    pub is_dated: bool,
    /// Who recorded it.
    pub recorded_by: String,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
}

/// A move as its corrections leave it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Restated {
    pub on: Option<Date>,
    pub to: Option<Stage>,
    pub basis: Option<Document>,
    pub confirmed: bool,
}

/// The stage before the one that a move led to. A move out of 终止 takes the cancellation back, so
/// that how the project had come there before is what counts.
pub(crate) fn came_from(moves: &[StageMove], mut index: usize) -> Option<Stage> {
    while index >= 2 && moves[index].from == Some(Stage::Cancelled) {
        index -= 2;
    }
    moves.get(index)?.from
}

impl Project {
    /// The project as its registration leaves it.
    pub(crate) fn registered(
        id: i64,
        registry_number: &str,
        change: &Change,
        restated: &Restated,
    ) -> Option<Self> {
        let Act::Register(registration) = &change.act else { return None };
        let Registration { facts, source, placed, funding } = &**registration;
        let funding = change.act.added_funding().zip(funding);
        let mut project = Self {
            id,
            registry_number: registry_number.to_owned(),
            author: change.actor.clone(),
            source: source.clone(),
            facts: facts.clone(),
            filing: if placed.is_some() { Filing::Accepted } else { Filing::Draft },
            submitted_by: None,
            returned_because: None,
            stage: Stage::Concept,
            moves: Vec::new(),
            actual: Span::default(),
            in_use_since: None,
            matters: BTreeMap::new(),
            funding: funding.map(|(id, source)| Funding { id, source: source.clone() }).collect(),
            filing_decided_by: change.seq,
        };
        let to = restated.to.or(placed.as_ref().map(|placing| placing.stage));
        project.enter(change, to.unwrap_or(Stage::Concept), placed.as_ref(), None, None, restated);
        Some(project)
    }

    /// The project after a further change.
    pub(crate) fn apply(&mut self, change: &Change, restated: &Restated) {
        match &change.act {
            Act::Register(_) | Act::CorrectMove { .. } | Act::ConfirmStage { .. } => {}
            Act::Relabel | Act::Withdraw => {}
            Act::ChangeFacts { changed } => self.facts = self.facts.with(changed),
            Act::Submit => {
                // One whose acceptance holds from an earlier day has been submitted all the same.
                if self.decide_filing(change, Filing::Submitted) || self.submitted_by.is_none() {
                    self.submitted_by = Some(change.actor.clone());
                }
            }
            Act::Accept => {
                self.decide_filing(change, Filing::Accepted);
                self.enter(change, Stage::Reserve, None, None, None, restated);
            }
            Act::Return { reason } => {
                if self.decide_filing(change, Filing::Returned) {
                    self.returned_because = Some(reason.clone());
                }
            }
            Act::Move { to, basis, reason } => {
                let to = restated.to.unwrap_or(*to);
                // Out of the library again: the filing starts anew, with the reason given.
                let leaves_library = (self.stage, to) == (Stage::Reserve, Stage::Concept);
                if leaves_library && self.decide_filing(change, Filing::Returned) {
                    self.returned_because.clone_from(reason);
                }
                self.enter(change, to, None, basis.clone(), reason.clone(), restated);
            }
            Act::SetMatter { kind, matter } => {
                self.matters.insert(*kind, matter.clone());
            }
            Act::AddFunding { id, source } => {
                self.funding.push(Funding { id: *id, source: source.clone() });
                self.funding.sort_by_key(|funding| funding.id);
            }
            Act::ChangeFunding { id, source } => {
                if let Some(funding) = self.funding.iter_mut().find(|funding| funding.id == *id) {
                    funding.source = source.clone();
                }
            }
            Act::RemoveFunding { id } => self.funding.retain(|funding| funding.id != *id),
        }
    }

    /// The day from which it has stood in its stage.
    pub fn stage_since(&self) -> Date {
        self.moves.last().map_or(Date::MIN, |last| last.on)
    }

    /// What its stage rests on.
    pub fn stage_basis(&self) -> StageBasis {
        self.moves.last().map_or(StageBasis::Recorded, |last| last.stage_basis)
    }

    /// The stage that the last move left, a cancellation that was taken back not counted.
    pub fn left_stage(&self) -> Option<Stage> {
        came_from(&self.moves, self.moves.len().checked_sub(1)?)
    }

    /// The sum of its sources; it may pass what one amount may be.
    pub fn planned_funding(&self) -> SignedMoney {
        Money::total(self.funding.iter().map(|funding| funding.source.amount))
    }

    /// What has arrived of its sources.
    pub fn arrived_funding(&self) -> SignedMoney {
        Money::total(self.funding.iter().filter_map(|funding| funding.source.arrived))
    }

    /// 资金缺口: total investment less the sum of the sources, negative for an excess; none without
    /// a total.
    pub fn gap(&self) -> Option<SignedMoney> {
        let total = self.facts.total_investment?;
        Some(SignedMoney::from(total) - self.planned_funding())
    }

    /// The year its building began, or else is planned to begin.
    pub fn start_year(&self) -> Option<i16> {
        self.actual.start.or(self.facts.planned.start).map(|start| start.year())
    }

    /// What access has to know of it.
    pub fn reach(&self) -> Reach {
        Reach {
            region: self.facts.region.clone(),
            also_in: self.facts.also_in.clone(),
            departments: self.facts.departments.clone(),
            group: self.facts.group.clone(),
            author: self.author.clone(),
            filing: self.filing,
            submitted_by: self.submitted_by.clone(),
        }
    }

    /// Whether preliminary work has begun.
    pub fn has_begun_matter(&self) -> bool {
        let begun = |matter: &PreliminaryMatter| {
            matches!(matter.state, MatterState::Begun | MatterState::Done)
        };
        self.matters.values().any(begun)
    }

    /// Whether the last move up into a stage, or one that came back to it since, names its document.
    pub fn has_document_for(&self, stage: Stage) -> bool {
        let comes_back = |step: &StageMove| {
            let from = step.from.map(Stage::rank);
            from.is_some_and(|from| from.is_none() || from > stage.rank())
        };
        let into = self.moves.iter().rev().filter(|step| step.to == stage);
        let named = |step: &StageMove| step.basis.as_ref().is_some_and(Document::is_named);
        into.map(|step| (named(step), comes_back(step)))
            .find(|(is_named, comes_back)| *is_named || !comes_back)
            .is_some_and(|(is_named, _)| is_named)
    }

    /// Sets the filing unless a later record has decided it.
    fn decide_filing(&mut self, change: &Change, filing: Filing) -> bool {
        let decides = change.seq > self.filing_decided_by;
        if decides {
            self.filing = filing;
            self.filing_decided_by = change.seq;
            self.returned_because = None;
        }
        decides
    }

    fn enter(
        &mut self,
        change: &Change,
        to: Stage,
        placed: Option<&Placing>,
        basis: Option<Document>,
        reason: Option<String>,
        restated: &Restated,
    ) {
        let from = (!self.moves.is_empty()).then_some(self.stage);
        let on = restated.on.unwrap_or(change.effective_on);
        let inferred = placed.is_some_and(|placing| placing.basis == StageBasis::Inferred);
        let is_dated = placed.is_none() || restated.on.is_some();
        self.moves.push(StageMove {
            id: change.seq,
            from,
            to,
            on,
            stage_basis: if inferred && !restated.confirmed {
                StageBasis::Inferred
            } else {
                StageBasis::Recorded
            },
            quote: placed.and_then(|placing| placing.quote.clone()),
            basis: restated
                .basis
                .clone()
                .or(basis)
                .or(placed.and_then(|placing| placing.document.clone())),
            reason,
            corrected: restated.on.is_some() || restated.to.is_some(),
            is_dated,
            recorded_by: change.actor.clone(),
            recorded_at: change.recorded_at,
        });
        self.stage = to;
        self.date_actuals(from, to, is_dated.then_some(on));
    }

    /// Keeps the actual dates in step with the stage: reaching one sets its date, going back before
    /// it clears it. 停缓建 and 终止 leave them as they are.
    fn date_actuals(&mut self, from: Option<Stage>, to: Stage, on: Option<Date>) {
        let Some(rank) = to.rank() else { return };
        let came_up = from.and_then(Stage::rank).is_none_or(|before| before < rank)
            && !matches!(from, Some(Stage::Suspended | Stage::Cancelled));
        let arrived = |stage| to == stage && came_up;
        let below = |stage: Stage| stage.rank().is_some_and(|needed| rank < needed);
        if arrived(Stage::Construction) {
            self.actual.start = on.and_then(|on| Period::from_date(on).ok());
        } else if below(Stage::Construction) {
            self.actual.start = None;
        }
        if arrived(Stage::Completed) {
            self.actual.finish = on.and_then(|on| Period::from_date(on).ok());
        } else if below(Stage::Completed) {
            self.actual.finish = None;
        }
        if arrived(Stage::Operation) {
            self.in_use_since = on;
        } else if below(Stage::Operation) {
            self.in_use_since = None;
        }
    }
}
