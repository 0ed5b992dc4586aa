//! The sections that stand open above a row, the outer ones first.

use super::rows::Style;
use super::stage::{self, Around};

/// The open sections.
#[derive(Debug, Default)]
pub struct Sections {
    open: Vec<(String, Style)>,
    had_projects: bool,
}

impl Sections {
    /// A section begins: it ends those of its own style and what is in them. One of a style not
    /// open yet stands within the last, unless projects came since and its style is an outer one.
    pub fn begin(&mut self, text: String, style: Style) {
        if let Some(at) = self.open.iter().position(|(_, open)| *open == style) {
            self.open.truncate(at);
        } else if self.had_projects {
            while self.open.last().is_some_and(|(_, open)| *open > style) {
                self.open.pop();
            }
        }
        self.open.push((text, style));
        self.had_projects = false;
    }

    /// A project stands under the open sections.
    pub fn note_project(&mut self) {
        self.had_projects = true;
    }

    /// All sections end, as before another table.
    pub fn end(&mut self) {
        *self = Self::default();
    }

    /// The open sections as one text.
    pub fn path(&self) -> Option<String> {
        let texts: Vec<&str> = self.open.iter().map(|(text, _)| text.as_str()).collect();
        (!texts.is_empty()).then(|| texts.join(" / "))
    }

    /// The stage that they tell, the inner ones first.
    pub fn stage(&self) -> Option<Around> {
        let inner_first = self.open.iter().rev().map(|(text, _)| text.as_str());
        Around::first(inner_first, stage::of_section)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shortboard_domain::stage::Stage;

    #[test]
    fn sections_nest_by_their_ordinals_and_by_their_order() {
        let mut sections = Sections::default();
        sections.begin("一、交通".into(), Style::Chinese);
        sections.begin("（一）在建".into(), Style::ChineseInBrackets);
        sections.note_project();
        assert_eq!(sections.path().as_deref(), Some("一、交通 / （一）在建"));
        assert_eq!(sections.stage().map(|around| around.stage), Some(Stage::Construction));
        sections.begin("（二）前期".into(), Style::ChineseInBrackets);
        assert_eq!(sections.path().as_deref(), Some("一、交通 / （二）前期"));
        sections.note_project();
        sections.begin("二、环保".into(), Style::Chinese);
        assert_eq!(sections.path().as_deref(), Some("二、环保"));
        let mut sections = Sections::default();
        sections.begin("（一）在建".into(), Style::ChineseInBrackets);
        sections.begin("一、交通".into(), Style::Chinese);
        assert_eq!(sections.path().as_deref(), Some("（一）在建 / 一、交通"));
    }
}
