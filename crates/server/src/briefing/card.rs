//! What a briefing reads of a project's card.

use crate::problem::Failure;
use serde::Deserialize;
use shortboard_domain::money::SignedMoney;
use shortboard_domain::period::Span;
use shortboard_domain::stage::Stage;

/// A project as the briefing names it.
#[derive(Debug, Clone, Deserialize)]
pub struct Card {
    pub id: i64,
    pub name: String,
    pub stage: Stage,
    pub stage_since: String,
    pub area: String,
    pub region: String,
    pub owner_unit: Option<Named>,
    pub lead_department: Option<Named>,
    pub departments: Vec<Named>,
    pub total_investment: Option<SignedMoney>,
    pub planned: Span,
    pub actual: Span,
    pub gap: Option<SignedMoney>,
    pub funding: Vec<Source>,
}

/// An owner unit or a department.
#[derive(Debug, Clone, Deserialize)]
pub struct Named {
    pub name: String,
}

/// A funding source.
#[derive(Debug, Clone, Deserialize)]
pub struct Source {
    pub amount: SignedMoney,
    pub arrived: Option<SignedMoney>,
}

impl Card {
    /// The sum of its sources, fen.
    pub fn sources(&self) -> i128 {
        self.funding.iter().map(|source| source.amount.fen()).sum()
    }

    /// What has arrived of them, fen.
    pub fn arrived(&self) -> i128 {
        self.funding.iter().filter_map(|source| source.arrived).map(SignedMoney::fen).sum()
    }
}

/// Cards as the store gives them: JSON objects with commas between.
///
/// # Errors
/// [`Failure::Internal`] when they are not what they should be.
pub fn cards(text: &str) -> Result<Vec<Card>, Failure> {
    serde_json::from_str(&format!("[{text}]")).map_err(|error| {
        tracing::error!(%error, "a card is not what it should be");
        Failure::Internal
    })
}
