//! The columns of the list page: which are shown, and which it can be sorted by.

use crate::page::form::Form;
use crate::page::visit::Visit;
pub use crate::sheet::card::{Card, cards};
pub use crate::sheet::columns::Column;
pub use crate::sheet::writer::Writer;

/// The cookie, and the parameter, that name the columns shown.
pub const COLUMNS: &str = "columns";

impl Column {
    /// What is shown to whoever has chosen nothing.
    const USUAL: [Self; 9] = [
        Self::Name,
        Self::Stage,
        Self::Area,
        Self::Region,
        Self::Owner,
        Self::Departments,
        Self::Total,
        Self::Gap,
        Self::Period,
    ];

    /// The orders a click on its heading asks for: the first, and the other way round.
    pub fn sorts(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Number => Some(("registry_number", "registry_number")),
            Self::Name => Some(("name", "name")),
            Self::Total => Some(("-total_investment", "total_investment")),
            Self::Updated => Some(("-updated_at", "updated_at")),
            _ => None,
        }
    }

    /// The columns that a visit shows: those its address names, those it remembers, or the usual.
    pub fn shown(visit: &Visit) -> Vec<Self> {
        let chosen = visit.query.given(COLUMNS).or_else(|| visit.cookie(COLUMNS));
        let chosen = chosen.map(|words| {
            let words: Vec<&str> = words.split(['.', ',']).collect();
            let has = |column: &Self| *column == Self::Name || words.contains(&column.word());
            Self::LISTED.into_iter().filter(has).collect::<Vec<_>>()
        });
        chosen.filter(|columns| columns.len() > 1).unwrap_or(Self::USUAL.to_vec())
    }

    /// The columns that a form chose, as a cookie keeps them.
    pub fn chosen(form: &Form) -> String {
        let chosen: Vec<&str> = form.all(COLUMNS).collect();
        let known = Self::LISTED.into_iter().map(Self::word).filter(|word| chosen.contains(word));
        known.collect::<Vec<_>>().join(".")
    }
}
