//! A year, a month or a day, and the span between two of them, with the precision that was given.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::fault::{Why, refusal};

/// How much of a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precision {
    /// `YYYY`
    Year,
    /// `YYYY-MM`
    Month,
    /// `YYYY-MM-DD`
    Day,
}

/// A year, a month or a day of 1900–2199: a year is not its January (domain rules, part 10).
///
/// Written and read as `YYYY`, `YYYY-MM` or `YYYY-MM-DD` (ISO 8601).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    first: Date,
    precision: Precision,
}

impl Period {
    /// A period from its parts: the year alone, with a month, or with a month and a day.
    ///
    /// # Errors
    /// [`Why::YearOutOfRange`]; [`Why::NotAPeriod`] for what is not in the calendar and for a
    /// day without a month.
    pub fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Result<Self, Why> {
        let precision = match (month, day) {
            (None, None) => Precision::Year,
            (Some(_), None) => Precision::Month,
            (Some(_), Some(_)) => Precision::Day,
            (None, Some(_)) => return Err(Why::NotAPeriod),
        };
        let first = Date::new(year, month.unwrap_or(1), day.unwrap_or(1));
        in_range(first.map_err(|_| Why::NotAPeriod)?).map(|first| Self { first, precision })
    }

    /// A day as a period.
    ///
    /// # Errors
    /// [`Why::YearOutOfRange`].
    pub fn from_date(day: Date) -> Result<Self, Why> {
        in_range(day).map(|first| Self { first, precision: Precision::Day })
    }

    /// The year.
    pub fn year(&self) -> i16 {
        self.first.year()
    }

    /// The month, 1–12, where it is known.
    pub fn month(&self) -> Option<i8> {
        (self.precision != Precision::Year).then(|| self.first.month())
    }

    /// The day of the month, where it is known.
    pub fn day(&self) -> Option<i8> {
        (self.precision == Precision::Day).then(|| self.first.day())
    }

    /// How much is known.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The first day that it may mean.
    pub fn first_day(&self) -> Date {
        self.first
    }

    /// The last day that it may mean.
    pub fn last_day(&self) -> Date {
        match self.precision {
            Precision::Year => self.first.last_of_year(),
            Precision::Month => self.first.last_of_month(),
            Precision::Day => self.first,
        }
    }

    /// Whether every day it may mean lies before every day the other may mean: 2016 is before
    /// 2017-03, 2017 is not.
    pub fn certainly_before(&self, other: &Self) -> bool {
        self.last_day() < other.first_day()
    }
}

impl FromStr for Period {
    type Err = Why;

    fn from_str(text: &str) -> Result<Self, Why> {
        let mut parts = text.split('-');
        let year = number(parts.next(), 4)?.ok_or(Why::NotAPeriod)?;
        let month = small(number(parts.next(), 2)?)?;
        let day = small(number(parts.next(), 2)?)?;
        if parts.next().is_some() {
            return Err(Why::NotAPeriod);
        }
        Self::new(year, month, day)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (self.first.year(), self.first.month(), self.first.day());
        match self.precision {
            Precision::Year => write!(f, "{year:04}"),
            Precision::Month => write!(f, "{year:04}-{month:02}"),
            Precision::Day => write!(f, "{year:04}-{month:02}-{day:02}"),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(refusal)
    }
}

impl ToSchema for Period {}

impl PartialSchema for Period {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(r"^(19|20|21)[0-9]{2}(-(0[1-9]|1[0-2])(-[0-3][0-9])?)?$"))
            .description(Some(
                "A year, a month or a day (YYYY, YYYY-MM or YYYY-MM-DD), kept as precise as given.",
            ))
            .examples(["2017", "2017-03", "2017-03-15"])
            .into()
    }
}

/// From a start to a finish, either of which may be open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Span {
    /// When it starts.
    pub start: Option<Period>,
    /// When it is finished.
    pub finish: Option<Period>,
}

impl Span {
    /// Whether the two ends can be true together.
    ///
    /// # Errors
    /// [`Why::FinishBeforeStart`] when the finish certainly lies before the start.
    pub fn validate(&self) -> Result<(), Why> {
        match (self.start, self.finish) {
            (Some(start), Some(finish)) if finish.certainly_before(&start) => {
                Err(Why::FinishBeforeStart)
            }
            _ => Ok(()),
        }
    }
}

