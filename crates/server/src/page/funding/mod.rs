//! The funding desk: projects and their sources in one table, many tagged at once, and the money by
//! channel and stage.

pub mod bulk;
pub mod edit;
mod filter;
pub mod matrix;
mod row;
pub mod table;

use super::show;
use super::texts::Texts;
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::funding::{FundingStatus, PppPhase};
use shortboard_domain::money::SignedMoney;

/// A code with what people read for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The code.
    pub code: String,
    /// Its words.
    pub label: String,
}

impl Choice {
    fn new(code: impl Into<String>, label: impl Into<String>) -> Self {
        Self { code: code.into(), label: label.into() }
    }
}

/// What the cells of a source are chosen from.
#[derive(Debug, Clone)]
pub struct Choices {
    /// Channels.
    pub channels: Vec<Choice>,
    /// States of the money.
    pub statuses: Vec<Choice>,
    /// Phases of a PPP, with the list of the national platform.
    pub phases: Vec<Choice>,
}

impl Choices {
    /// What there is to choose today.
    pub fn of(lists: &CodeLists, t: Texts) -> Self {
        let channels = lists.entries(ListName::Channels);
        let statuses = FundingStatus::ALL.iter();
        let phases = PppPhase::ALL.iter();
        Self {
            channels: channels
                .map(|entry| Choice::new(&entry.code, entry.label.get(t.0)))
                .collect(),
            statuses: statuses.map(|s| Choice::new(s.as_str(), s.label(t.0))).collect(),
            phases: phases
                .map(|phase| Choice::new(phase.as_str(), phase_text(*phase, t)))
                .collect(),
        }
    }
}

/// A phase, and the list of the national platform that it belongs to.
fn phase_text(phase: PppPhase, t: Texts) -> String {
    let label = phase.label(t.0);
    match phase.library() {
        Some(library) => {
            let library = library.label(t.0);
            t.pick(&format!("{label}（{library}）"), &format!("{label} ({library})")).to_owned()
        }
        None => label.to_owned(),
    }
}

/// A gap or an excess in words, and the class of its tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The word.
    pub word: &'static str,
    /// The amount, 万元; blank where there is none.
    pub amount: String,
    /// The class.
    pub class: &'static str,
}

impl Gap {
    /// The words for a gap; blank without a total.
    pub fn of(gap: Option<SignedMoney>, t: Texts) -> Self {
        let Some(gap) = gap.map(SignedMoney::fen) else {
            return Self { word: t.sheet_no_total(), amount: String::new(), class: "" };
        };
        let amount = if gap == 0 { String::new() } else { show::wan(gap.abs()) };
        let (word, class) = match gap {
            1.. => (t.funding_gap_is(), "warn"),
            0 => (t.funding_covered(), "good"),
            _ => (t.funding_excess_is(), "bad"),
        };
        Self { word, amount, class }
    }
}
