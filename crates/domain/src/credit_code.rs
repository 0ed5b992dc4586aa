//! The unified social credit code of a legal person, 统一社会信用代码.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::fault::{Why, refusal};

/// The characters in the order of their values, 0–30 (GB 32100-2015).
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The weights of the first 17 characters (GB 32100-2015).
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// 18 characters of digits and capital letters without I, O, S, V, Z (GB 32100-2015).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);

impl CreditCode {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// [`Why::CreditCodeCheck`] when the check character does not hold. A warning only: a few
    /// real codes in circulation fail it (domain rules, part 8).
    pub fn warning(&self) -> Option<Why> {
        let expected = check_character(&self.0);
        (!self.0.ends_with(expected)).then_some(Why::CreditCodeCheck { expected })
    }
}

impl FromStr for CreditCode {
    type Err = Why;

    /// Full-width characters, small letters and the blanks around are put right.
    fn from_str(text: &str) -> Result<Self, Why> {
        let code = text.nfkc().collect::<String>().trim().to_ascii_uppercase();
        if code.len() != 18 || !code.chars().all(|c| ALPHABET.contains(c)) {
            return Err(Why::NotACreditCode);
        }
        Ok(Self(code))
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for CreditCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for CreditCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(refusal)
    }
}

impl ToSchema for CreditCode {}

impl PartialSchema for CreditCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[0-9A-HJ-NPQRTUWXY]{18}$"))
            .description(Some("Unified social credit code 统一社会信用代码 (GB 32100-2015)."))
            .examples(["91350100M000100Y43"])
            .into()
    }
}

/// The character that the first 17 ask for.
fn check_character(code: &str) -> char {
    let sum: usize = code
        .chars()
        .zip(WEIGHTS)
        .map(|(c, weight)| ALPHABET.find(c).unwrap_or_default() * weight)
        .sum();
    ALPHABET.chars().nth((31 - sum % 31) % 31).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{from_value, json, to_value};

    use super::*;

    fn code(text: &str) -> CreditCode {
        text.parse().unwrap()
    }

    #[test]
    fn real_codes_hold() {
        for text in ["91350100M000100Y43", "91110108551385082Q", "123502001549897397"] {
            assert_eq!(code(text).warning(), None, "{text}");
        }
        let expected = Some(Why::CreditCodeCheck { expected: '3' });
        assert_eq!(code("91350100M000100Y44").warning(), expected);
    }

    #[test]
    fn small_and_wide_letters_are_put_right_and_the_rest_refused() {
        assert_eq!(
            code(" \u{FF19}1350100\u{FF4D}000100y43\u{3000}").as_str(),
            "91350100M000100Y43"
        );
        for text in [
            "",
            "91350100M000100Y4",
            "91350100M000100Y433",
            "91350100I000100Y43",
            "91350100 000100Y43",
            "91350100-000100Y43",
            "锦州锦州锦州",
        ] {
            assert_eq!(text.parse::<CreditCode>(), Err(Why::NotACreditCode), "{text:?}");
        }
    }

    #[test]
    fn json_is_a_string_and_the_reason_a_word() {
        let text = json!("91350100M000100Y43");
        assert_eq!(to_value(from_value::<CreditCode>(text.clone()).unwrap()).unwrap(), text);
        let error = from_value::<CreditCode>(json!("x")).unwrap_err();
        assert_eq!(error.to_string(), "why:not_a_credit_code");
    }

    proptest! {
        #[test]
        fn any_single_change_is_noticed(
            body in "[0-9A-HJ-NPQRTUWXY]{17}", at in 0..18_usize, shift in 1..31_usize,
        ) {
            let mut right = body.clone();
            right.push(check_character(&body));
            prop_assert_eq!(code(&right).warning(), None);
            let mut wrong: Vec<char> = right.chars().collect();
            let place = (ALPHABET.find(wrong[at]).unwrap() + shift) % 31;
            wrong[at] = ALPHABET.chars().nth(place).unwrap();
            prop_assert!(code(&wrong.iter().collect::<String>()).warning().is_some());
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = text.parse::<CreditCode>();
        }
    }
}
