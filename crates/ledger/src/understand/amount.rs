//! Amounts of money in cells, read exactly: from the shortest decimal text of a number, never by
//! binary arithmetic.

use super::text::{decimal, plain, says_nothing};
use super::unit;
use crate::reading::Unit;
use crate::sheet::Value;
use shortboard_domain::fault::Why;
use shortboard_domain::money::Money;

/// What stands in a cell that should hold an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Nothing, or a dash.
    Blank,
    /// An amount.
    Exact(Money),
    /// An amount with more than fen, rounded.
    Rounded(Money),
    /// 约3亿元: not invented.
    Approximate,
    /// 待定
    Unsettled,
    /// Below nothing.
    Negative,
    /// Beyond what money can be.
    TooLarge,
    /// #REF!
    Broken,
    /// No amount at all.
    NotMoney,
}

/// Words that make an amount approximate.
const ABOUT: &[&str] = &[
    "约",
    "左右",
    "以上",
    "以内",
    "多",
    "余",
    "暂估",
    "预计",
    "估",
    "近",
    "不超过",
    "上下",
    "待核",
];

/// Words for what is not settled yet.
const UNSETTLED: &[&str] =
    &["待定", "未定", "待核定", "暂定", "待测算", "测算中", "待明确", "待批复", "待估算", "面议"];

/// Reads an amount in a unit, unless the cell tells its own.
pub fn read(value: &Value, unit: Unit) -> Amount {
    match value {
        Value::Number(number) if !number.is_finite() => Amount::NotMoney,
        Value::Number(number) => of_decimal(&decimal(*number), unit, true),
        Value::Text(text) => of_text(text, unit),
        Value::Error(_) => Amount::Broken,
        Value::Date(_) | Value::Truth(_) => Amount::NotMoney,
    }
}

/// Reads an amount as people write it.
pub fn of_text(text: &str, unit: Unit) -> Amount {
    let plain = plain(text);
    let plain =
        plain.trim_start_matches(['\'', '`', '¥', '￥', '=']).trim_end_matches(['。', ';', ',']);
    if says_nothing(plain) {
        return Amount::Blank;
    }
    if UNSETTLED.contains(&plain) {
        return Amount::Unsettled;
    }
    if ABOUT.iter().any(|word| plain.contains(word)) {
        return if plain.chars().any(|c| c.is_ascii_digit()) {
            Amount::Approximate
        } else {
            Amount::NotMoney
        };
    }
    let bare = super::text::without_parentheses(plain);
    let bare = bare.trim_start_matches("人民币");
    let units = [
        ("亿元", Unit::Yi),
        ("亿", Unit::Yi),
        ("万元", Unit::Wan),
        ("万", Unit::Wan),
        ("元", Unit::Yuan),
    ];
    let own = units.iter().find_map(|(word, unit)| Some((bare.strip_suffix(word)?, *unit)));
    let (number, unit) = own.unwrap_or((bare, unit));
    match ungrouped(number) {
        Some(digits) => of_decimal(&digits, unit, false),
        None if is_range(number) => Amount::Approximate,
        None => Amount::NotMoney,
    }
}

/// Whether a text is two numbers with a dash between: no one amount.
fn is_range(text: &str) -> bool {
    let mut halves = text.split(['-', '—', '~', '至']);
    let is_number = |half: Option<&str>| {
        half.is_some_and(|half| {
            !half.is_empty()
                && half.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '万' || c == '亿')
        })
    };
    is_number(halves.next()) && is_number(halves.next()) && halves.next().is_none()
}

/// A number without its commas, which must stand between groups of three or four digits.
fn ungrouped(number: &str) -> Option<String> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.contains(',') {
        return None;
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let fits = |group: &str| matches!(group.len(), 3 | 4);
    if whole.contains(',') && (first.len() > 4 || !groups.all(fits)) {
        return None;
    }
    let digits = number.replace(',', "");
    let is_digit = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
    let signs = digits.get(1..).is_some_and(|rest| rest.contains(['-', '+']));
    (digits.chars().all(is_digit) && !signs).then_some(digits)
}

