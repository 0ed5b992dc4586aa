//! What the child process writes: a line of JSON an event, and a last one that says how it ended.

use serde::{Deserialize, Serialize};
use shortboard_ledger::open::Unreadable;
use shortboard_ledger::reading::Event;
use std::borrow::Cow;

/// Every last line begins so, and no event does.
const LAST: &[u8] = b"{\"ended\":";

/// A line of the child process.
#[derive(Debug)]
pub enum Line {
    /// Something that was understood.
    Event(Event),
    /// All was read.
    Read,
    /// The file cannot be read.
    Unreadable(Unreadable),
}

/// The last line.
#[derive(Serialize, Deserialize)]
#[serde(tag = "ended", rename_all = "snake_case")]
enum Last<'a> {
    Read,
    Unreadable { code: Cow<'a, str>, message: Cow<'a, str>, message_en: Cow<'a, str> },
}

/// The last line of a child that ended as it should.
pub fn last(ended: Result<(), &Unreadable>) -> serde_json::Result<String> {
    serde_json::to_string(&match ended {
        Ok(()) => Last::Read,
        Err(Unreadable { code, message, message_en }) => Last::Unreadable {
            code: Cow::Borrowed(*code),
            message: message.into(),
            message_en: message_en.into(),
        },
    })
}

/// What a line says.
pub fn parse(line: &[u8]) -> serde_json::Result<Line> {
    if !line.starts_with(LAST) {
        return serde_json::from_slice(line).map(Line::Event);
    }
    Ok(match serde_json::from_slice(line)? {
        Last::Read => Line::Read,
        Last::Unreadable { code, message, message_en } => {
            Line::Unreadable(Unreadable::told(&code, message.into_owned(), message_en.into_owned()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use shortboard_ledger::reading::{RowKind, Skipped};

    #[test]
    fn lines_say_what_was_said() {
        let event = Event::Skipped(Skipped { row: 3, kind: RowKind::Total });
        let line = serde_json::to_string(&event).expect("a line");
        assert!(matches!(parse(line.as_bytes()), Ok(Line::Event(read)) if read == event));
        let line = last(Ok(())).expect("a line");
        assert!(matches!(parse(line.as_bytes()), Ok(Line::Read)));
        let why = Unreadable::too_slow(60);
        let line = last(Err(&why)).expect("a line");
        assert!(matches!(parse(line.as_bytes()), Ok(Line::Unreadable(read)) if read == why));
        assert!(parse(b"{\"ended\":\"never\"}").is_err());
    }
}
