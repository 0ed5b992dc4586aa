//! Amounts of money, kept exactly as whole fen and written in yuan.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::fault::{Why, refusal};

/// An amount in whole fen, from nothing to 10^14 yuan (domain rules, part 10).
///
/// Written in yuan with two places, `385000000.00`. Read from such a string with at most two
/// places, or from a whole JSON number of yuan; a JSON fraction is refused, since it may already
/// have been rounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

impl Money {
    /// The largest amount: 10^14 yuan, which is 10^16 fen.
    pub const MAX: Self = Self(10_000_000_000_000_000);
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of whole fen.
    ///
    /// # Errors
    /// [`Why::NegativeMoney`], [`Why::MoneyTooLarge`].
    pub fn from_fen(fen: i64) -> Result<Self, Why> {
        if fen < 0 {
            return Err(Why::NegativeMoney);
        }
        if fen > Self::MAX.0 {
            return Err(Why::MoneyTooLarge);
        }
        Ok(Self(fen))
    }

    /// The amount in whole fen.
    pub fn fen(self) -> i64 {
        self.0
    }

    /// The sum of two amounts, or nothing when it passes [`Money::MAX`].
    pub fn checked_add(self, other: Self) -> Option<Self> {
        // Two amounts of at most 10^16 fen cannot overflow an i64.
        Self::from_fen(self.0 + other.0).ok()
    }

    /// The exact sum of any number of amounts. It may pass [`Money::MAX`], as the sum of a
    /// project's sources or of many projects may.
    pub fn total(amounts: impl IntoIterator<Item = Self>) -> SignedMoney {
        SignedMoney(amounts.into_iter().map(|amount| i128::from(amount.0)).sum())
    }
}

impl FromStr for Money {
    type Err = Why;

    fn from_str(text: &str) -> Result<Self, Why> {
        if let Some(rest) = text.strip_prefix('-') {
            return Err(match unsigned_fen(rest) {
                Err(Why::NotMoney) => Why::NotMoney,
                _ => Why::NegativeMoney,
            });
        }
        i64::try_from(unsigned_fen(text)?).map_err(|_| Why::MoneyTooLarge).and_then(Self::from_fen)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SignedMoney::from(*self).fmt(f)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MoneyVisitor)
    }
}

impl ToSchema for Money {}

impl PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(r"^[0-9]+(\.[0-9]{1,2})?$"))
            .description(Some(
                "An amount in yuan with two places, at most 10^14 yuan. On input at most two \
                 places; a whole JSON number of yuan is taken as well.",
            ))
            .examples(["385000000.00"])
            .into()
    }
}

/// A sum of money or a difference between two, in whole fen; may be negative: the gap of a
/// project with more funding than it needs (domain rules, part 4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignedMoney(i128);

impl SignedMoney {
    /// An amount of whole fen of either sign.
    pub fn from_fen(fen: impl Into<i128>) -> Self {
        Self(fen.into())
    }

    /// The amount in whole fen.
    pub fn fen(self) -> i128 {
        self.0
    }
}

impl std::ops::Sub for SignedMoney {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl From<Money> for SignedMoney {
    fn from(amount: Money) -> Self {
        Self(amount.0.into())
    }
}

impl FromStr for SignedMoney {
    type Err = Why;

    fn from_str(text: &str) -> Result<Self, Why> {
        let fen = match text.strip_prefix('-') {
            Some(rest) => -i128::from(unsigned_fen(rest)?),
            None => i128::from(unsigned_fen(text)?),
        };
        Ok(Self(fen))
    }
}

impl fmt::Display for SignedMoney {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fen = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

impl Serialize for SignedMoney {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SignedMoney {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(refusal)
    }
}

impl ToSchema for SignedMoney {}

impl PartialSchema for SignedMoney {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(r"^-?[0-9]+(\.[0-9]{1,2})?$"))
            .description(Some("A sum or a difference in yuan with two places; may be negative."))
            .examples(["-12.00"])
            .into()
    }
}

/// Fen of an unsigned decimal number of yuan. What is beyond a `u64` is too large.
fn unsigned_fen(text: &str) -> Result<u64, Why> {
    let (whole, places) = text.split_once('.').unwrap_or((text, "00"));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(places) {
        return Err(Why::NotMoney);
    }
    let cents = match *places.as_bytes() {
        [tens] => u64::from(tens - b'0') * 10,
        [tens, ones] => u64::from(tens - b'0') * 10 + u64::from(ones - b'0'),
        _ => return Err(Why::NotMoney),
    };
    // All digits, so that parsing only fails for length.
    let yuan: u64 = whole.parse().map_err(|_| Why::MoneyTooLarge)?;
    yuan.checked_mul(100).and_then(|fen| fen.checked_add(cents)).ok_or(Why::MoneyTooLarge)
}

