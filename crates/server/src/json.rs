//! JSON as callers send it, read strictly: a name that stands twice in an object is an error, where
//! most readers take the last of the two in silence.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use shortboard_domain::fault::{Fault, Why};
use std::fmt;

/// Reads a whole text.
///
/// # Errors
/// One fault when it is no JSON, or one for every name that stands twice.
pub fn parse(text: &[u8]) -> Result<Value, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut reader = serde_json::Deserializer::from_slice(text);
    let strict = Strict { at: Place { above: None, step: Step::Root }, faults: &mut faults };
    let read = strict.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    match read {
        Ok(value) if faults.is_empty() => Ok(value),
        Ok(_) => Err(faults),
        Err(error) => Err(vec![Fault::new("", Why::Malformed { detail: error.to_string() })]),
    }
}

/// One name as a step of an RFC 6901 pointer.
pub fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Where in the text the reader is. A pointer is put together only when something is wrong there:
/// the names above it may be long.
struct Place<'a> {
    above: Option<&'a Place<'a>>,
    step: Step<'a>,
}

enum Step<'a> {
    Root,
    Name(&'a str),
    Index(usize),
}

impl Place<'_> {
    fn pointer(&self) -> String {
        let above = self.above.map(Self::pointer).unwrap_or_default();
        match self.step {
            Step::Root => above,
            Step::Name(name) => format!("{above}/{}", escaped(name)),
            Step::Index(index) => format!("{above}/{index}"),
        }
    }
}

struct Strict<'a> {
    at: Place<'a>,
    faults: &'a mut Vec<Fault>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            let at = Place { above: Some(&self.at), step: Step::Index(items.len()) };
            match seq.next_element_seed(Strict { at, faults: self.faults })? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let at = Place { above: Some(&self.at), step: Step::Name(&name) };
            if fields.contains_key(&name) {
                self.faults.push(Fault::new(at.pointer(), Why::Repeated { given: name.clone() }));
            }
            let value = map.next_value_seed(Strict { at, faults: self.faults })?;
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_reads_as_any_reader_has_it() {
        let text = r#" {"a": [1, -2, 0.5, "é", null, true], "b": {"~/": {}}} "#;
        assert_eq!(parse(text.as_bytes()), Ok(serde_json::from_str(text).unwrap()));
    }

    #[test]
    fn a_name_that_stands_twice_is_told_with_its_place() {
        let faults = parse(br#"{"a": 1, "b": [{"x/y": 1, "x/y": 2}], "a": 3}"#).unwrap_err();
        let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/b/0/x~1y", "/a"]);
    }

    #[test]
    fn what_is_no_json_is_told_once() {
        for text in ["", "{", "[1] 2", "{\"a\": 1e999}", &"[".repeat(100_000), "\u{FEFF}{}"] {
            let faults = parse(text.as_bytes()).unwrap_err();
            assert!(matches!(faults[..], [Fault { why: Why::Malformed { .. }, .. }]), "{text:.9}");
        }
    }
}
