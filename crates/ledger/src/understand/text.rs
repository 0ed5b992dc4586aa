//! Texts of cells made comparable: without padding, width and punctuation.

use crate::sheet::Value;
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// Whether a character is only room: white space, or what has no width.
pub fn is_room(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}')
}

/// Whether a value holds nothing but room.
pub fn is_blank(value: &Value) -> bool {
    matches!(value, Value::Text(text) if text.chars().all(is_room))
}

/// The text in normal width, without any room.
pub fn plain(text: &str) -> String {
    text.nfkc().filter(|c| !is_room(*c)).collect()
}

/// What headers and words are compared by: letters and digits in normal width and lower case,
/// without what stands in parentheses and without a unit of money at the end.
pub fn key(text: &str) -> String {
    let mut key = String::new();
    for c in without_parentheses(&plain(text)).chars().filter(|c| c.is_alphanumeric()) {
        key.extend(c.to_lowercase());
    }
    for unit in ["亿元", "万元"] {
        if let Some(rest) = key.strip_suffix(unit)
            && !rest.is_empty()
        {
            return rest.trim_end_matches("单位").to_owned();
        }
    }
    key
}

/// A text of normal width without its parentheses and what is in them.
pub fn without_parentheses(plain: &str) -> String {
    let mut kept = String::new();
    let mut rest = plain;
    while let Some(open) = rest.find(['(', '[', '【', '〔']) {
        let Some(close) = rest[open..].find([')', ']', '】', '〕']) else { break };
        kept.push_str(&rest[..open]);
        let after = &rest[open + close..];
        rest = &after[after.chars().next().map_or(0, char::len_utf8)..];
    }
    kept.push_str(rest);
    kept
}

/// A header as people read it: no padding, no line breaks; a space only between Latin words.
pub fn header(text: &str) -> String {
    joined(text.split(is_room))
}

/// A name or another short text: line breaks joined, padding off, runs of spaces made one.
pub fn line(text: &str) -> String {
    let lines = text.split(['\n', '\r', '\t', '\u{2028}']);
    let lines: Vec<String> = lines
        .map(|line| {
            line.split(is_room).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        })
        .collect();
    joined(lines.iter().map(String::as_str))
}

/// A text of several lines: padding off each line, blank lines off.
pub fn lines(text: &str) -> String {
    let lines = text.split(['\n', '\r']).map(|line| line.trim_matches(is_room));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Pieces put together, with a space only where two ASCII words meet.
fn joined<'a>(pieces: impl Iterator<Item = &'a str>) -> String {
    let mut whole = String::new();
    for piece in pieces.filter(|piece| !piece.is_empty()) {
        let meets = |c: Option<char>| c.is_some_and(|c| c.is_ascii());
        if meets(whole.chars().next_back()) && meets(piece.chars().next()) {
            whole.push(' ');
        }
        whole.push_str(piece);
    }
    whole
}

/// A value as written: numbers in their shortest form, days as `2018-03-01`.
pub fn written(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(text) | Value::Error(text) => Cow::Borrowed(text),
        Value::Number(number) => Cow::Owned(decimal(*number)),
        Value::Date(date) if date.time() == jiff::civil::Time::midnight() => {
            Cow::Owned(date.date().to_string())
        }
        Value::Date(date) => Cow::Owned(date.to_string()),
        Value::Truth(is_so) => Cow::Borrowed(if *is_so { "TRUE" } else { "FALSE" }),
    }
}

/// The shortest decimal text that is this number, never with an exponent.
pub fn decimal(number: f64) -> String {
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

/// At most so many characters of a text, for sentences.
pub fn short(text: &str) -> String {
    let line = line(text);
    if line.chars().count() <= 40 {
        return line;
    }
    line.chars().take(39).chain(['…']).collect()
}

/// Whether a text says that there is nothing: a dash, a stroke, 无.
pub fn says_nothing(plain: &str) -> bool {
    matches!(plain, "" | "无" | "暂无" | "空" | "/" | "\\" | "N/A" | "n/a" | "NA")
        || plain.chars().all(|c| matches!(c, '-' | '—' | '–' | '―' | '－' | '/' | '一' | '─' | '_'))
}

/// Whether a cell says that there is nothing; long texts are not looked at.
pub fn is_nothing(text: &str) -> bool {
    text.len() <= 15 && says_nothing(&plain(text))
}

/// Marks that ledgers put before or after numbers and names.
const MARKS: &[char] =
    &['●', '★', '☆', '▲', '△', '*', '※', '◆', '◇', '■', '□', '○', '◎', '＊', '✩', '✱', '#'];

/// A text without the marks at its ends, and the marks.
pub fn take_marks(text: &str) -> (&str, Vec<String>) {
    let is_mark = |c: char| MARKS.contains(&c);
    let is_end = |c: char| is_mark(c) || is_room(c);
    let inner = text.trim_matches(is_end);
    if inner.is_empty() {
        return (text.trim_matches(is_room), Vec::new());
    }
    let start = text.find(inner).unwrap_or_default();
    let around = text[..start].chars().chain(text[start + inner.len()..].chars());
    (inner, around.filter(|c| is_mark(*c)).map(String::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_compared_without_padding_width_and_units() {
        assert_eq!(key("总 投资\n（万元）"), "总投资");
        assert_eq!(key("项目（工程）名称"), "项目名称");
        assert_eq!(key("总投资：万元"), "总投资");
        assert_eq!(key("占年计划\n%"), "占年计划");
        assert_eq!(key("Total investment (10,000 yuan)"), "totalinvestment");
        assert_eq!(key("（一"), "一");
    }

    #[test]
    fn texts_lose_padding_but_no_words() {
        assert_eq!(header("建设内容\n及规模 "), "建设内容及规模");
        assert_eq!(header("Total\ninvestment"), "Total investment");
        assert_eq!(line(" 河东污水处理厂\n提标改造工程 "), "河东污水处理厂提标改造工程");
        assert_eq!(line("G102  国道"), "G102 国道");
        assert_eq!(
            take_marks("★城东快速路（一期）● "),
            ("城东快速路（一期）", vec!["★".into(), "●".into()])
        );
        assert_eq!(take_marks("1●").0, "1");
        assert_eq!(take_marks("★").0, "★");
    }

    #[test]
    fn numbers_are_written_without_exponent() {
        assert_eq!(decimal(1e21), "1000000000000000000000");
        assert_eq!(decimal(120_000.5), "120000.5");
        assert_eq!(decimal(-0.0), "0");
    }
}
