//! The national code of an investment project, 投资项目统一代码.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::fault::{Why, refusal};

/// Characters of a code without its suffix.
const LENGTH: usize = 24;

/// The two generations of codes (domain rules, part 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Year – region or ministry – industry division – approval type – serial (2015–2020).
    Old,
    /// YYMM – region – guiding department – project type – random digits and a check digit
    /// (发改投资〔2020〕1439号; GB/T 40058-2021).
    New,
}

/// A project code: 20 digits in groups 4-6-2-2-6 with hyphens, and for a part of the works a
/// suffix of three digits (domain rules, part 7).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectCode(String);

impl ProjectCode {
    /// The whole code, with its suffix where it has one.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 24 characters without the suffix: what two parts of one project share.
    pub fn base(&self) -> &str {
        &self.0[..LENGTH]
    }

    /// The three digits of the suffix, `000` or `001`.
    pub fn suffix(&self) -> Option<&str> {
        self.0.get(LENGTH + 1..)
    }

    /// Which generation it is of.
    pub fn form(&self) -> Form {
        // The first group is one or the other, or there would be no such code.
        if is_year_month(&self.0[..4]) { Form::New } else { Form::Old }
    }

    /// The year in which the code was given.
    pub fn year(&self) -> i16 {
        match self.form() {
            Form::Old => decimal(&self.0[..4]),
            Form::New => 2000 + decimal(&self.0[..2]),
        }
    }

    /// The six digits of the region, which may be a zone outside of GB/T 2260 (in the old form
    /// also a ministry).
    pub fn region(&self) -> &str {
        &self.0[5..11]
    }

    /// The approval mode that a code of the old form tells, as the code of domain rules, part 9:
    /// `approval` 审批, `ratification` 核准, `record_filing` 备案. The new form tells none.
    pub fn approval_type(&self) -> Option<&'static str> {
        match (self.form(), &self.0[15..17]) {
            (Form::Old, "01") => Some("approval"),
            (Form::Old, "02") => Some("ratification"),
            (Form::Old, "03") => Some("record_filing"),
            _ => None,
        }
    }

    /// [`Why::ProjectCodeCheck`] when the check digit of the new form does not hold. A warning
    /// only: the rule was inferred from published codes.
    pub fn warning(&self) -> Option<Why> {
        if self.form() == Form::Old {
            return None;
        }
        let expected = check_digit(&self.base()[..LENGTH - 1]);
        (!self.base().ends_with(expected)).then_some(Why::ProjectCodeCheck { expected })
    }
}

impl FromStr for ProjectCode {
    type Err = Why;

    /// Full-width digits and hyphens and the blanks around are put right.
    fn from_str(text: &str) -> Result<Self, Why> {
        let text: String = text.nfkc().map(plain_hyphen).collect();
        let text = text.trim();
        let groups: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        let grouped = matches!(lengths[..], [4, 6, 2, 2, 6] | [4, 6, 2, 2, 6, 3]);
        if !grouped || !groups.concat().bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Why::NotAProjectCode);
        }
        // The old form is of 2015–2020; two years before that are let pass.
        let old = (2013..=2020).contains(&decimal(groups[0]));
        if !old && !is_year_month(groups[0]) {
            return Err(Why::NotAProjectCode);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ProjectCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for ProjectCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ProjectCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(refusal)
    }
}

impl ToSchema for ProjectCode {}

impl PartialSchema for ProjectCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(r"^[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}(-[0-9]{3})?$"))
            .description(Some(
                "Investment project code 投资项目统一代码, with the suffix of a part of the works \
                 where there is one.",
            ))
            .examples(["2111-522323-04-01-342068"])
            .into()
    }
}

/// Whether four digits are YYMM of the new form, which began in 2020.
fn is_year_month(group: &str) -> bool {
    decimal(&group[..2]) >= 20 && (1..=12).contains(&decimal(&group[2..]))
}

/// The value of a few ASCII digits.
fn decimal(digits: &str) -> i16 {
    digits.bytes().fold(0, |value, digit| value * 10 + i16::from(digit - b'0'))
}

/// ISO 7064 MOD 11,10 over the digits of a code, the hyphens left out.
fn check_digit(code: &str) -> char {
    let mut product = 10;
    for digit in code.chars().filter_map(|c| c.to_digit(10)) {
        let sum = match (product + digit) % 10 {
            0 => 10,
            sum => sum,
        };
        product = 2 * sum % 11;
    }
    char::from_digit((11 - product) % 10, 10).unwrap_or('0')
}

