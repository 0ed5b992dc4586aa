//! Decisions about stages: moves, their corrections, and the confirmation of what was inferred.

use super::{Conflict, Refusal, effective_day, fault};
use crate::change::{Act, Proposal};
use crate::document::Document;
use crate::fault::Why;
use crate::history::History;
use crate::project::{Project, StageMove, came_from};
use crate::requirement::Fact;
use crate::stage::{Stage, StageBasis, Step};
use jiff::civil::Date;

/// A wish to move a project to another stage.
#[derive(Debug, Clone, PartialEq)]
pub struct MoveWish {
    /// The stage.
    pub to: Stage,
    /// The day it happened; today by default where the day is not itself a fact the stage asks for.
    pub on: Option<Date>,
    /// The document that justifies it.
    pub basis: Option<Document>,
    /// The reason.
    pub reason: Option<String>,
}

/// A wish to restate a move; what is blank stays as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// The move.
    pub of: u32,
    /// The day it happened.
    pub on: Option<Date>,
    /// The stage it led to.
    pub to: Option<Stage>,
    /// Why.
    pub reason: Option<String>,
}

impl Step {
    /// What the step asks for where it leads to `to`: the move brings it, or the project has it.
    pub fn asks(self, to: Stage) -> &'static [Fact] {
        match self {
            Self::Forward | Self::Suspend | Self::Cancel => to.entry_facts(),
            Self::Back => &[Fact::Reason],
            Self::Resume => &[],
        }
    }
}

impl Project {
    /// Whether a move to `to` is a step back, which takes the right to correct.
    pub fn is_step_back(&self, to: Stage) -> bool {
        self.stage.step(to, self.left_stage()) == Ok(Step::Back)
    }

    /// The kind of step that leads to `to`, whatever it asks for.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] for a move that is not allowed.
    pub fn step_to(&self, to: Stage) -> Result<Step, Refusal> {
        self.unlocked()?;
        Ok(self.stage.step(to, self.left_stage())?)
    }

    /// The stage changes.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] for a move that is not allowed, [`Refusal::Missing`] for what the stage
    /// asks for, [`Refusal::Faults`] for a day before the last move or after today.
    pub fn move_to(&self, wish: MoveWish, today: Date) -> Result<Proposal, Refusal> {
        let step = self.step_to(wish.to)?;
        let missing = self.lacks(step, &wish);
        if !missing.is_empty() {
            return Err(Refusal::Missing(wish.to, missing));
        }
        let on = effective_day("/on", wish.on, today)?;
        if on < self.stage_since() {
            return Err(self.too_early());
        }
        let MoveWish { to, basis, reason, .. } = wish;
        Ok(Proposal { effective_on: on, act: Act::Move { to, basis, reason } })
    }

    /// What a move lacks: the entry facts of its stage that neither the project nor the move brings.
    pub fn lacks(&self, step: Step, wish: &MoveWish) -> Vec<Fact> {
        let brings = |fact: &Fact| match fact {
            Fact::ApprovalDocument | Fact::AcceptanceDocument => {
                wish.basis.as_ref().is_some_and(Document::is_named)
            }
            Fact::ActualStart | Fact::ActualFinish | Fact::InUseSince => wish.on.is_some(),
            Fact::Reason => wish.reason.is_some(),
            other => !self.missing_for(wish.to).contains(other),
        };
        step.asks(wish.to).iter().copied().filter(|fact| !brings(fact)).collect()
    }

    /// Whether the moves still follow one another when one of them leads elsewhere, those after it
    /// with what their step asks for.
    fn follows_with(&self, index: usize, to: Stage) -> Result<(), Refusal> {
        let mut moves = self.moves.clone();
        if let Some(next) = moves.get_mut(index + 1) {
            next.from = Some(to);
        }
        moves[index].to = to;
        let step_of = |moves: &[StageMove], at: usize| {
            moves[at - 1].to.step(moves[at].to, came_from(moves, at - 1))
        };
        for at in index.max(1)..moves.len() {
            let step = step_of(&moves, at);
            if at > index && step == step_of(&self.moves, at) {
                continue;
            }
            let step = step.map_err(|_| Conflict::NotCorrectable)?;
            let StageMove { to, on, basis, reason, .. } = moves[at].clone();
            let wish = MoveWish { to, on: Some(on), basis, reason };
            if at > index && !self.lacks(step, &wish).is_empty() {
                return Err(Conflict::NotCorrectable.into());
            }
        }
        Ok(())
    }

    /// What a move lacks when it is restated.
    fn lacks_restated(&self, index: usize, wish: &MoveWish) -> Vec<Fact> {
        let Some(before) = index.checked_sub(1) else { return Vec::new() };
        let step = self.moves[before].to.step(wish.to, came_from(&self.moves, before));
        step.map(|step| self.lacks(step, wish)).unwrap_or_default()
    }
}

