//! Dates in cells, with the precision that was written; what is not clear is no date.

use super::text::{is_room, plain, says_nothing};
use crate::sheet::Value;
use jiff::ToSpan as _;
use jiff::civil::date;
use shortboard_domain::fault::Why;
use shortboard_domain::period::Period;
use shortboard_domain::written;

/// Why a date is not all that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// No date can be told.
    NotADate,
    /// A length of time, such as 24个月.
    Duration,
    /// Only a part of what is written is kept: 2017年上半年 is 2017.
    Coarser,
    /// 2018.1 as a number: January, or October without its nought.
    OneOrTen,
    /// The finish is before the start.
    FinishBeforeStart,
    /// #REF!
    Broken,
}

/// What a cell tells of start and finish.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dates {
    /// Start, or the one date there is.
    pub start: Option<Period>,
    /// Finish.
    pub finish: Option<Period>,
    /// What is in doubt.
    pub doubt: Option<Doubt>,
}

impl Dates {
    fn of(start: Result<Period, Why>) -> Self {
        match start {
            Ok(start) => Self { start: Some(start), ..Self::default() },
            Err(_) => Self::doubted(Doubt::NotADate),
        }
    }

    fn doubted(doubt: Doubt) -> Self {
        Self { doubt: Some(doubt), ..Self::default() }
    }
}

/// Reads a date, or a start and a finish.
pub fn read(value: &Value) -> Dates {
    match value {
        Value::Date(day) => Dates::of(Period::from_date(day.date())),
        Value::Number(number) => of_number(*number),
        Value::Text(text) => of_text(text),
        Value::Error(_) => Dates::doubted(Doubt::Broken),
        Value::Truth(_) => Dates::doubted(Doubt::NotADate),
    }
}

/// A number in a column of dates: a year, a year and a month, or a spreadsheet's serial day.
fn of_number(number: f64) -> Dates {
    let text = super::text::decimal(number);
    if text.contains('.') {
        let Some((year, month)) = text.split_once('.').filter(|(year, _)| year.len() == 4) else {
            return Dates::doubted(Doubt::NotADate);
        };
        if month == "1" {
            let doubt = Some(Doubt::OneOrTen);
            return Dates { doubt, ..Dates::of(written::period(year)) };
        }
        return Dates::of(written::period(&text));
    }
    match number {
        1950.0..2150.0 | 195_001.0..214_913.0 | 19_500_101.0..21_500_101.0 => {
            Dates::of(written::period(&text))
        }
        // 1954 to 2119, counted from the last day but one of 1899.
        20_000.0..80_000.0 => {
            #[expect(clippy::cast_possible_truncation, reason = "between 20,000 and 80,000")]
            let days = number as i32;
            let day = date(1899, 12, 30).checked_add(days.days());
            Dates::of(day.map_err(|_| Why::NotAPeriod).and_then(Period::from_date))
        }
        _ => Dates::doubted(Doubt::NotADate),
    }
}

/// Words around a date that change nothing.
const AROUND: &[&str] = &[
    "计划于",
    "预计于",
    "拟于",
    "计划",
    "预计",
    "力争",
    "争取",
    "拟",
    "自",
    "从",
    "于",
    "年开工",
    "开工建设",
    "开工",
    "竣工验收",
    "竣工",
    "完工",
    "建成投产",
    "建成",
    "动工",
    "启动",
    "投产",
    "完成",
    "起",
    "时间",
    "份",
    ":",
];

/// Words that make a date less precise than it looks, with what is left of it.
const COARSE: &[&str] = &[
    "上半年",
    "下半年",
    "第一季度",
    "第二季度",
    "第三季度",
    "第四季度",
    "一季度",
    "二季度",
    "三季度",
    "四季度",
    "1季度",
    "2季度",
    "3季度",
    "4季度",
    "年中",
    "春季",
    "夏季",
    "秋季",
    "冬季",
    "Q1",
    "Q2",
    "Q3",
    "Q4",
    "左右",
    "年初前",
    "前后",
];

