//! What people read of the kinds of change, and where the answer is listed.

use super::super::form::Form;
use super::super::texts::Texts;
use super::super::visit::{self, Visit};
use crate::app::App;
use crate::problem::Failure;
use jiff::civil::Date;
use shortboard_domain::access::Sight;
use shortboard_domain::stage::Stage;
use shortboard_store::project::Flow;

pub use crate::project::passages::Kind;

impl Kind {
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