impl History {
    /// Whether a move may be restated to lead to `to`, or to where it leads, whatever the day.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPart`]; [`Conflict::Submitted`]; [`Conflict::NotCorrectable`] when the moves
    /// around it would no longer follow.
    pub fn may_restate(&self, of: u32, to: Option<Stage>) -> Result<(), Refusal> {
        let project = self.current().ok_or(Refusal::NoSuchPart)?;
        project.unlocked()?;
        let index = project.moves.iter().position(|m| m.id == of).ok_or(Refusal::NoSuchPart)?;
        let old = &project.moves[index];
        let to = to.unwrap_or(old.to);
        let act = self.changes().iter().find(|change| change.seq == of).map(|c| &c.act);
        let is_allowed = match act {
            Some(Act::Register(registration)) if registration.placed.is_none() => false,
            _ if to == old.to => return Ok(()),
            Some(Act::Register(_)) => to.rank().is_some(),
            Some(Act::Move { .. }) => true,
            _ => false,
        };
        if !is_allowed || self.is_filed_since(old, to) {
            return Err(Conflict::NotCorrectable.into());
        }
        project.follows_with(index, to)
    }

    /// A move is restated.
    ///
    /// # Errors
    /// As [`History::may_restate`]; no reason; a day that the moves around it or today do not allow;
    /// what the step asks for and the move lacks.
    pub fn correct_move(&self, wish: Correction, today: Date) -> Result<Proposal, Refusal> {
        self.may_restate(wish.of, wish.to)?;
        let project = self.current().ok_or(Refusal::NoSuchPart)?;
        let moves = &project.moves;
        let index = moves.iter().position(|m| m.id == wish.of).ok_or(Refusal::NoSuchPart)?;
        let old = &moves[index];
        let reason = wish.reason.ok_or_else(|| fault("/reason", Why::Required))?;

        let on = effective_day("/on", wish.on.or(Some(old.on)), today)?;
        // What came before an acceptance is the registration, which dates from when it is known.
        let before = index.checked_sub(1).map(|before| &moves[before]);
        let before = before.filter(|before| before.from.is_some() || self.is_placed());
        let before = before.map(|before| before.on);
        if let Some(before) = before.filter(|before| on < *before) {
            return Err(fault("/on", Why::TooEarly { earliest: before.to_string() }));
        }
        let after = moves.get(index + 1).map(|after| after.on);
        if let Some(after) = after.filter(|after| on > *after) {
            return Err(fault("/on", Why::TooLate { latest: after.to_string() }));
        }
        self.placed_by(wish.of, on)?;
        let to = wish.to.unwrap_or(old.to);
        if wish.on.is_none() && !old.is_dated {
            let is_day = |fact: &Fact| {
                matches!(fact, Fact::ActualStart | Fact::ActualFinish | Fact::InUseSince)
            };
            let lacking: Vec<Fact> = to.entry_facts().iter().copied().filter(is_day).collect();
            if !lacking.is_empty() {
                return Err(Refusal::Missing(to, lacking));
            }
        }
        if to != old.to {
            let (basis, reason) = (old.basis.clone(), Some(reason.clone()));
            let restated = MoveWish { to, on: Some(on), basis, reason };
            let lacking = project.lacks_restated(index, &restated);
            if !lacking.is_empty() {
                return Err(Refusal::Missing(to, lacking));
            }
        }
        let act = Act::CorrectMove { of: wish.of, on, to, reason };
        Ok(Proposal { effective_on: today, act })
    }

    /// An inferred stage is confirmed, with the day and the document where they are known.
    ///
    /// # Errors
    /// [`Conflict::NotInferred`]; a day in the future.
    pub fn confirm_stage(
        &self,
        on: Option<Date>,
        basis: Option<Document>,
        today: Date,
    ) -> Result<Proposal, Refusal> {
        let project = self.current().ok_or(Refusal::NoSuchPart)?;
        project.unlocked()?;
        let placed = project.moves.last().filter(|m| m.stage_basis == StageBasis::Inferred);
        let of = placed.ok_or(Conflict::NotInferred)?.id;
        if let Some(on) = on {
            effective_day("/on", Some(on), today)?;
            self.placed_by(of, on)?;
        }
        Ok(Proposal { effective_on: today, act: Act::ConfirmStage { of, on, basis } })
    }

    /// A placing cannot be put later: its document says where the project stood on its own day. One
    /// that stood elsewhere then has the stage of its placing corrected, and moves on.
    fn placed_by(&self, of: u32, on: Date) -> Result<(), Refusal> {
        let latest = self
            .changes()
            .iter()
            .find(|change| change.seq == of && matches!(change.act, Act::Register(_)))
            .map(|change| change.effective_on);
        match latest.filter(|latest| on > *latest) {
            Some(latest) => Err(fault("/on", Why::TooLate { latest: latest.to_string() })),
            None => Ok(()),
        }
    }

    /// Whether a filing has been dealt with since a move that now would, or would not, have left the
    /// project a concept.
    fn is_filed_since(&self, old: &StageMove, to: Stage) -> bool {
        let files = |act: &Act| matches!(act, Act::Submit | Act::Accept | Act::Return { .. });
        (old.to == Stage::Concept || to == Stage::Concept)
            && self.changes().iter().any(|change| change.seq > old.id && files(&change.act))
    }
}
