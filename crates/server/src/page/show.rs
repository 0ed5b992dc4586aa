//! How values are shown: money in 万元 or 亿元, periods, names of codes.

use super::texts::Texts;
use jiff::civil::Date;
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::lang::Lang;
use shortboard_domain::period::Span;

/// Fen in 万元.
const WAN: u128 = 1_000_000;

/// Fen in 亿元.
const YI: u128 = 10_000_000_000;

/// An amount of fen in 万元, exactly, with separators: `38,500`, `0.000001`.
pub fn wan(fen: i128) -> String {
    let fraction = format!("{:06}", fen.unsigned_abs() % WAN);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{}{point}{fraction}", sign(fen), grouped(fen.unsigned_abs() / WAN))
}

/// An amount of fen in 万元 as forms take it, without separators.
pub fn wan_plain(fen: i128) -> String {
    wan(fen).replace(',', "")
}

/// An amount of fen in 亿元, to two places.
pub fn yi(fen: i128) -> String {
    let hundredths = (fen.unsigned_abs() + YI / 200) / (YI / 100);
    let sign = if hundredths == 0 { "" } else { sign(fen) };
    format!("{sign}{}.{:02}", grouped(hundredths / 100), hundredths % 100)
}

/// A number with separators.
pub fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with separators.
pub fn count(number: i64) -> String {
    format!("{}{}", sign(number.into()), grouped(number.unsigned_abs().into()))
}

fn sign(number: i128) -> &'static str {
    if number < 0 { "-" } else { "" }
}

/// Start and finish: `2018-03—2019-12`, `2018-03—`; blank where neither is known.
pub fn span(span: &Span) -> String {
    let text = |period: Option<shortboard_domain::period::Period>| {
        period.map(|period| period.to_string()).unwrap_or_default()
    };
    if *span == Span::default() {
        return String::new();
    }
    format!("{}—{}", text(span.start), text(span.finish))
}

/// What people read for a code of a list, as of a day.
pub fn label(lists: &CodeLists, list: ListName, code: &str, day: Date, t: Texts) -> String {
    let entry = lists.entry_on(list, code, day);
    let label = entry.map(|entry| entry.label.get(t.0)).filter(|label| !label.is_empty());
    label.unwrap_or(code).to_owned()
}

/// Words in a row: 、 in Chinese, commas in English.
pub fn listed(t: Texts, words: impl IntoIterator<Item = String>) -> String {
    let between = if t.0 == Lang::Zh { "、" } else { ", " };
    words.into_iter().collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_shown_exactly() {
        assert_eq!(wan(38_500_000_000), "38,500");
        assert_eq!(wan(-1_234_567_890_123), "-1,234,567.890123");
        assert_eq!(wan(1), "0.000001");
        assert_eq!(wan(0), "0");
        assert_eq!(wan_plain(1_234_567_890_000), "1234567.89");
    }

    #[test]
    fn hundreds_of_millions_are_rounded_to_two_places() {
        assert_eq!(yi(38_500_000_000), "3.85");
        assert_eq!(yi(-149_999_999), "-0.01");
        assert_eq!(yi(-1), "0.00");
        assert_eq!(yi(123_456_789_000_000), "12,345.68");
    }
}