/// Chinese input methods type a dash or a minus where a hyphen is meant; NFKC leaves those.
fn plain_hyphen(c: char) -> char {
    if matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { c }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{from_value, json, to_value};

    use super::*;

    fn code(text: &str) -> ProjectCode {
        text.parse().unwrap()
    }

    #[test]
    fn published_codes_hold() {
        for text in
            ["2111-522323-04-01-342068", "2603-141124-89-05-346948", "2509-320193-89-01-544060"]
        {
            assert_eq!(code(text).form(), Form::New);
            assert_eq!(code(text).warning(), None, "{text}");
        }
        let made_up = code("2601-140100-89-01-123456").warning();
        assert!(matches!(made_up, Some(Why::ProjectCodeCheck { .. })));
    }

    #[test]
    fn the_groups_tell() {
        let new = code("2111-522323-04-01-342068-001");
        assert_eq!((new.year(), new.region(), new.suffix()), (2021, "522323", Some("001")));
        assert_eq!(new.base(), "2111-522323-04-01-342068");
        assert_eq!(new.as_str(), "2111-522323-04-01-342068-001");
        assert_eq!((new.warning(), new.approval_type()), (None, None));
        let old = code("2017-210700-77-03-001234");
        assert_eq!((old.form(), old.year(), old.suffix()), (Form::Old, 2017, None));
        assert_eq!((old.approval_type(), old.warning()), (Some("record_filing"), None));
    }

    #[test]
    fn a_year_and_a_month_never_collide() {
        let form = |first: &str| {
            format!("{first}-210700-77-01-000000").parse::<ProjectCode>().map(|code| code.form())
        };
        for year in 2013..=2020 {
            assert_eq!(form(&year.to_string()), Ok(Form::Old));
        }
        for month in 2001..=2012 {
            assert_eq!(form(&month.to_string()), Ok(Form::New));
        }
        assert_eq!(form("2112"), Ok(Form::New));
        for neither in ["2000", "2021", "2113", "1912", "0000", "9900", "1999"] {
            assert_eq!(form(neither), Err(Why::NotAProjectCode), "{neither}");
        }
    }

    #[test]
    fn full_width_is_put_right_and_the_rest_refused() {
        let wide = "\u{3000}2111\u{FF0D}\u{FF15}22323-04\u{2014}01-342068 ";
        assert_eq!(code(wide).as_str(), "2111-522323-04-01-342068");
        for text in [
            "",
            "21115223230401342068",
            "2111-522323-04-01-34206",
            "2111-522323-04-01-342068-",
            "2111-522323-04-01-342068-01",
            "2111-522323-04-01-342068-001-001",
            "2111-52232x-04-01-342068",
            "2111-\u{4E94}223-04-01-342068",
            "2111 -522323-04-01-342068",
        ] {
            assert_eq!(text.parse::<ProjectCode>(), Err(Why::NotAProjectCode), "{text:?}");
        }
    }

    #[test]
    fn json_is_a_string_and_the_reason_a_word() {
        let text = json!("2017-210700-77-03-001234-000");
        assert_eq!(to_value(from_value::<ProjectCode>(text.clone()).unwrap()).unwrap(), text);
        let error = from_value::<ProjectCode>(json!("2017")).unwrap_err();
        assert_eq!(error.to_string(), "why:not_a_project_code");
    }

    proptest! {
        #[test]
        fn exactly_one_check_digit_holds(
            region in "[0-9]{6}", kind in "[0-9]{2}-[0-9]{2}", serial in "[0-9]{5}",
        ) {
            let holds = |check: &u8| {
                code(&format!("2111-{region}-{kind}-{serial}{check}")).warning().is_none()
            };
            prop_assert_eq!((0..10).filter(holds).count(), 1);
        }

        #[test]
        fn the_expected_digit_holds(serial in "[0-9]{6}") {
            let given = code(&format!("2111-522323-04-01-{serial}"));
            if let Some(Why::ProjectCodeCheck { expected }) = given.warning() {
                let right = format!("{}{expected}", &given.as_str()[..23]);
                prop_assert_eq!(code(&right).warning(), None);
            }
        }

        #[test]
        fn no_text_panics(text in any::<String>(), near in "[-0-9 ]{20,30}") {
            let _ = text.parse::<ProjectCode>();
            let _ = near.parse::<ProjectCode>().map(|code| code.warning());
        }
    }
}
