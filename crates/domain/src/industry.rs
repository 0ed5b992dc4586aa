//! The industries of GB/T 4754-2017: a section, and its division where that is known.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::fault::{Why, refusal};
use crate::lang::Label;

/// A section A–T of GB/T 4754-2017, with one of its two-digit divisions where known (domain
/// rules, part 9). Written `N` or `N77`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Industry {
    section: char,
    division: Option<u8>,
}

impl Industry {
    /// The 20 sections in their order, each without a division.
    pub fn sections() -> impl Iterator<Item = Self> {
        SECTIONS.iter().map(|row| Self { section: row.0, division: None })
    }

    /// The letter of the section, A–T.
    pub fn section(&self) -> char {
        self.section
    }

    /// The division, 1–97, where it is known.
    pub fn division(&self) -> Option<u8> {
        self.division
    }

    /// The name of the section.
    pub fn label(&self) -> Label {
        let (zh, en) = row(self.section).map_or(("", ""), |row| (row.2, row.3));
        Label::new(zh, en)
    }
}

impl FromStr for Industry {
    type Err = Why;

    /// Full-width characters, a small letter and the blanks around are put right.
    fn from_str(text: &str) -> Result<Self, Why> {
        let text = text.nfkc().collect::<String>().trim().to_ascii_uppercase();
        let mut chars = text.chars();
        let row = chars.next().and_then(row).ok_or(Why::NotAnIndustry)?;
        let digits = chars.as_str();
        let division = match digits.as_bytes() {
            [] => None,
            [b'0'..=b'9', b'0'..=b'9'] => Some(digits.parse().map_err(|_| Why::NotAnIndustry)?),
            _ => return Err(Why::NotAnIndustry),
        };
        if division.is_some_and(|division| !row.1.contains(&division)) {
            return Err(Why::NotAnIndustry);
        }
        Ok(Self { section: row.0, division })
    }
}

impl fmt::Display for Industry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.division {
            Some(division) => write!(f, "{}{division:02}", self.section),
            None => write!(f, "{}", self.section),
        }
    }
}

impl Serialize for Industry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Industry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(refusal)
    }
}

impl ToSchema for Industry {}

impl PartialSchema for Industry {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[A-T]([0-9]{2})?$"))
            .description(Some(
                "Industry of GB/T 4754-2017: the section, with its two-digit division where known.",
            ))
            .examples(["N77"])
            .into()
    }
}

/// Letter, divisions, name and English name of a section.
type Section = (char, RangeInclusive<u8>, &'static str, &'static str);

const SECTIONS: [Section; 20] = [
    ('A', 1..=5, "农、林、牧、渔业", "Agriculture, forestry, animal husbandry and fishery"),
    ('B', 6..=12, "采矿业", "Mining"),
    ('C', 13..=43, "制造业", "Manufacturing"),
    (
        'D',
        44..=46,
        "电力、热力、燃气及水生产和供应业",
        "Production and supply of electricity, heat, gas and water",
    ),
    ('E', 47..=50, "建筑业", "Construction"),
    ('F', 51..=52, "批发和零售业", "Wholesale and retail trade"),
    ('G', 53..=60, "交通运输、仓储和邮政业", "Transport, storage and post"),
    ('H', 61..=62, "住宿和餐饮业", "Accommodation and catering"),
    (
        'I',
        63..=65,
        "信息传输、软件和信息技术服务业",
        "Information transmission, software and information technology services",
    ),
    ('J', 66..=69, "金融业", "Finance"),
    ('K', 70..=70, "房地产业", "Real estate"),
    ('L', 71..=72, "租赁和商务服务业", "Leasing and business services"),
    ('M', 73..=75, "科学研究和技术服务业", "Scientific research and technical services"),
    (
        'N',
        76..=79,
        "水利、环境和公共设施管理业",
        "Water conservancy, environment and public facilities management",
    ),
    ('O', 80..=82, "居民服务、修理和其他服务业", "Household services, repair and other services"),
    ('P', 83..=83, "教育", "Education"),
    ('Q', 84..=85, "卫生和社会工作", "Health and social work"),
    ('R', 86..=90, "文化、体育和娱乐业", "Culture, sports and entertainment"),
    (
        'S',
        91..=96,
        "公共管理、社会保障和社会组织",
        "Public administration, social security and social organisations",
    ),
    ('T', 97..=97, "国际组织", "International organisations"),
];

fn row(section: char) -> Option<&'static Section> {
    SECTIONS.iter().find(|row| row.0 == section)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{from_value, json, to_value};

    use super::*;

    #[test]
    fn every_division_belongs_to_one_section() {
        for division in 0..=99 {
            let owners = ('A'..='T')
                .filter(|section| format!("{section}{division:02}").parse::<Industry>().is_ok())
                .count();
            assert_eq!(owners, usize::from((1..=97).contains(&division)), "{division}");
        }
    }

    #[test]
    fn the_parts_tell() {
        let industry: Industry = "N77".parse().unwrap();
        assert_eq!((industry.section(), industry.division()), ('N', Some(77)));
        assert_eq!(industry.label().zh, "水利、环境和公共设施管理业");
        assert_eq!(" a01".parse::<Industry>().unwrap().to_string(), "A01");
        let sections: String = Industry::sections().map(|each| each.to_string()).collect();
        assert_eq!(sections, "ABCDEFGHIJKLMNOPQRST");
        assert!(Industry::sections().all(|each| !each.label().en.is_empty()));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "U", "77", "N7", "N770", "N13", "C44", "A00", "T98", "N+7", "N 77", "水"]
        {
            assert_eq!(text.parse::<Industry>(), Err(Why::NotAnIndustry), "{text:?}");
        }
    }

    #[test]
    fn json_is_a_string_and_the_reason_a_word() {
        assert_eq!(to_value(from_value::<Industry>(json!("E")).unwrap()).unwrap(), json!("E"));
        let error = from_value::<Industry>(json!("N13")).unwrap_err();
        assert_eq!(error.to_string(), "why:not_an_industry");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = text.parse::<Industry>();
        }
    }
}
