//! The quantified targets of a document.

use crate::code::AreaCode;
use crate::word::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

words! {
    /// From which side a target is met.
    Direction {
        /// Counting up to it.
        AtLeast = "at_least", "不低于", "At least";
        /// Staying below it.
        AtMost = "at_most", "不超过", "At most";
        /// Meeting it.
        Exactly = "exactly", "等于", "Exactly";
    }
}

/// The value a target has in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetValue {
    /// The year by whose end it is due; blank where the document names none.
    #[serde(default)]
    pub due: Option<i16>,
    /// A decimal number in the target's unit.
    pub value: String,
}

/// A target: what is to be reached, in which unit, by when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Stable code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Unit of the values.
    pub unit: String,
    /// From which side it is met.
    pub direction: Direction,
    /// The areas it stands in.
    #[serde(default)]
    pub areas: Vec<AreaCode>,
    /// The clauses it stands in.
    pub clauses: Vec<String>,
    /// The values, one a due year, oldest first.
    pub values: Vec<TargetValue>,
    /// The words that name it, verbatim.
    pub quote: String,
    /// The words at its further places.
    #[serde(default)]
    pub quotes: Vec<String>,
}