/// An amount from a decimal number; what a spreadsheet computed may carry noise behind its 15
/// digits.
fn of_decimal(number: &str, unit: Unit, is_computed: bool) -> Amount {
    let (digits, is_negative) = match number.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (number.strip_prefix('+').unwrap_or(number), false),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !are_digits(whole) || !are_digits(fraction) {
        return Amount::NotMoney;
    }
    if is_negative {
        return if digits.bytes().all(|byte| matches!(byte, b'0' | b'.')) {
            Amount::Exact(Money::ZERO)
        } else {
            Amount::Negative
        };
    }
    let places = unit::places(unit);
    let fraction = fraction.trim_end_matches('0');
    let kept = &fraction[..fraction.len().min(places)];
    let excess = &fraction[kept.len()..];
    let whole = if whole.is_empty() { "0" } else { whole };
    let Ok(mut fen) = format!("{whole}{kept:0<places$}").parse::<i64>() else {
        return Amount::TooLarge;
    };
    if excess.as_bytes().first().is_some_and(|digit| *digit >= b'5') {
        fen = fen.saturating_add(1);
    }
    let significant =
        digits.trim_start_matches(['0', '.']).bytes().filter(u8::is_ascii_digit).count();
    let is_noise = is_computed && significant >= 15;
    match Money::from_fen(fen) {
        Ok(money) if excess.is_empty() || is_noise => Amount::Exact(money),
        Ok(money) => Amount::Rounded(money),
        Err(Why::NegativeMoney) => Amount::Negative,
        Err(_) => Amount::TooLarge,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(value: Value, unit: Unit) -> String {
        match read(&value, unit) {
            Amount::Exact(money) => money.to_string(),
            other => format!("{other:?}"),
        }
    }

    fn text(text: &str) -> String {
        yuan(Value::Text(text.into()), Unit::Wan)
    }

    #[test]
    fn numbers_are_exact() {
        assert_eq!(yuan(Value::Number(120_000.5), Unit::Wan), "1200005000.00");
        assert_eq!(yuan(Value::Number(0.864), Unit::Yi), "86400000.00");
        assert_eq!(yuan(Value::Number(7_446.079_999_999_999), Unit::Wan), "74460800.00");
        assert_eq!(yuan(Value::Number(0.1 + 0.2), Unit::Wan), "3000.00");
        assert_eq!(yuan(Value::Number(0.0), Unit::Wan), "0.00");
        assert_eq!(yuan(Value::Number(1.234_567_8), Unit::Wan), "Rounded(Money(1234568))");
        assert_eq!(yuan(Value::Number(-5.0), Unit::Wan), "Negative");
        assert_eq!(yuan(Value::Number(1e300), Unit::Wan), "TooLarge");
        assert_eq!(yuan(Value::Number(f64::NAN), Unit::Wan), "NotMoney");
    }

    #[test]
    fn texts_are_read_as_people_mean_them() {
        assert_eq!(text("7,446.08"), "74460800.00");
        assert_eq!(text("１２００"), "12000000.00");
        assert_eq!(text("1 200"), "12000000.00");
        assert_eq!(text("3亿元"), "300000000.00");
        assert_eq!(text("5000万元（含征地）"), "50000000.00");
        assert_eq!(text("1,2"), "NotMoney");
        assert_eq!(text("约3亿元"), "Approximate");
        assert_eq!(text("3亿元左右"), "Approximate");
        assert_eq!(text("3-5亿元"), "Approximate");
        assert_eq!(text("5000（暂估）"), "Approximate");
        assert_eq!(text("待定"), "Unsettled");
        for blank in ["—", "/", "无", "--", " ", "——"] {
            assert_eq!(text(blank), "Blank", "{blank}");
        }
        assert_eq!(text("5000万美元"), "NotMoney");
        assert_eq!(text("八千"), "NotMoney");
        assert_eq!(text("50%"), "NotMoney");
    }
}
