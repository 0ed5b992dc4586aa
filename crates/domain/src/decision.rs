//! What the rules make of a wish to change a project: a proposal to record, or why not.

use crate::change::{Act, Placing, Proposal};
use crate::document::{Document, Source};
use crate::facts::Facts;
use crate::fault::{Fault, Why};
use crate::filing::Filing;
use crate::funding::FundingSource;
use crate::history::History;
use crate::lang::Lang;
use crate::matter::{MatterKind, PreliminaryMatter};
use crate::project::{Project, StageMove, came_from};
use crate::requirement::Fact;
use crate::stage::{MoveRefused, Stage, StageBasis, Step};
use crate::word::words;
use jiff::civil::Date;

/// The most funding sources a project has, so that their sum is always an amount.
const MOST_SOURCES: usize = 200;

words! {
    /// Why the state of a project does not allow a change (HTTP 409).
    Conflict {
        /// Facts and stage are locked while a filing is being reviewed.
        Submitted = "submitted", "该项目正在审核，信息和阶段已锁定；请先审核入库或退回",
            "the filing is being reviewed: facts and stage are locked until it is accepted or returned";
        /// Only a draft or a returned filing, or an accepted concept, is submitted.
        NotToSubmit = "not_to_submit", "该项目当前状态不能提交",
            "in its present state the filing cannot be submitted";
        /// Only a submitted filing is reviewed.
        NotSubmitted = "not_submitted", "该项目尚未提交，不能审核",
            "the filing has not been submitted, so there is nothing to review";
        /// It stands there already.
        SameStage = "same_stage", "项目已处于该阶段", "the project stands at that stage already";
        /// Only an accepted filing leads from concept to reserve.
        AcceptTheFiling = "accept_the_filing", "策划项目经审核入库才能进入储备阶段，请提交并审核填报",
            "only the acceptance of its filing leads a concept into the reserve: submit and review it";
        /// The order is one step at a time.
        NotAStep = "not_a_step", "阶段只能逐级变更", "stages change one step at a time";
        /// The stage is recorded already.
        NotInferred = "not_inferred", "该项目的阶段已有记录，无需确认",
            "the stage is recorded already: there is nothing to confirm";
        /// The move cannot be restated that way.
        NotCorrectable = "not_correctable", "该变更不能这样更正：更正后前后阶段不能衔接",
            "the move cannot be restated that way: the moves around it would no longer follow";
        /// No more funding sources.
        TooManySources = "too_many_sources", "资金来源不能超过200条", "at most 200 funding sources";
    }
}

/// Why a wish cannot be met.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// The state does not allow it.
    Conflict(Conflict),
    /// Values are wrong.
    Faults(Vec<Fault>),
    /// Facts are missing that the stage asks for.
    Missing(Stage, Vec<Fact>),
    /// The project has no such move or funding source.
    NoSuchPart,
}

impl Refusal {
    /// What is wrong or missing, with its pointers.
    pub fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Faults(faults) => faults.clone(),
            Self::Missing(_, facts) => {
                facts.iter().map(|fact| Fault::new(fact.pointer(), Why::Missing(*fact))).collect()
            }
            Self::Conflict(_) | Self::NoSuchPart => Vec::new(),
        }
    }

    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Conflict(conflict), _) => conflict.label(lang).to_owned(),
            (Self::Faults(_), Lang::Zh) => "填报内容有误".into(),
            (Self::Faults(_), Lang::En) => "some values are wrong".into(),
            (Self::Missing(stage, _), Lang::Zh) => {
                format!("进入{}阶段还缺少必需的内容", stage.label(lang))
            }
            (Self::Missing(stage, _), Lang::En) => {
                format!("facts are missing for the stage {}", stage.label(lang))
            }
            (Self::NoSuchPart, Lang::Zh) => "没有这条记录".into(),
            (Self::NoSuchPart, Lang::En) => "there is no such record".into(),
        }
    }
}

