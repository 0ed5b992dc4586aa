//! Every word of the pages, in both languages: one table, a file for each part of the desk.

mod accounts;
mod audit;
mod board;
mod briefing;
mod common;
mod departments;
mod desk;
mod funding;
mod imports;
mod list;
mod notice;
mod papers;
mod project;
mod register;
mod sheet;
mod sign_in;

pub use audit::ACTIONS;
use shortboard_domain::lang::Lang;

/// The words of the pages in one language.
#[derive(Debug, Clone, Copy)]
pub struct Texts(pub Lang);

impl Texts {
    /// One of two words.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self.0 {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// Declares words: a name, 中文, English.
macro_rules! texts {
    ($($name:ident = $zh:literal, $en:literal;)*) => {
        impl $crate::page::texts::Texts {
            $(
                #[doc = $zh]
                pub fn $name(self) -> &'static str {
                    self.pick($zh, $en)
                }
            )*
        }

        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str, &str)] = &[$((stringify!($name), $zh, $en)),*];
    };
}
pub(super) use texts;

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[&[(&str, &str, &str)]] = &[
        accounts::ALL,
        audit::ALL,
        board::ALL,
        briefing::ALL,
        common::ALL,
        departments::ALL,
        desk::ALL,
        funding::ALL,
        imports::ALL,
        list::ALL,
        notice::ALL,
        papers::ALL,
        project::ALL,
        register::ALL,
        sheet::ALL,
        sign_in::ALL,
    ];

    fn is_han(c: char) -> bool {
        ('\u{4e00}'..='\u{9fff}').contains(&c)
    }

    #[test]
    fn every_word_is_there_in_both_languages() {
        for (name, zh, en) in ALL.iter().copied().flatten() {
            assert!(!zh.trim().is_empty() && !en.trim().is_empty(), "{name} is blank");
            assert!(zh.chars().any(is_han) || zh == en, "{name} has no Chinese: {zh}");
            assert!(!en.chars().any(is_han), "{name} has Chinese in its English: {en}");
        }
    }

    #[test]
    fn templates_hold_no_words_of_their_own() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        let mut read = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let line = text.lines().position(|line| line.chars().any(is_han));
            assert_eq!(line, None, "{} has Chinese at that line", path.display());
            read += 1;
        }
        assert!(read > 3);
    }
}