fn in_range(day: Date) -> Result<Date, Why> {
    if (1900..=2199).contains(&day.year()) { Ok(day) } else { Err(Why::YearOutOfRange) }
}

/// A number of exactly `width` ASCII digits; nothing when there is no such part.
fn number(part: Option<&str>, width: usize) -> Result<Option<i16>, Why> {
    let Some(part) = part else { return Ok(None) };
    if part.len() != width || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Why::NotAPeriod);
    }
    part.parse().map(Some).map_err(|_| Why::NotAPeriod)
}

fn small(number: Option<i16>) -> Result<Option<i8>, Why> {
    number.map(i8::try_from).transpose().map_err(|_| Why::NotAPeriod)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use serde_json::{from_value, json, to_value};

    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn precision_is_kept() {
        let year = period("2017");
        assert_eq!((year.year(), year.month(), year.day()), (2017, None, None));
        assert_eq!((year.first_day(), year.last_day()), (date(2017, 1, 1), date(2017, 12, 31)));
        let month = period("2016-02");
        assert_eq!((month.month(), month.day()), (Some(2), None));
        assert_eq!((month.first_day(), month.last_day()), (date(2016, 2, 1), date(2016, 2, 29)));
        let day = period("2017-03-15");
        assert_eq!((day.first_day(), day.last_day()), (date(2017, 3, 15), date(2017, 3, 15)));
        assert_eq!(Period::from_date(date(2017, 3, 15)), Ok(day));
        assert_ne!(period("2017-01"), year);
    }

    #[test]
    fn only_the_strict_forms_are_read() {
        for text in [
            "",
            "17",
            "2017-",
            "2017-3",
            "2017-13",
            "2017-00",
            "2017-02-30",
            "2017-02-3",
            "2017/03",
            "2017.03",
            "20170315",
            " 2017",
            "2017年",
            "2017-03-15-",
            "+201",
            "2017-+3",
            "\u{FF12}017",
        ] {
            assert_eq!(text.parse::<Period>(), Err(Why::NotAPeriod), "{text:?}");
        }
        assert_eq!("1899".parse::<Period>(), Err(Why::YearOutOfRange));
        assert_eq!("2200-01-01".parse::<Period>(), Err(Why::YearOutOfRange));
        assert_eq!(Period::from_date(date(2200, 1, 1)), Err(Why::YearOutOfRange));
        assert_eq!(Period::new(2017, None, Some(1)), Err(Why::NotAPeriod));
    }

    #[test]
    fn before_is_said_only_when_it_is_certain() {
        assert!(period("2016").certainly_before(&period("2017-03")));
        assert!(!period("2017").certainly_before(&period("2017-03")));
        assert!(period("2017-02").certainly_before(&period("2017-03-01")));
        assert!(!period("2017-03").certainly_before(&period("2017")));
    }

    #[test]
    fn a_span_must_not_end_before_it_starts() {
        let span = |value| from_value::<Span>(value).unwrap();
        let wrong = span(json!({ "start": "2017-03", "finish": "2016" }));
        assert_eq!(wrong.validate(), Err(Why::FinishBeforeStart));
        let vague = span(json!({ "start": "2017-03", "finish": "2017" }));
        assert_eq!(vague.validate(), Ok(()));
        let open = span(json!({ "start": "2010" }));
        assert_eq!(open.validate(), Ok(()));
        assert_eq!(to_value(open).unwrap(), json!({ "start": "2010", "finish": null }));
        assert!(from_value::<Span>(json!({ "begin": "2010" })).is_err());
        let error = from_value::<Span>(json!({ "start": "2010-13" })).unwrap_err();
        assert_eq!(error.to_string(), "why:not_a_period");
    }

    proptest! {
        #[test]
        fn written_and_read_again(
            year in 1900_i16..2200,
            month in proptest::option::of(1_i8..13),
            day in 1_i8..29,
            known in any::<bool>(),
        ) {
            let period = Period::new(year, month, month.and(known.then_some(day))).unwrap();
            prop_assert_eq!(period.to_string().parse(), Ok(period));
            prop_assert!(period.first_day() <= period.last_day());
            prop_assert!(!period.certainly_before(&period));
        }

        #[test]
        fn no_text_panics(text in "[-0-9.年 ]{0,12}") {
            let _ = text.parse::<Period>();
        }
    }
}
