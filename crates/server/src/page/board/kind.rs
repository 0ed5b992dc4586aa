//! What people ask about the time between two days, and where the answer is listed.

use super::super::form::Form;
use super::super::texts::Texts;
use super::super::visit::{self, Visit};
use crate::app::App;
use crate::problem::Failure;
use jiff::civil::Date;
use shortboard_domain::access::Sight;
use shortboard_domain::stage::Stage;
use shortboard_store::project::{ChangeKind, Flow, Passage};

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

    /// What people read.
    pub fn label(self, t: Texts) -> &'static str {
        match self {
            Self::Entered => t.compare_entered(),
            Self::Moved => t.compare_moved(),
            Self::Completed => t.compare_completed(),
            Self::Cancelled => t.compare_cancelled(),
            Self::Left => t.compare_left(),
            Self::Refunded => t.compare_refunded(),
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

/// What flowed between two days, as it is kept while the data is the same.
pub async fn flows(
    app: &App,
    visit: &Visit,
    sight: &Sight,
    (from, to): (Date, Date),
) -> Result<Vec<Flow>, Failure> {
    let make = async || {
        let flows = app.store.flows(sight, from, to).await?;
        Ok(serde_json::to_string(&flows).unwrap_or_default())
    };
    let body = app.answers.part(app, visit.caller()?, format!("flows {from} {to}"), make).await?;
    serde_json::from_slice(&body).map_err(|error| {
        tracing::error!(%error, "flows do not read");
        Failure::Internal
    })
}

/// The word for what is not in the library, in an address.
pub const OUTSIDE: &str = "none";

/// The stage's word and words, `none` for what is not in the library.
pub fn place(stage: Option<Stage>, t: Texts) -> (&'static str, &'static str) {
    stage.map_or((OUTSIDE, t.compare_outside()), |stage| (stage.as_str(), stage.label(t.0)))
}

/// The address of the list of what changed.
pub fn changes_address((from, to): (Date, Date), more: &[(&str, &str)]) -> String {
    let mut pairs = vec![("from".into(), from.to_string()), ("to".into(), to.to_string())];
    pairs.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    visit::address("/board/changes", &Form(pairs))
}
