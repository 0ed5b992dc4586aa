//! Text as people type and paste it: cleaned, bounded, free of what cannot be seen.

use unicode_normalization::UnicodeNormalization;

use crate::fault::Why;

/// A text for one line: in NFC, trimmed, without the invisible blanks U+FEFF and U+200B that
/// come along with pasted text.
///
/// # Errors
/// [`Why::Required`] when nothing is left, [`Why::ControlCharacter`] (also for line breaks, tabs
/// and marks that reverse the direction of writing), [`Why::TooLong`] past `max` characters.
pub fn clean(text: &str, max: usize) -> Result<String, Why> {
    checked(text, max, |_| false)
}

/// As [`clean`], for a text of several lines: line breaks, which come out as `\n`, and tabs stay.
///
/// # Errors
/// As [`clean`].
pub fn clean_multiline(text: &str, max: usize) -> Result<String, Why> {
    // Forms send CRLF whatever was typed.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    checked(&text, max, |c| matches!(c, '\n' | '\t'))
}

fn checked(text: &str, max: usize, allowed: fn(char) -> bool) -> Result<String, Why> {
    let text: String =
        text.chars().filter(|c| !matches!(c, '\u{FEFF}' | '\u{200B}')).nfc().collect();
    let text = text.trim();
    if text.is_empty() {
        return Err(Why::Required);
    }
    if text.chars().any(|c| is_forbidden(c) && !allowed(c)) {
        return Err(Why::ControlCharacter);
    }
    if text.chars().count() > max {
        return Err(Why::TooLong { max });
    }
    Ok(text.to_owned())
}

/// Control characters, line separators, and the marks by which a text can pretend to be another.
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_cleaned() {
        assert_eq!(clean(" \u{FEFF}滨河路\u{200B}\u{3000}", 3), Ok("滨河路".into()));
        assert_eq!(clean("e\u{301}", 1), Ok("é".into()));
        assert_eq!(clean("滨河路", 2), Err(Why::TooLong { max: 2 }));
        assert_eq!(clean(" \u{FEFF}\n", 9), Err(Why::Required));
        for text in ["a\nb", "a\tb", "a\0b", "\u{202E}ab", "a\u{2028}b"] {
            assert_eq!(clean(text, 9), Err(Why::ControlCharacter), "{text:?}");
        }
        assert_eq!(clean_multiline("a\r\nb\rc\td\n", 9), Ok("a\nb\nc\td".into()));
        assert_eq!(clean_multiline("a\u{7}b", 9), Err(Why::ControlCharacter));
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in any::<String>(), near in "[a\n\r\t \u{FEFF}\u{301}]{0,9}") {
            for text in [text, near] {
                if let Ok(once) = clean_multiline(&text, 99) {
                    prop_assert_eq!(clean_multiline(&once, 99), Ok(once));
                }
            }
        }
    }
}