/// Reads a date, or a start and a finish, as people write them.
pub fn of_text(text: &str) -> Dates {
    let flat = plain(text);
    if says_nothing(&flat) {
        return Dates::default();
    }
    if is_duration(&flat) {
        return Dates::doubted(Doubt::Duration);
    }
    let lone = two_lines(text);
    let (cleaned, is_coarse) = clean(lone.as_deref().unwrap_or(&flat));
    let doubt = is_coarse.then_some(Doubt::Coarser);
    match span(&cleaned) {
        Ok((None, None)) => Dates::doubted(Doubt::NotADate),
        Ok((start, finish)) => Dates { start, finish, doubt },
        Err(Why::FinishBeforeStart) => Dates::doubted(Doubt::FinishBeforeStart),
        Err(_) => Dates::doubted(Doubt::NotADate),
    }
}

/// Two dates one below the other, or with room between, as from–to.
fn two_lines(text: &str) -> Option<String> {
    let pieces: Vec<String> =
        text.split(is_room).map(plain).filter(|piece| !piece.is_empty()).collect();
    let [first, second] = &pieces[..] else { return None };
    // A time of day behind a date.
    if second.contains(':') && second.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(first.clone());
    }
    let whole = |piece: &str| written::period(&clean(piece).0).is_ok();
    (whole(first) && whole(second)).then(|| format!("{first}-{second}"))
}

/// Whether a text is a length of time: 24个月, 3年, 730天.
fn is_duration(plain: &str) -> bool {
    let number = plain.trim_start_matches(['约', '共', '为']).trim_start_matches("工期");
    let rest = number.trim_start_matches(|c: char| {
        c.is_ascii_digit() || c == '.' || "一二三四五六七八九十两半".contains(c)
    });
    let count = number.len() - rest.len();
    count > 0
        && (matches!(rest, "个月" | "天" | "日历天" | "周" | "个年度" | "年半")
            || (rest == "年" && count < 4))
}

/// A text without what only surrounds a date, and whether that made it less precise.
fn clean(plain: &str) -> (String, bool) {
    let mut text = super::text::without_parentheses(plain);
    let mut is_coarse = false;
    for word in COARSE {
        if text.contains(word) {
            let keeps_year = if *word == "年中" { "年" } else { "" };
            text = text.replace(word, keeps_year);
            is_coarse = true;
        }
    }
    for word in AROUND {
        let keeps_year = if *word == "年开工" { "年" } else { "" };
        text = text.replace(word, keeps_year);
    }
    for (word, plainer) in [
        ("至今", "-"),
        ("年底前", "年"),
        ("年末", "年"),
        ("年前", "年"),
        ("月底前", "月"),
        ("月底", "月"),
        ("月末", "月"),
        ("月初", "月"),
        ("上旬", ""),
        ("中旬", ""),
        ("下旬", ""),
        ("。", "."),
        ("、", "."),
        ("年.", "年"),
        ("..", "."),
        ("--", "-"),
        ("——", "-"),
        ("年度", "年"),
        ("/0", "/"),
    ] {
        text = text.replace(word, plainer);
    }
    // "before October" is some time of that year.
    if let Some(before) = text.strip_suffix("月前").or_else(|| text.strip_suffix("前")) {
        is_coarse = true;
        text = before.split('年').next().unwrap_or(before).to_owned();
    }
    (dashed(&text), is_coarse)
}

/// The character 一 between digits is a dash that was typed as a word.
fn dashed(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let is_part =
        |c: Option<&char>| c.is_some_and(|c| c.is_ascii_digit() || matches!(c, '年' | '月' | '日'));
    let mut dashed = String::new();
    for (at, c) in chars.iter().enumerate() {
        let is_dash = *c == '一' && at > 0 && is_part(chars.get(at - 1));
        dashed.push(if is_dash { '-' } else { *c });
    }
    dashed.trim_matches(['.', ',', ';']).to_owned()
}

type Ends = (Option<Period>, Option<Period>);

/// Start and finish of a cleaned text.
fn span(text: &str) -> Result<Ends, Why> {
    // One month: 2017-3; the domain takes a single digit for a finish.
    if let Some((year, month)) = text.split_once('-')
        && year.len() == 4
        && month.len() == 1
    {
        return Ok((Some(written::period(text)?), None));
    }
    let Some((first, second)) = halves(text) else {
        return written::span(&long_year(text)).map(|span| (span.start, span.finish));
    };
    let (first, second) = (long_year(&first), long_year(&second));
    let start = written::period(&first);
    // 2017年3-12月, 2017.3-12: a month alone is of the same year.
    if let Ok(start) = start
        && start.month().is_some()
        && !second.contains('年')
    {
        let digits = second.trim_end_matches(['月', '日']);
        let is_month = matches!(digits.len(), 1 | 2) && digits.bytes().all(|b| b.is_ascii_digit());
        if is_month || second.contains('月') {
            let finish = written::period(&format!("{}年{second}", start.year()))?;
            return ordered(Some(start), Some(finish));
        }
    }
    let is_one = first.len() == 4 && second.len() == 2;
    let span = if is_one { text.to_owned() } else { format!("{first}—{second}") };
    written::span(&span).map(|span| (span.start, span.finish))
}

