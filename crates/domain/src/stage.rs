//! The stages of a project and the moves between them (domain rules, part 2).

use crate::word::words;

words! {
    /// 阶段: where a project stands between the first idea and use.
    Stage {
        /// Named or proposed; facts may be missing.
        Concept = "concept", "策划", "Concept";
        /// Accepted into the reserve library 入库.
        Reserve = "reserve", "储备", "Reserve";
        /// Preliminary work.
        Preparation = "preparation", "前期", "Preparation";
        /// Building has begun.
        Construction = "construction", "在建", "Construction";
        /// Built and accepted.
        Completed = "completed", "竣工", "Completed";
        /// In use, or handed over.
        Operation = "operation", "投用", "In operation";
        /// Stopped from preparation or construction; resumes to where it was.
        Suspended = "suspended", "停缓建", "Suspended";
        /// Taken out of the library before completion.
        Cancelled = "cancelled", "终止", "Cancelled";
    }
}

words! {
    /// What a stage rests on.
    StageBasis {
        /// A recorded move or a document.
        Recorded = "recorded", "有记录", "Recorded";
        /// The wording of a document, until a registrar confirms it.
        Inferred = "inferred", "据文字推定", "Inferred from wording";
    }
}

/// What kind of step leads from one stage to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The next stage of the order.
    Forward,
    /// One stage back, or out of a cancellation: a correction.
    Back,
    /// Into 停缓建.
    Suspend,
    /// Out of 停缓建, to the stage it stopped in.
    Resume,
    /// Into 终止.
    Cancel,
}

/// Why a move is not allowed, whatever the project's facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoveRefused {
    /// It stands there already.
    #[error("same stage")]
    SameStage,
    /// Only an accepted filing leads from concept to reserve.
    #[error("accept the filing")]
    AcceptTheFiling,
    /// The order is one step at a time.
    #[error("not a step of the order")]
    NotAStep,
}

impl Stage {
    /// The order of the stages that follow one another.
    pub const ORDER: [Self; 6] = [
        Self::Concept,
        Self::Reserve,
        Self::Preparation,
        Self::Construction,
        Self::Completed,
        Self::Operation,
    ];

    /// Its place in the order; `None` for 停缓建 and 终止.
    pub fn rank(self) -> Option<usize> {
        Self::ORDER.iter().position(|stage| *stage == self)
    }

    /// The OC4IDS `projectStatus` of a project in this stage; a suspended one keeps that of the
    /// stage it stopped in (`stopped_in`).
    pub fn oc4ids_status(self, stopped_in: Option<Self>) -> &'static str {
        match self {
            Self::Concept | Self::Reserve => "identification",
            Self::Preparation => "preparation",
            Self::Construction => "implementation",
            Self::Completed => "completion",
            Self::Operation => "completed",
            Self::Cancelled => "cancelled",
            Self::Suspended => {
                stopped_in.filter(|s| *s != self).unwrap_or(Self::Preparation).oc4ids_status(None)
            }
        }
    }

    /// The kind of the step from here to `to`. `came_from` is the stage before this one, which
    /// decides where 停缓建 and 终止 may lead back to.
    ///
    /// # Errors
    /// [`MoveRefused`] when the rules know no such step.
    pub fn step(self, to: Self, came_from: Option<Self>) -> Result<Step, MoveRefused> {
        if self == to {
            return Err(MoveRefused::SameStage);
        }
        match (self, to) {
            (Self::Concept, Self::Reserve) => Err(MoveRefused::AcceptTheFiling),
            (Self::Preparation | Self::Construction, Self::Suspended) => Ok(Step::Suspend),
            (Self::Suspended, _) if Some(to) == came_from => Ok(Step::Resume),
            (Self::Cancelled, _) if Some(to) == came_from => Ok(Step::Back),
            (
                Self::Concept
                | Self::Reserve
                | Self::Preparation
                | Self::Construction
                | Self::Suspended,
                Self::Cancelled,
            ) => Ok(Step::Cancel),
            _ => match (self.rank(), to.rank()) {
                (Some(here), Some(there)) if there == here + 1 => Ok(Step::Forward),
                (Some(here), Some(there)) if there + 1 == here => Ok(Step::Back),
                _ => Err(MoveRefused::NotAStep),
            },
        }
    }
}
