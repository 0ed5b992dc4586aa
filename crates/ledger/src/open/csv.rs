//! Reads text with separators: UTF-8, UTF-16 with its mark, else GB18030.

use super::build::SheetBuilder;
use super::{Limits, Take, Unreadable};
use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, GB18030};
use std::fs::File;
use std::io::Read;

/// Lines that tell the separator.
const SNIFFED_LINES: usize = 50;

/// Reads the one sheet of a text.
pub fn read(
    mut file: File,
    name: &str,
    limits: &Limits,
    take: &mut Take<'_>,
) -> Result<(), Unreadable> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| Unreadable::io(&error))?;
    let text = decode(bytes).ok_or_else(|| {
        Unreadable::not_a_workbook("编码无法识别的文件", "a file in an encoding of its own")
    })?;
    take(sheet(&text, name, limits)?)
}

/// The text of the bytes; `None` where they are no text.
pub fn decode(bytes: Vec<u8>) -> Option<String> {
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes.get(mark..)?);
        return Some(text.into_owned());
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Some(text),
        Err(error) => error.into_bytes(),
    };
    let (text, had_errors) = GB18030.decode_without_bom_handling(&bytes);
    // A character cut in two at the end of an export is no reason to refuse the rest.
    let is_text = !had_errors || {
        let broken = text.chars().filter(|c| *c == '\u{fffd}').count();
        broken * 1000 <= text.chars().count().max(1000)
    };
    is_text.then(|| text.into_owned())
}

fn sheet(text: &str, name: &str, limits: &Limits) -> Result<crate::sheet::Sheet, Unreadable> {
    let (told, text) = told_separator(text);
    let separator = told.unwrap_or_else(|| separator(text));
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut sheet = SheetBuilder::new(name, false, limits);
    let mut record = StringRecord::new();
    // Rows count as a spreadsheet counts them: a blank line is a row, a line break within quotes none.
    let mut row = u32::from(told.is_some());
    loop {
        let began = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(sheet.finish()),
            Err(error) => return Err(Unreadable::damaged(Some(&error))),
        }
        let breaks: usize = record.iter().map(|field| field.matches('\n').count()).sum();
        let lines = reader.position().line().saturating_sub(began);
        let blank = lines.saturating_sub(u64::try_from(breaks).unwrap_or_default() + 1);
        row = row.saturating_add(u32::try_from(blank).unwrap_or(u32::MAX));
        for (column, field) in (0..).zip(&record) {
            sheet.text(row, column, unwrapped(field))?;
        }
        row = row.saturating_add(1);
    }
}

/// The separator that a first line `sep=;` names, as Excel reads it, and what follows that line.
fn told_separator(text: &str) -> (Option<u8>, &str) {
    let told = text.strip_prefix("sep=").and_then(|rest| {
        let (line, rest) = rest.split_once('\n')?;
        match line.trim_end_matches('\r').as_bytes() {
            [separator] => Some((*separator, rest)),
            _ => None,
        }
    });
    told.map_or((None, text), |(separator, rest)| (Some(separator), rest))
}

/// The separator that parts most of the first lines, and parts them alike.
fn separator(text: &str) -> u8 {
    let mut counts = [(b',', Vec::new()), (b'\t', Vec::new()), (b';', Vec::new())];
    let mut quoted = false;
    let mut line = [0_usize; 3];
    let mut lines = 0;
    for byte in text.bytes().chain([b'\n']) {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => {
                for ((_, counts), count) in counts.iter_mut().zip(line) {
                    counts.push(count);
                }
                line = [0; 3];
                lines += 1;
                if lines == SNIFFED_LINES {
                    break;
                }
            }
            _ if !quoted => {
                for ((separator, _), count) in counts.iter().zip(&mut line) {
                    *count += usize::from(*separator == byte);
                }
            }
            _ => {}
        }
    }
    // How many lines have the commonest number of separators, other than none.
    let weight = |counts: &[usize]| {
        let alike = |wanted: usize| counts.iter().filter(|count| **count == wanted).count();
        counts.iter().filter(|count| **count > 0).map(|count| (alike(*count), *count)).max()
    };
    let best = counts.iter().rev().max_by_key(|(_, counts)| weight(counts));
    best.map_or(b',', |(separator, _)| *separator)
}

/// `="0012"` and `'=A1`, by which exports keep a spreadsheet from taking text for a number or a
/// formula, are the text.
fn unwrapped(field: &str) -> &str {
    if let Some(rest) = field.strip_prefix('\'')
        && rest.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
    {
        return rest;
    }
    let inner = field.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inner.filter(|inner| !inner.contains('"')).unwrap_or(field)
}
