//! What people write in forms and ledgers: amounts in 万元, and periods in all the ways of the trade
//! (domain rules, part 10).

use crate::fault::Why;
use crate::money::Money;
use crate::period::{Period, Span};
use unicode_normalization::UnicodeNormalization;

/// An amount in 万元: `38,500`, `7446.08`, `38500万元`; with 亿元 or 元 behind it, in that unit.
///
/// # Errors
/// [`Why::NotWan`], [`Why::NegativeMoney`], [`Why::MoneyTooLarge`]
pub fn wan(text: &str) -> Result<Money, Why> {
    let plain: String = text.nfkc().filter(|c| !c.is_whitespace() && *c != ',').collect();
    let units = [("亿元", 10), ("亿", 10), ("万元", 6), ("万", 6), ("元", 2)];
    let unit = units.iter().find_map(|(unit, places)| Some((plain.strip_suffix(unit)?, *places)));
    let (number, places) = unit.unwrap_or((&plain, 6));
    let (digits, is_negative) = match number.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (number, false),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !are_digits(whole) || !are_digits(fraction) || fraction.len() > places {
        return Err(Why::NotWan);
    }
    if is_negative {
        return Err(Why::NegativeMoney);
    }
    let fen = format!("{whole}{fraction:0<places$}");
    fen.parse().map_err(|_| Why::MoneyTooLarge).and_then(Money::from_fen)
}

/// A year, month or day: `2017`, `2017.3`, `2017年3月`, `2017/3/1`, `201703`, `17.03`.
///
/// # Errors
/// [`Why::NotAWrittenPeriod`], [`Why::YearOutOfRange`]
pub fn period(text: &str) -> Result<Period, Why> {
    let plain: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.trim_end_matches(['日', '号', '月', '年', '底', '初']);
    let parts: Vec<&str> = plain.split(['.', '-', '/', '年', '月']).collect();
    let numbers: Option<Vec<i16>> = parts.iter().map(|part| digits(part)).collect();
    let numbers = numbers.ok_or(Why::NotAWrittenPeriod)?;
    let small = |number: i16| i8::try_from(number).map_err(|_| Why::NotAWrittenPeriod);
    let year = |number: i16| match parts[0].len() {
        // 09.10 is October 2009; 98.5 is May 1998.
        2 if number < 70 => Ok(2000 + number),
        2 => Ok(1900 + number),
        4 => Ok(number),
        _ => Err(Why::NotAWrittenPeriod),
    };
    match numbers[..] {
        [number] if parts[0].len() == 4 => Period::new(number, None, None),
        [_] if parts[0].len() == 6 => period(&format!("{}-{}", &parts[0][..4], &parts[0][4..])),
        [_] if parts[0].len() == 8 => {
            let (year, rest) = parts[0].split_at(4);
            period(&format!("{year}-{}-{}", &rest[..2], &rest[2..]))
        }
        [y, month] => Period::new(year(y)?, Some(small(month)?), None),
        [y, month, day] => Period::new(year(y)?, Some(small(month)?), Some(small(day)?)),
        _ => Err(Why::NotAWrittenPeriod),
    }
    .map_err(|why| if why == Why::NotAPeriod { Why::NotAWrittenPeriod } else { why })
}

/// A number of one to four digits, or six or eight of a date in one piece.
fn digits(part: &str) -> Option<i16> {
    let fits = matches!(part.len(), 1..=4 | 6 | 8) && part.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| part[..Ord::min(4, part.len())].parse().ok()).flatten()
}

/// From a start to a finish: `2017.03-2019.12`, `2017年3月—2019年`, `2009-2011`, `2010-`,
/// `2018-03—2019-12`. One period alone is the start.
///
/// # Errors
/// [`Why::NotAWrittenPeriod`], [`Why::YearOutOfRange`], [`Why::FinishBeforeStart`]
pub fn span(text: &str) -> Result<Span, Why> {
    // Before normalisation: dashes become hyphens there.
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let open = |text: &str| if text.is_empty() { Ok(None) } else { period(text).map(Some) };
    let dashes = ['—', '–', '―', '~', '～', '至', '到'];
    let halves = plain
        .split_once(dashes)
        .map(|(start, finish)| (start.to_owned(), finish.trim_start_matches(dashes).to_owned()));
    let (start, finish) = match halves {
        Some(halves) => halves,
        None => halves_by_hyphen(&plain),
    };
    let span = Span { start: open(&start)?, finish: open(&finish)? };
    span.validate()?;
    Ok(span)
}

