//! What the rules make of a wish to change a project: a proposal to record, or why not.

mod funding;
mod stage;

pub use funding::MOST_SOURCES;
pub use stage::{Correction, MoveWish};

use crate::change::{Act, Change, Proposal, Registration};
use crate::facts::Facts;
use crate::fault::{Fault, Why};
use crate::filing::{Filing, FilingAction};
use crate::history::History;
use crate::lang::Lang;
use crate::matter::{MatterKind, PreliminaryMatter};
use crate::project::Project;
use crate::requirement::Fact;
use crate::stage::{MoveRefused, Stage};
use crate::word::words;
use jiff::Timestamp;
use jiff::civil::Date;

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
        NotAStep = "not_a_step",
            "阶段只能逐级变更（策划、储备、前期、在建、竣工、投用）；停缓建只能从前期或在建进入，策划项目须先审核入库",
            "stages change one step at a time: concept, reserve, preparation, construction, completed, operation; suspension is from preparation or construction, and a concept is accepted first";
        /// The stage is recorded already.
        NotInferred = "not_inferred", "该项目的阶段已有记录，无需确认",
            "the stage is recorded already: there is nothing to confirm";
        /// The move cannot be restated that way.
        NotCorrectable = "not_correctable", "该变更不能这样更正：更正后前后阶段不能衔接",
            "the move cannot be restated that way: the moves around it would no longer follow";
        /// The import is not ready.
        ImportNotReady = "import_not_ready", "该导入当前不能确认：仍在读取、正在导入，或已经完成",
            "the import cannot be carried out: it is being read or carried out, or is done already";
        /// Some rows of the import are not in order.
        ImportHasErrors = "import_has_errors",
            "还有存在问题或疑似重复尚未处理的行；请更正后重新上传、逐行选择，或选择不导入这些行",
            "some rows have errors or are likely duplicates that nobody has decided on: mend them and upload again, choose, or leave them out";
        /// The registry is no longer what the preview was made of.
        ImportChanged = "import_changed", "预览之后项目库有变化，已重新生成预览，请核对后再确认",
            "the registry has changed since the preview, which has been made anew: look at it again";
        /// There is nothing to take back.
        ImportNotDone = "import_not_done", "该导入尚未完成或已撤销，不能撤销",
            "the import is not done, or has been taken back already";
        /// Something was changed since.
        ImportBuiltUpon = "import_built_upon", "导入之后有项目又被更改，不能撤销",
            "projects of the import were changed since: it cannot be taken back";
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

    /// The same of a part of a larger input: its faults lie below a pointer.
    pub fn below(self, pointer: &str) -> Self {
        let move_below =
            |fault: Fault| Fault::new(format!("{pointer}{}", fault.pointer), fault.why);
        match self {
            Self::Faults(faults) => Self::Faults(faults.into_iter().map(move_below).collect()),
            other => other,
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

/// A new project: a concept in draft, or one placed where it stands already.
///
/// # Errors
/// [`Conflict::TooManySources`].
pub fn register(registration: Registration, effective_on: Date) -> Result<Proposal, Refusal> {
    if registration.funding.len() > MOST_SOURCES {
        return Err(Conflict::TooManySources.into());
    }
    Ok(Proposal { effective_on, act: Act::Register(Box::new(registration)) })
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
    /// Whether facts and stage may change at all.
    ///
    /// # Errors
    /// [`Conflict::Submitted`] while the filing is being reviewed.
    pub fn unlocked(&self) -> Result<(), Refusal> {
        if self.filing == Filing::Submitted { Err(Conflict::Submitted.into()) } else { Ok(()) }
    }

    /// Whether the state of the filing takes an action.
    ///
    /// # Errors
    /// [`Conflict::NotToSubmit`], [`Conflict::NotSubmitted`].
    pub fn takes(&self, action: FilingAction) -> Result<(), Refusal> {
        let is_submitted = self.filing == Filing::Submitted;
        match action {
            FilingAction::Submit if is_submitted || self.stage != Stage::Concept => {
                Err(Conflict::NotToSubmit.into())
            }
            FilingAction::Accept | FilingAction::Return if !is_submitted => {
                Err(Conflict::NotSubmitted.into())
            }
            _ => Ok(()),
        }
    }

    /// The filing is handed in.
    ///
    /// # Errors
    /// [`Conflict::NotToSubmit`]; the reserve's facts that are missing.
    pub fn submit(&self, today: Date) -> Result<Proposal, Refusal> {
        self.takes(FilingAction::Submit)?;
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
        self.takes(FilingAction::Accept)?;
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
        self.takes(FilingAction::Return)?;
        let reason = reason.ok_or_else(|| fault("/reason", Why::Required))?;
        Ok(Proposal { effective_on: today, act: Act::Return { reason } })
    }

    fn too_early(&self) -> Refusal {
        fault("/on", Why::TooEarly { earliest: self.stage_since().to_string() })
    }
}

impl History {
    /// The project as it stood on a day, for a change that holds from then on. An unplaced one begins
    /// with whatever is the earliest thing known of it; a placed one not before the day from which
    /// its document speaks.
    ///
    /// # Errors
    /// [`Why::TooEarly`] before the beginning of a placed project.
    pub fn base(&self, day: Date) -> Result<Project, Refusal> {
        if let Some(project) = self.at(day) {
            return Ok(project);
        }
        let first = self.timeline().into_iter().next().ok_or(Refusal::NoSuchPart)?;
        if self.is_placed() {
            return Err(fault("/effective_on", Why::TooEarly { earliest: first.from.to_string() }));
        }
        Ok(first.project)
    }

    /// Facts change from a day on: `edit` makes the new ones of those that held on that day. `None`
    /// when nothing differs.
    ///
    /// # Errors
    /// [`Conflict::Submitted`]; a day before the beginning; what `edit` finds wrong; what would
    /// contradict a later change.
    pub fn change_facts(
        &self,
        day: Date,
        edit: impl FnOnce(&Facts) -> Result<Facts, Vec<Fault>>,
    ) -> Result<Option<Proposal>, Refusal> {
        self.current().ok_or(Refusal::NoSuchPart)?.unlocked()?;
        let base = self.base(day)?.facts;
        let newer = edit(&base).map_err(Refusal::Faults)?;
        if newer == base {
            return Ok(None);
        }
        let act = Act::ChangeFacts { changed: base.changes_to(&newer) };
        // Later changes are laid on the new ones: together they must still be true.
        let mut trial = self.clone();
        trial.push(Change {
            seq: self.next_seq(),
            recorded_at: Timestamp::UNIX_EPOCH,
            actor: String::new(),
            effective_on: day,
            act: act.clone(),
            import: None,
        });
        let later = trial.timeline().into_iter().filter(|segment| segment.from >= day);
        match later.filter_map(|segment| segment.project.facts.contradiction()).next() {
            Some(fault) => Err(Refusal::Faults(vec![fault])),
            None => Ok(Some(Proposal { effective_on: day, act })),
        }
    }

    /// A preliminary matter is set from a day on; `None` when nothing differs.
    ///
    /// # Errors
    /// [`Conflict::Submitted`]; a day before the beginning of a placed project.
    pub fn set_matter(
        &self,
        kind: MatterKind,
        matter: PreliminaryMatter,
        day: Date,
    ) -> Result<Option<Proposal>, Refusal> {
        self.current().ok_or(Refusal::NoSuchPart)?.unlocked()?;
        let differs = self.base(day)?.matters.get(&kind) != Some(&matter);
        Ok(differs.then_some(Proposal { effective_on: day, act: Act::SetMatter { kind, matter } }))
    }

    /// Whether the project entered the registry in the middle of its life.
    fn is_placed(&self) -> bool {
        let first = self.changes().first().map(|change| &change.act);
        matches!(first, Some(Act::Register(registration)) if registration.placed.is_some())
    }
}