impl From<Conflict> for Refusal {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

impl From<MoveRefused> for Refusal {
    fn from(refused: MoveRefused) -> Self {
        Self::Conflict(match refused {
            MoveRefused::SameStage => Conflict::SameStage,
            MoveRefused::AcceptTheFiling => Conflict::AcceptTheFiling,
            MoveRefused::NotAStep => Conflict::NotAStep,
        })
    }
}

fn fault(pointer: &str, why: Why) -> Refusal {
    Refusal::Faults(vec![Fault::new(pointer, why)])
}

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

/// A new project: a concept in draft, or one placed where it stands already.
pub fn register(
    facts: Facts,
    source: Option<Source>,
    placed: Option<Placing>,
    effective_on: Date,
) -> Proposal {
    Proposal { effective_on, act: Act::Register { facts: Box::new(facts), source, placed } }
}

/// Checks the day from which a change holds: today by default, never later.
///
/// # Errors
/// [`Why::InTheFuture`] at `pointer`.
pub fn effective_day(pointer: &str, given: Option<Date>, today: Date) -> Result<Date, Refusal> {
    match given {
        Some(day) if day > today => Err(fault(pointer, Why::InTheFuture)),
        Some(day) => Ok(day),
        None => Ok(today),
    }
}

impl Project {
    /// Whether a move to `to` is a step back, which takes the right to correct.
    pub fn is_step_back(&self, to: Stage) -> bool {
        self.stage.step(to, self.left_stage()) == Ok(Step::Back)
    }

    /// Whether facts and stage may change at all.
    ///
    /// # Errors
    /// [`Conflict::Submitted`] while the filing is being reviewed.
    pub fn unlocked(&self) -> Result<(), Refusal> {
        if self.filing == Filing::Submitted { Err(Conflict::Submitted.into()) } else { Ok(()) }
    }

    /// Facts change to `newer`; `None` when nothing differs.
    ///
    /// # Errors
    /// [`Conflict::Submitted`].
    pub fn change_facts(&self, newer: &Facts, day: Date) -> Result<Option<Proposal>, Refusal> {
        self.unlocked()?;
        let changed = self.facts.changes_to(newer);
        let change = || Proposal { effective_on: day, act: Act::ChangeFacts { changed } };
        Ok((self.facts != *newer).then(change))
    }

    /// The filing is handed in.
    ///
    /// # Errors
    /// [`Conflict::NotToSubmit`]; the reserve's facts that are missing.
    pub fn submit(&self, today: Date) -> Result<Proposal, Refusal> {
        if self.stage != Stage::Concept || self.filing == Filing::Submitted {
            return Err(Conflict::NotToSubmit.into());
        }
        match self.missing_for(Stage::Reserve) {
            missing if missing.is_empty() => Ok(Proposal { effective_on: today, act: Act::Submit }),
            missing => Err(Refusal::Missing(Stage::Reserve, missing)),
        }
    }

    /// The filing is accepted, which moves the project into the reserve.
    ///
    /// # Errors
    /// [`Conflict::NotSubmitted`]; a day in the future, or before the move that led it back to
    /// being a concept.
    pub fn accept(&self, on: Option<Date>, today: Date) -> Result<Proposal, Refusal> {
        if self.filing != Filing::Submitted {
            return Err(Conflict::NotSubmitted.into());
        }
        let on = effective_day("/on", on, today)?;
        // A registration holds from the beginning, so that it may be recorded late.
        let follows_a_move = self.moves.len() > 1 || self.moves.iter().any(|step| step.corrected);
        if follows_a_move && on < self.stage_since() {
            return Err(self.too_early());
        }
        Ok(Proposal { effective_on: on, act: Act::Accept })
    }

    /// The filing is sent back.
    ///
    /// # Errors
    /// [`Conflict::NotSubmitted`]; no reason.
    pub fn send_back(&self, reason: Option<String>, today: Date) -> Result<Proposal, Refusal> {
        if self.filing != Filing::Submitted {
            return Err(Conflict::NotSubmitted.into());
        }
        let reason = reason.ok_or_else(|| fault("/reason", Why::Required))?;
        Ok(Proposal { effective_on: today, act: Act::Return { reason } })
    }

