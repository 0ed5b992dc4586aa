//! The changes a project's history is made of. They are what the audit trail keeps; every other
//! table follows from them.

use crate::document::{Document, Source};
use crate::facts::{Facts, FactsChange};
use crate::funding::FundingSource;
use crate::matter::{MatterKind, PreliminaryMatter};
use crate::stage::{Stage, StageBasis};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A recorded change of one project.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its place among the project's changes, from 1.
    pub seq: u32,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who recorded it.
    pub actor: String,
    /// The day from which it holds.
    pub effective_on: Date,
    /// What it does.
    pub act: Act,
    /// The import that made it, by its number.
    pub import: Option<i64>,
}

/// A change that the rules allow and that is not recorded yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The day from which it holds.
    pub effective_on: Date,
    /// What it does.
    pub act: Act,
}

/// What a change does. The words are kept for ever: a new meaning takes a new word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// The project is registered, as a concept in draft, or placed at a later stage.
    Register(Box<Registration>),
    /// Facts change.
    ChangeFacts {
        /// The fields that change.
        changed: FactsChange,
    },
    /// The filing is handed in.
    Submit,
    /// The filing is accepted: concept → reserve.
    Accept,
    /// The filing is sent back.
    Return {
        /// Why.
        reason: String,
    },
    /// The stage changes.
    Move {
        /// The new stage.
        to: Stage,
        /// The document that justifies it.
        basis: Option<Document>,
        /// Why, where the move asks for a reason.
        reason: Option<String>,
    },
    /// An earlier move is restated.
    CorrectMove {
        /// The `seq` of the move.
        of: u32,
        /// The day it happened.
        on: Date,
        /// Where it led.
        to: Stage,
        /// Why it is restated.
        reason: String,
    },
    /// A registrar confirms an inferred stage.
    ConfirmStage {
        /// The `seq` of the placing.
        of: u32,
        /// The day it really happened, where known.
        on: Option<Date>,
        /// The document that shows it, where there is one.
        basis: Option<Document>,
    },
    /// A preliminary matter is set.
    SetMatter {
        /// Which.
        kind: MatterKind,
        /// To what.
        matter: PreliminaryMatter,
    },
    /// A funding source is added.
    AddFunding {
        /// Its number within the project.
        id: u32,
        /// The source.
        source: FundingSource,
    },
    /// A funding source changes.
    ChangeFunding {
        /// Its number within the project.
        id: u32,
        /// The source as it is from then on.
        source: FundingSource,
    },
    /// A funding source is removed.
    RemoveFunding {
        /// Its number within the project.
        id: u32,
    },
    /// A label of a code list changed: what the project reads is restated, nothing else.
    Relabel,
    /// The project is taken out of the registry: from the record on it is nowhere, as though it had
    /// never been registered. What was known before stays known.
    Withdraw,
}

/// With what a project is registered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// Its facts, which hold from its beginning.
    pub facts: Facts,
    /// The document it comes from.
    pub source: Option<Source>,
    /// Where it stands already, for the seeds and for imports.
    pub placed: Option<Placing>,
    /// Where its money comes from, as far as an import tells; numbered from 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub funding: Vec<FundingSource>,
}

impl Registration {
    /// Whether it is one that everybody who registers may make: a concept in draft, without funding.
    pub fn is_plain(&self) -> bool {
        self.placed.is_none() && self.funding.is_empty()
    }
}

impl From<Facts> for Registration {
    fn from(facts: Facts) -> Self {
        Self { facts, source: None, placed: None, funding: Vec::new() }
    }
}

/// Where a project stands that enters the registry in the middle of its life.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Placing {
    /// The stage.
    pub stage: Stage,
    /// What the stage rests on.
    pub basis: StageBasis,
    /// The wording it is inferred from.
    pub quote: Option<String>,
    /// The document it is recorded in.
    pub document: Option<Document>,
}

impl Act {
    /// The numbers of the funding sources that the act adds.
    pub(crate) fn added_funding(&self) -> Range<u32> {
        match self {
            Self::Register(registration) => {
                let sources = u32::try_from(registration.funding.len()).unwrap_or(u32::MAX - 1);
                1..sources + 1
            }
            Self::AddFunding { id, .. } => *id..*id + 1,
            _ => 0..0,
        }
    }

    /// The word under which the trail files the act.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Register(_) => "register",
            Self::ChangeFacts { .. } => "change_facts",
            Self::Submit => "submit",
            Self::Accept => "accept",
            Self::Return { .. } => "return",
            Self::Move { .. } => "move",
            Self::CorrectMove { .. } => "correct_move",
            Self::ConfirmStage { .. } => "confirm_stage",
            Self::SetMatter { .. } => "set_matter",
            Self::AddFunding { .. } => "add_funding",
            Self::ChangeFunding { .. } => "change_funding",
            Self::RemoveFunding { .. } => "remove_funding",
            Self::Relabel => "relabel",
            Self::Withdraw => "withdraw",
        }
    }
}