struct MoneyVisitor;

impl de::Visitor<'_> for MoneyVisitor {
    type Value = Money;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string of yuan with at most two places")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Money, E> {
        text.parse().map_err(refusal)
    }

    fn visit_i64<E: de::Error>(self, yuan: i64) -> Result<Money, E> {
        self.visit_str(&yuan.to_string())
    }

    fn visit_u64<E: de::Error>(self, yuan: u64) -> Result<Money, E> {
        self.visit_str(&yuan.to_string())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Money, E> {
        Err(refusal(Why::NotMoney))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{from_value, json, to_value};

    use super::*;

    fn fen(text: &str) -> Result<i64, Why> {
        text.parse().map(Money::fen)
    }

    #[test]
    fn yuan_are_read_exactly() {
        assert_eq!(fen("385000000.00"), Ok(38_500_000_000));
        assert_eq!(fen("5"), Ok(500));
        assert_eq!(fen("5.1"), Ok(510));
        assert_eq!(fen("0.07"), Ok(7));
        assert_eq!(fen("100000000000000.00"), Ok(Money::MAX.fen()));
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        for text in [
            "", "-", ".", "5.", ".5", "5.123", "+5", "1e3", "1,000", " 5", "5 ", "5元", "\u{FF15}",
            "--5", "5.-1", "5.1.1", "NaN",
        ] {
            assert_eq!(fen(text), Err(Why::NotMoney), "{text:?}");
        }
        assert_eq!(fen("-1"), Err(Why::NegativeMoney));
        assert_eq!(fen("-x"), Err(Why::NotMoney));
        assert_eq!(fen("-99999999999999999999"), Err(Why::NegativeMoney));
        assert_eq!(fen("100000000000000.01"), Err(Why::MoneyTooLarge));
        assert_eq!(fen(&"9".repeat(400)), Err(Why::MoneyTooLarge));
        assert_eq!(fen("184467440737095517"), Err(Why::MoneyTooLarge));
    }

    #[test]
    fn json_is_a_string_and_the_reason_a_word() {
        let read = |value| from_value::<Money>(value).map_err(|error| error.to_string());
        assert_eq!(to_value(Money(510)).unwrap(), json!("5.10"));
        assert_eq!(read(json!("5.1")), Ok(Money(510)));
        assert_eq!(read(json!(5)), Ok(Money(500)));
        assert_eq!(read(json!(1.5)), Err("why:not_money".into()));
        assert_eq!(read(json!("x")), Err("why:not_money".into()));
        assert_eq!(read(json!(-5)), Err("why:negative_money".into()));
        assert_eq!(read(json!(u64::MAX)), Err("why:money_too_large".into()));
        assert!(read(json!(true)).unwrap_err().starts_with("invalid type"));
    }

    #[test]
    fn a_gap_may_be_negative() {
        assert_eq!(SignedMoney(-1200).to_string(), "-12.00");
        assert_eq!(SignedMoney(-7).to_string(), "-0.07");
        assert_eq!("-12".parse(), Ok(SignedMoney(-1200)));
        assert_eq!("1.2".parse(), Ok(SignedMoney(120)));
        assert_eq!("1+".parse::<SignedMoney>(), Err(Why::NotMoney));
        let gap = SignedMoney::from(Money(100)) - Money(300).into();
        assert_eq!(gap, SignedMoney(-200));
        assert_eq!(from_value::<SignedMoney>(json!("-0.07")).unwrap(), SignedMoney(-7));
    }

    #[test]
    fn sums_never_wrap() {
        assert_eq!(Money::MAX.checked_add(Money(1)), None);
        assert_eq!(Money(1).checked_add(Money(2)), Some(Money(3)));
        let most = i128::from(Money::MAX.fen());
        assert_eq!(Money::total([Money::MAX; 1000]), SignedMoney(1000 * most));
        assert_eq!(Money::total([]), SignedMoney(0));
    }

    proptest! {
        #[test]
        fn written_and_read_again(amount in 0..=Money::MAX.0, signed in any::<i64>().prop_map(i128::from)) {
            prop_assert_eq!(Money(amount).to_string().parse(), Ok(Money(amount)));
            prop_assert_eq!(SignedMoney(signed).to_string().parse(), Ok(SignedMoney(signed)));
        }

        #[test]
        fn no_text_panics(text in "[-+.0-9e,元]{0,30}") {
            let _ = text.parse::<Money>();
            let _ = text.parse::<SignedMoney>();
        }
    }
}