    /// The stage changes.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] for a move that is not allowed, [`Refusal::Missing`] for what the stage
    /// asks for, [`Refusal::Faults`] for a day before the last move or after today.
    pub fn move_to(&self, wish: MoveWish, today: Date) -> Result<Proposal, Refusal> {
        self.unlocked()?;
        let step = self.stage.step(wish.to, self.left_stage())?;
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

    fn too_early(&self) -> Refusal {
        fault("/on", Why::TooEarly { earliest: self.stage_since().to_string() })
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
        let asked: &[Fact] = match step {
            Step::Forward | Step::Suspend | Step::Cancel => wish.to.entry_facts(),
            Step::Back => &[Fact::Reason],
            Step::Resume => &[],
        };
        asked.iter().copied().filter(|fact| !brings(fact)).collect()
    }

    /// Whether the moves still follow one another when one of them is restated, each with what its
    /// step asks for.
    fn follows_with(&self, index: usize, restated: StageMove) -> Result<(), Refusal> {
        let mut moves = self.moves.clone();
        if let Some(next) = moves.get_mut(index + 1) {
            next.from = Some(restated.to);
        }
        moves[index] = restated;
        let step_of = |moves: &[StageMove], at: usize| {
            moves[at - 1].to.step(moves[at].to, came_from(moves, at - 1))
        };
        for at in index.max(1)..moves.len() {
            let step = step_of(&moves, at);
            if at > index && step == step_of(&self.moves, at) {
                continue;
            }
            let StageMove { to, on, basis, reason, .. } = moves[at].clone();
            let lacking =
                step.map(|step| self.lacks(step, &MoveWish { to, on: Some(on), basis, reason }));
            match lacking {
                Ok(lacking) if lacking.is_empty() => {}
                Ok(lacking) if at == index => return Err(Refusal::Missing(to, lacking)),
                _ => return Err(Conflict::NotCorrectable.into()),
            }
        }
        Ok(())
    }

    /// A preliminary matter is set; `None` when nothing differs.
    ///
    /// # Errors
    /// [`Conflict::Submitted`].
    pub fn set_matter(
        &self,
        kind: MatterKind,
        matter: PreliminaryMatter,
        today: Date,
    ) -> Result<Option<Proposal>, Refusal> {
        self.unlocked()?;
        let differs = self.matters.get(&kind) != Some(&matter);
        Ok(differs
            .then_some(Proposal { effective_on: today, act: Act::SetMatter { kind, matter } }))
    }
}

impl History {
    /// A move is restated.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPart`]; no reason; a day that the moves around it or today do not allow;
    /// [`Conflict::NotCorrectable`] when the moves around it would no longer follow.
    pub fn correct_move(&self, wish: Correction, today: Date) -> Result<Proposal, Refusal> {
        let project = self.current().ok_or(Refusal::NoSuchPart)?;
        project.unlocked()?;
        let moves = &project.moves;
        let index = moves.iter().position(|m| m.id == wish.of).ok_or(Refusal::NoSuchPart)?;
        let old = &moves[index];
        let reason = wish.reason.ok_or_else(|| fault("/reason", Why::Required))?;

        let on = effective_day("/on", wish.on.or(Some(old.on)), today)?;
        let before = index.checked_sub(1).map(|before| moves[before].on);
        if let Some(before) = before.filter(|before| on < *before) {
            return Err(fault("/on", Why::TooEarly { earliest: before.to_string() }));
        }
        let after = moves.get(index + 1).map(|after| after.on);
        if let Some(after) = after.filter(|after| on > *after) {
            return Err(fault("/on", Why::TooLate { latest: after.to_string() }));
        }
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
        let act = self.changes().iter().find(|change| change.seq == wish.of).map(|c| &c.act);
        if to != old.to {
            let may_lead_elsewhere = match act {
                Some(Act::Register { placed: Some(_), .. }) => to.rank().is_some(),
                Some(Act::Move { .. }) => true,
                _ => false,
            };
            if !may_lead_elsewhere || self.is_filed_since(old, to) {
                return Err(Conflict::NotCorrectable.into());
            }
            let restated = StageMove { on, to, reason: Some(reason.clone()), ..old.clone() };
            project.follows_with(index, restated)?;
        } else if matches!(act, Some(Act::Register { placed: None, .. })) {
            return Err(Conflict::NotCorrectable.into());
        }
        let act = Act::CorrectMove { of: wish.of, on, to, reason };
        Ok(Proposal { effective_on: today, act })
    }

    /// Whether a filing has been dealt with since a move that now would, or would not, have left the
    /// project a concept.
    fn is_filed_since(&self, old: &StageMove, to: Stage) -> bool {
        let files = |act: &Act| matches!(act, Act::Submit | Act::Accept | Act::Return { .. });
        (old.to == Stage::Concept || to == Stage::Concept)
            && self.changes().iter().any(|change| change.seq > old.id && files(&change.act))
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
        }
        Ok(Proposal { effective_on: today, act: Act::ConfirmStage { of, on, basis } })
    }

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
