//! Reading what callers write: every fault is found, not only the first, each with its pointer.

use crate::fault::{Fault, Why};
use crate::text;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::str::FromStr;

/// A value as given: read, or the reason why it could not be.
///
/// It lets the whole of a body be read even when one of its values is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Given<T>(Result<T, Misread>);

/// Why a value could not be read, and where below its own place.
#[derive(Debug, Clone, PartialEq)]
struct Misread {
    below: String,
    why: Why,
}

impl<T> Given<T> {
    /// A value that is in order.
    pub fn ok(value: T) -> Self {
        Self(Ok(value))
    }

    /// A value that was read by another way than from JSON, or why it could not be.
    pub fn of(read: Result<T, Why>) -> Self {
        Self(read.map_err(|why| Misread { below: String::new(), why }))
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        // serde would take a list for the fields of an object in their order.
        if value.is_array() && serde_json::from_value::<T>(serde_json::json!({})).is_ok() {
            let why = Why::WrongType { expected: "object" };
            return Ok(Self(Err(Misread { below: String::new(), why })));
        }
        Ok(Self(serde_json::from_value(value).map_err(|error| Misread::new(&error.to_string()))))
    }
}

impl<T: Serialize> Serialize for Given<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Ok(value) => value.serialize(serializer),
            Err(misread) => Err(serde::ser::Error::custom(misread.why.code())),
        }
    }
}

impl Misread {
    fn new(message: &str) -> Self {
        let below = unknown_field(message)
            .map(|field| format!("/{}", field.replace('~', "~0").replace('/', "~1")));
        Self { below: below.unwrap_or_default(), why: why(message) }
    }
}

/// The field that a parser's message calls unknown.
fn unknown_field(message: &str) -> Option<&str> {
    let (field, _) = message.strip_prefix("unknown field `")?.rsplit_once("`, expected ")?;
    Some(field)
}

/// Turns a parser's message back into a reason: types of this crate say `why:<code>`, serde says
/// what type it expected.
pub fn why(message: &str) -> Why {
    if unknown_field(message).is_some() {
        return Why::UnknownField;
    }
    // The rest of a message may quote what was given, whatever that says.
    if let Some(rest) = message.strip_prefix("why:") {
        let code = rest.split([' ', ',']).next().unwrap_or_default();
        return match code {
            "not_money" => Why::NotMoney,
            "negative_money" => Why::NegativeMoney,
            "money_too_large" => Why::MoneyTooLarge,
            "not_a_period" => Why::NotAPeriod,
            "year_out_of_range" => Why::YearOutOfRange,
            "not_a_project_code" => Why::NotAProjectCode,
            "not_a_credit_code" => Why::NotACreditCode,
            "not_an_industry" => Why::NotAnIndustry,
            _ => Why::Malformed { detail: message.to_owned() },
        };
    }
    let expected = message.rsplit_once("expected ").map_or("", |(_, expected)| expected);
    let expected = match expected {
        e if e.starts_with("a string") => "string",
        e if e.starts_with("a sequence") => "array",
        e if e.starts_with("a boolean") => "boolean",
        e if e.starts_with("struct") || e.starts_with("a map") || e.starts_with("internally") => {
            "object"
        }
        e if e.starts_with("f64") => "number",
        e if e.starts_with('i') || e.starts_with('u') => "integer",
        _ => return Why::Malformed { detail: message.to_owned() },
    };
    Why::WrongType { expected }
}

/// The faults found so far.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Notes a fault.
    pub fn add(&mut self, pointer: &str, why: Why) {
        self.0.push(Fault::new(pointer, why));
    }

    /// Takes the value, or notes why there is none.
    pub fn take<T>(&mut self, pointer: &str, result: Result<T, Why>) -> Option<T> {
        result.map_err(|why| self.add(pointer, why)).ok()
    }

    /// A value that may be absent.
    pub fn optional<T>(&mut self, pointer: &str, given: Option<Given<T>>) -> Option<T> {
        match given?.0 {
            Ok(value) => Some(value),
            Err(Misread { below, why }) => {
                self.add(&format!("{pointer}{below}"), why);
                None
            }
        }
    }

    /// A value that must be there.
    pub fn required<T>(&mut self, pointer: &str, given: Option<Given<T>>) -> Option<T> {
        if given.is_none() {
            self.add(pointer, Why::Required);
        }
        self.optional(pointer, given)
    }

    /// A word of a closed list.
    pub fn word<T: FromStr<Err = Why>>(
        &mut self,
        pointer: &str,
        given: Option<Given<String>>,
    ) -> Option<T> {
        let text = self.optional(pointer, given).filter(|text| !text.trim().is_empty())?;
        self.take(pointer, text.trim().parse())
    }

    /// One line of text of at most `max` characters; blank is absent.
    pub fn text(
        &mut self,
        pointer: &str,
        given: Option<Given<String>>,
        max: usize,
    ) -> Option<String> {
        let text = self.optional(pointer, given).filter(|text| !text.trim().is_empty())?;
        self.take(pointer, text::clean(&text, max))
    }

    /// Text with line breaks of at most `max` characters; blank is absent.
    pub fn multiline(
        &mut self,
        pointer: &str,
        given: Option<Given<String>>,
        max: usize,
    ) -> Option<String> {
        let text = self.optional(pointer, given).filter(|text| !text.trim().is_empty())?;
        self.take(pointer, text::clean_multiline(&text, max))
    }

    /// A day.
    pub fn day(&mut self, pointer: &str, given: Option<Given<String>>) -> Option<Date> {
        let text = self.optional(pointer, given)?;
        self.take(pointer, day(&text))
    }

    /// Notes what another part of the input found.
    pub fn extend(&mut self, more: impl IntoIterator<Item = Fault>) {
        self.0.extend(more);
    }

    /// Whether nothing is wrong so far at or below a place.
    pub fn is_empty_at(&self, pointer: &str) -> bool {
        !self.0.iter().any(|fault| fault.pointer.starts_with(pointer))
    }

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was found.
    pub fn into_vec(self) -> Vec<Fault> {
        self.0
    }

    /// The value when nothing is wrong.
    ///
    /// # Errors
    /// The faults found.
    pub fn finish<T>(self, value: T) -> Result<T, Vec<Fault>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }
}

/// Reads a day `YYYY-MM-DD` of the years 1900–2199.
///
/// # Errors
/// [`Why::NotADay`], [`Why::YearOutOfRange`].
pub fn day(text: &str) -> Result<Date, Why> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(i, byte)| match i {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let day: Date = shape.then(|| text.parse().ok()).flatten().ok_or(Why::NotADay)?;
    if (1900..=2199).contains(&day.year()) { Ok(day) } else { Err(Why::YearOutOfRange) }
}