/// 16年 is 2016年.
fn long_year(text: &str) -> String {
    match text.split_once('年') {
        Some((year, _)) if year.len() == 2 && year.bytes().all(|b| b.is_ascii_digit()) => {
            format!("20{text}")
        }
        _ => text.to_owned(),
    }
}

/// The halves around a single dash.
fn halves(text: &str) -> Option<(String, String)> {
    let dashes = ['-', '—', '–', '―', '~', '至', '到'];
    let mut halves = text.split(dashes).map(String::from);
    let (first, second) = (halves.next()?, halves.next()?);
    (halves.next().is_none() && !first.is_empty() && !second.is_empty()).then_some((first, second))
}

fn ordered(start: Option<Period>, finish: Option<Period>) -> Result<Ends, Why> {
    shortboard_domain::period::Span { start, finish }.validate()?;
    Ok((start, finish))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(dates: Dates) -> String {
        let text = |end: Option<Period>| end.map(|end| end.to_string()).unwrap_or_default();
        let doubt = dates.doubt.map(|doubt| format!(" {doubt:?}")).unwrap_or_default();
        format!("{}|{}{doubt}", text(dates.start), text(dates.finish))
    }

    #[test]
    fn texts_are_read_with_their_precision() {
        for (text, meant) in [
            ("2017.03-2019.12", "2017-03|2019-12"),
            ("2016年5月—2018年", "2016-05|2018"),
            ("2016-2019", "2016|2019"),
            ("2017-", "2017|"),
            ("2017年至今", "2017|"),
            ("09.10-11.3", "2009-10|2011-03"),
            ("2017/3/1", "2017-03-01|"),
            ("2018-03-01 00:00:00", "2018-03-01|"),
            ("2017年3-12月", "2017-03|2017-12"),
            ("2017.3-12", "2017-03|2017-12"),
            ("2017年3月至10月", "2017-03|2017-10"),
            ("2017.3月", "2017-03|"),
            ("2017-3", "2017-03|"),
            ("2017-12", "2017-12|"),
            ("2017年底", "2017|"),
            ("2018年底前", "2018|"),
            ("拟2018年开工", "2018|"),
            ("2018年4月开工", "2018-04|"),
            ("2017.3\n2019.12", "2017-03|2019-12"),
            ("2017一2019", "2017|2019"),
            ("2016年一2018年", "2016|2018"),
            ("2017.03.01-2018.05.30", "2017-03-01|2018-05-30"),
            ("2017年3月1日-2018年5月30日", "2017-03-01|2018-05-30"),
            ("16年-19年", "2016|2019"),
            ("201703", "2017-03|"),
            ("２０１７年３月", "2017-03|"),
            ("2017—2018（两年）", "2017|2018"),
            ("2017年上半年", "2017| Coarser"),
            ("2017年三季度", "2017| Coarser"),
            ("2017年10月前", "2017| Coarser"),
            ("24个月", "| Duration"),
            ("3年", "| Duration"),
            ("已开工", "| NotADate"),
            ("待定", "| NotADate"),
            ("近期", "| NotADate"),
            ("2019-2017", "| FinishBeforeStart"),
            ("—", "|"),
            ("/", "|"),
        ] {
            assert_eq!(told(of_text(text)), meant, "{text}");
        }
    }

    #[test]
    fn numbers_are_years_months_or_serial_days() {
        for (number, meant) in [
            (43_160.0, "2018-03-01|"),
            (2017.0, "2017|"),
            (2017.03, "2017-03|"),
            (2018.5, "2018-05|"),
            (2018.12, "2018-12|"),
            (2018.1, "2018| OneOrTen"),
            (201_703.0, "2017-03|"),
            (20_170_301.0, "2017-03-01|"),
            (24.0, "| NotADate"),
            (2018.13, "| NotADate"),
            (1.5, "| NotADate"),
        ] {
            assert_eq!(told(of_number(number)), meant, "{number}");
        }
    }
}