/// Halves by a hyphen, which may also stand inside of a date: 2017-03-2019-12, 2009-2011, 2018-03.
fn halves_by_hyphen(text: &str) -> (String, String) {
    let text: String = text.nfkc().collect();
    let hyphens: Vec<usize> = text.match_indices('-').map(|(at, _)| at).collect();
    let split = |at: usize| (text[..at].to_owned(), text[at + 1..].to_owned());
    match hyphens[..] {
        [] => (text, String::new()),
        [at] if text[at + 1..].len() == 2 && at == 4 && !text[..at].contains('.') => {
            (text, String::new())
        }
        [at] => split(at),
        // A whole day, or two dates of the same precision.
        [_, at] if text[at + 1..].len() <= 2 && text.len() <= 10 => (text, String::new()),
        _ => split(hyphens[hyphens.len() / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fen(text: &str) -> Result<i64, Why> {
        wan(text).map(Money::fen)
    }

    #[test]
    fn amounts_are_in_wan_unless_they_say_otherwise() {
        assert_eq!(fen("38,500"), Ok(38_500_000_000));
        assert_eq!(fen(" 7,446.08 "), Ok(7_446_080_000));
        assert_eq!(fen("３８５００"), Ok(38_500_000_000));
        assert_eq!(fen("3.85亿元"), Ok(38_500_000_000));
        assert_eq!(fen("12.34元"), Ok(1234));
        assert_eq!(fen("0.000001"), Ok(1));
        assert_eq!(fen("0.0000001"), Err(Why::NotWan));
        assert_eq!(fen("约3亿元"), Err(Why::NotWan));
        assert_eq!(fen("-1"), Err(Why::NegativeMoney));
        assert_eq!(fen(""), Err(Why::NotWan));
        assert_eq!(fen("99999999999999999999"), Err(Why::MoneyTooLarge));
    }

    #[test]
    fn periods_are_read_as_ledgers_write_them() {
        let read = |text: &str| {
            span(text).map(|span| {
                let text = |end: Option<Period>| end.map(|end| end.to_string()).unwrap_or_default();
                (text(span.start), text(span.finish))
            })
        };
        let told = |start: &str, finish: &str| Ok((start.to_owned(), finish.to_owned()));
        assert_eq!(read("2017.03-2019.12"), told("2017-03", "2019-12"));
        assert_eq!(read("2017年3月—2019年"), told("2017-03", "2019"));
        assert_eq!(read("2009-2011"), told("2009", "2011"));
        assert_eq!(read("2010-"), told("2010", ""));
        assert_eq!(read("09.10-11.3"), told("2009-10", "2011-03"));
        assert_eq!(read("2017/3/1"), told("2017-03-01", ""));
        assert_eq!(read("2018-03—2019-12"), told("2018-03", "2019-12"));
        assert_eq!(read("2018-03-2019-12"), told("2018-03", "2019-12"));
        assert_eq!(read("2018-03"), told("2018-03", ""));
        assert_eq!(read("2018-03-01"), told("2018-03-01", ""));
        assert_eq!(read("2017年～2018年底"), told("2017", "2018"));
        assert_eq!(read("201703至201812"), told("2017-03", "2018-12"));
        assert_eq!(read("2019-2017"), Err(Why::FinishBeforeStart));
        assert_eq!(read("近期"), Err(Why::NotAWrittenPeriod));
        assert_eq!(read("2017.13"), Err(Why::NotAWrittenPeriod));
        assert_eq!(read("1017"), Err(Why::YearOutOfRange));
    }
}
