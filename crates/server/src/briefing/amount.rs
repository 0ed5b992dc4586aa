//! Amounts, shares and days as sentences say them.

use crate::page::Texts;
use crate::page::show::grouped;
use jiff::civil::Date;
use shortboard_domain::lang::Lang;

/// Fen in 亿元, in 万元, and in a yuan.
const YI: u128 = 10_000_000_000;
const WAN: u128 = 1_000_000;
const YUAN: u128 = 100;

/// An amount: from one 亿 on in 亿元, from one 万 on in 万元, to two places; in English as exact, in
/// millions and thousands.
pub fn amount(fen: i128, t: Texts) -> String {
    let size = fen.unsigned_abs();
    let sign = if fen < 0 { "-" } else { "" };
    // What rounds up to the next unit is told in it.
    let reaches = |unit: u128, step: u128| size + step / 2 >= unit;
    match t.0 {
        Lang::Zh if reaches(YI, WAN / 100) => format!("{sign}{}亿元", places(size, YI / 100, 2)),
        Lang::Zh if reaches(WAN, YUAN) => format!("{sign}{}万元", places(size, WAN / 100, 2)),
        Lang::Zh => format!("{sign}{}元", places(size, 1, 2)),
        Lang::En if reaches(YI, WAN / 100) => {
            format!("{sign}CNY {} million", places(size, YI / 100, 0))
        }
        Lang::En if reaches(WAN, YUAN) => {
            format!("{sign}CNY {} thousand", places(size, WAN / 100, 1))
        }
        Lang::En => format!("{sign}CNY {}", places(size, 1, 2)),
    }
}

/// A number of the smallest steps shown, with a point before its last digits and no blank zeros.
fn places(size: u128, step: u128, digits: u32) -> String {
    let steps = (size + step / 2) / step;
    let scale = 10_u128.pow(digits);
    let whole = grouped(steps / scale);
    let width = digits as usize;
    let fraction = format!("{:0width$}", steps % scale);
    let fraction = if digits == 0 { "" } else { fraction.trim_end_matches('0') };
    if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") }
}

/// A share in percent, to one place; `None` of nothing.
pub fn share(of: i128, all: i128) -> Option<String> {
    if all <= 0 || of < 0 {
        return None;
    }
    let tenths = (of * 2000 + all) / (2 * all);
    let fraction = match tenths % 10 {
        0 => String::new(),
        tenth => format!(".{tenth}"),
    };
    Some(format!("{}{fraction}%", grouped((tenths / 10).unsigned_abs())))
}

/// A day: 2018年6月1日, 1 June 2018.
pub fn day(day: Date, t: Texts) -> String {
    match t.0 {
        Lang::Zh => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        Lang::En => day.strftime("%-d %B %Y").to_string(),
    }
}

/// A number as headings count, from 1: 一, 二 … 十, 十一 …; in English as it is.
pub fn ordinal(number: usize, t: Texts) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    if t.0 == Lang::En || number > 99 {
        return number.to_string();
    }
    let tens = match number / 10 {
        0 => String::new(),
        1 => "十".to_owned(),
        tens => format!("{}十", DIGITS[tens]),
    };
    format!("{tens}{}", DIGITS[number % 10])
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZH: Texts = Texts(Lang::Zh);
    const EN: Texts = Texts(Lang::En);

    #[test]
    fn amounts_are_told_in_the_unit_they_reach() {
        assert_eq!(amount(1_234_000_000_000, ZH), "123.4亿元");
        assert_eq!(amount(10_000_000_000, ZH), "1亿元");
        // What rounds to 10,000 万元 is one 亿元.
        assert_eq!(amount(9_999_999_900, ZH), "1亿元");
        assert_eq!(amount(385_000_000, ZH), "385万元");
        assert_eq!(amount(1_234_567, ZH), "1.23万元");
        assert_eq!(amount(99_900, ZH), "999元");
        assert_eq!(amount(-20_000_000_000, ZH), "-2亿元");
        assert_eq!(amount(0, ZH), "0元");
    }

    #[test]
    fn english_amounts_are_as_exact() {
        assert_eq!(amount(1_234_000_000_000, EN), "CNY 12,340 million");
        assert_eq!(amount(385_000_000, EN), "CNY 3,850 thousand");
        assert_eq!(amount(99_900, EN), "CNY 999");
    }

    #[test]
    fn shares_days_and_ordinals() {
        assert_eq!(share(1, 3).as_deref(), Some("33.3%"));
        assert_eq!(share(5, 5).as_deref(), Some("100%"));
        assert_eq!(share(1, 0), None);
        let of = jiff::civil::date(2018, 6, 1);
        assert_eq!((day(of, ZH), day(of, EN)), ("2018年6月1日".into(), "1 June 2018".into()));
        let numbers = [1, 10, 11, 20, 23].map(|number| ordinal(number, ZH));
        assert_eq!(numbers, ["一", "十", "十一", "二十", "二十三"]);
    }
}
