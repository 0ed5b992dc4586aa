//! What people ask about the time between two days: what entered, moved, was built, was given up.

use shortboard_domain::stage::Stage;
use shortboard_store::project::{ChangeKind, Passage};

/// What people ask for about the time between two days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Came into the library.
    Entered,
    /// Stands at another stage.
    Moved,
    /// Was built and accepted, or put into use.
    Completed,
    /// Was cancelled.
    Cancelled,
    /// Left the library otherwise.
    Left,
    /// Its money differs.
    Refunded,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Entered, Self::Moved, Self::Completed, Self::Cancelled, Self::Left, Self::Refunded];

    /// The word in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Moved => "moved",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Left => "left",
            Self::Refunded => "refunded",
        }
    }

    /// Whether a passage is of this kind.
    pub fn is(self, passage: Passage) -> bool {
        let is = |kind| passage.kinds().contains(&kind);
        let built =
            |stage: Option<Stage>| matches!(stage, Some(Stage::Completed | Stage::Operation));
        let is_cancelled = passage.after == Some(Stage::Cancelled);
        match self {
            Self::Entered => is(ChangeKind::Entered),
            Self::Moved => is(ChangeKind::Moved),
            Self::Completed => {
                is(ChangeKind::Moved) && built(passage.after) && !built(passage.before)
            }
            Self::Cancelled => is(ChangeKind::Left) && is_cancelled,
            Self::Left => is(ChangeKind::Left) && !is_cancelled,
            Self::Refunded => is(ChangeKind::Refunded),
        }
    }
}
