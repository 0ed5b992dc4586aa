//! Reads `.xlsx` and `.xlsm`, the workbooks of Excel since 2007.

use super::build::SheetBuilder;
use super::{Limits, Take, Unreadable};
use crate::sheet::Value;
use calamine::{
    DataRef, ExcelDateTime, Reader, Sheet as Listed, SheetType, SheetVisible, Xlsx, XlsxError,
};
use jiff::civil::DateTime;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use zip::ZipArchive;
use zip::result::ZipError;

/// A part of more bytes than this once unpacked …
const LARGE_PART: u64 = 16 << 20;

/// … is refused where it is packed more tightly than this: the XML of real sheets packs to a tenth, of
/// sheets of equal rows to a fiftieth.
const TIGHTNESS: u64 = 150;

/// Parts of an archive: a workbook has some a sheet, and its pictures.
const PARTS: usize = 10_000;

/// Reads the sheets of a workbook.
pub fn read(file: File, limits: &Limits, take: &mut Take<'_>) -> Result<(), Unreadable> {
    let file = examined(file, limits)?;
    let mut workbook = Xlsx::new(BufReader::new(file)).map_err(unreadable)?;
    let listed = workbook.sheets_metadata().to_vec();
    let listed = listed.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let count = listed.clone().count();
    if count > limits.sheets {
        return Err(Unreadable::too_many_sheets(count, limits.sheets));
    }
    for listed in listed {
        let sheet = cells(&mut workbook, listed, limits)?;
        take(sheet.finish())?;
    }
    Ok(())
}

/// Looks into the archive before anything of it is believed: what it is, and how large it gets.
fn examined(file: File, limits: &Limits) -> Result<File, Unreadable> {
    let damaged = |error: ZipError| Unreadable::damaged(Some(&error));
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    if archive.len() > PARTS {
        return Err(Unreadable::damaged(None));
    }
    what_it_is(&archive)?;
    let mut declared = 0_u64;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(damaged)?;
        if part.encrypted() {
            return Err(Unreadable::encrypted());
        }
        let (size, packed) = (part.size(), part.compressed_size().max(1));
        if size > LARGE_PART && size / packed > TIGHTNESS {
            return Err(Unreadable::packed_too_tightly());
        }
        declared = declared.saturating_add(size);
    }
    if declared > limits.unpacked_bytes {
        return Err(Unreadable::unpacks_too_large(limits.unpacked_bytes));
    }
    // What is declared may be a lie: the parts that will be read are unpacked once to count them.
    let mut left = limits.unpacked_bytes;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(damaged)?;
        let is_read =
            part.name().is_ok_and(|name| name.ends_with(".xml") || name.ends_with(".rels"));
        if is_read {
            let mut counted = (&mut part).take(left.saturating_add(1));
            let found = std::io::copy(&mut counted, &mut std::io::sink())
                .map_err(|error| Unreadable::damaged(Some(&error)))?;
            left = left
                .checked_sub(found)
                .ok_or_else(|| Unreadable::unpacks_too_large(limits.unpacked_bytes))?;
        }
    }
    let mut file = archive.into_inner().into_inner();
    file.seek(SeekFrom::Start(0)).map_err(|error| Unreadable::io(&error))?;
    Ok(file)
}

/// A workbook is what the archive must be: other things are named.
fn what_it_is(archive: &ZipArchive<BufReader<File>>) -> Result<(), Unreadable> {
    let names: Vec<_> = archive.file_names().filter_map(Result::ok).collect();
    let has = |wanted: fn(&str) -> bool| names.iter().any(|name| wanted(name));
    if names.is_empty() {
        Err(Unreadable::not_a_workbook("空的压缩包", "an empty archive"))
    } else if has(|name| name.starts_with("word/")) {
        Err(Unreadable::not_a_workbook("Word 文档", "a Word document"))
    } else if has(|name| name.starts_with("ppt/")) {
        Err(Unreadable::not_a_workbook("演示文稿", "a presentation"))
    } else if has(|name| name == "xl/workbook.bin") {
        Err(Unreadable::other_format("二进制工作簿（.xlsb）", "A binary workbook (.xlsb)"))
    } else if has(|name| name == "content.xml") {
        Err(Unreadable::other_format("OpenDocument 表格（.ods）", "An OpenDocument sheet (.ods)"))
    } else if has(|name| name == "[Content_Types].xml") {
        Ok(())
    } else {
        Err(Unreadable::not_a_workbook(
            "压缩包（请先解压，再上传其中的工作簿）",
            "a zip archive (unpack it and take the workbook in it)",
        ))
    }
}

fn cells(
    workbook: &mut Xlsx<BufReader<File>>,
    listed: &Listed,
    limits: &Limits,
) -> Result<SheetBuilder, Unreadable> {
    let hidden = listed.visible != SheetVisible::Visible;
    let mut sheet = SheetBuilder::new(&listed.name, hidden, limits);
    let mut reader = workbook.worksheet_cells_reader(&listed.name).map_err(unreadable)?;
    let precisions: Vec<Precision> = reader
        .styles()
        .iter()
        .map(|style| match &style.number_format {
            Some(format) => precision(&format.format_code, format.format_id),
            None => Precision::Day,
        })
        .collect();
    loop {
        let (cell, style) = match reader.next_cell_with_style_id() {
            Ok(Some(cell)) => cell,
            Ok(None) => break,
            // An error of a later Excel than the reader's, such as #SPILL!, is no reason to refuse
            // the sheet; nor has its cell a value.
            Err(XlsxError::CellError(_)) => continue,
            Err(error) => return Err(unreadable(error)),
        };
        let (row, column) = cell.get_position();
        let value = match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::String(text) => {
                sheet.text(row, column, text)?;
                continue;
            }
            DataRef::SharedString(text) => {
                sheet.text(row, column, text)?;
                continue;
            }
            #[expect(clippy::cast_precision_loss, reason = "a cell's numbers are f64 in the file")]
            DataRef::Int(number) => Value::Number(*number as f64),
            DataRef::Float(number) => Value::Number(*number),
            DataRef::Bool(truth) => Value::Truth(*truth),
            DataRef::DateTime(serial) => {
                match (date(serial), precisions.get(style).copied().unwrap_or_default()) {
                    (Value::Date(date), Precision::Month) => {
                        Value::Text(sheet.share(&date.strftime("%Y-%m").to_string()))
                    }
                    (Value::Date(date), Precision::Year) => {
                        Value::Text(sheet.share(&date.strftime("%Y").to_string()))
                    }
                    (value, _) => value,
                }
            }
            DataRef::DateTimeIso(text) => match text.trim_end_matches('Z').parse::<DateTime>() {
                Ok(date) => Value::Date(date),
                Err(_) => Value::Text(sheet.share(text)),
            },
            DataRef::DurationIso(text) => Value::Text(sheet.share(text)),
            DataRef::Error(error) => Value::Error(sheet.share(&error.to_string())),
        };
        sheet.put(row, column, value)?;
    }
    drop(reader);
    for area in workbook.merge_cells_by_sheet_name(&listed.name).map_err(unreadable)? {
        sheet.merge(area.start, area.end);
    }
    Ok(sheet)
}

/// How precisely a date is shown: a cell that shows 2018年3月 keeps its first of March as a day, and
/// does not mean it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Precision {
    /// The day, or not known.
    #[default]
    Day,
    /// The month.
    Month,
    /// The year.
    Year,
}

/// The precision that a number format shows.
pub(super) fn precision(code: &str, id: Option<u32>) -> Precision {
    // Formats of Chinese Excel that files name by number alone: 2018年3月 and m月-yy.
    if code.is_empty() || code == "General" {
        return if matches!(id, Some(27 | 36 | 50 | 52 | 57)) {
            Precision::Month
        } else {
            Precision::Day
        };
    }
    // Months and minutes share a letter: what has days or hours is a day or a time.
    let mut letters = String::new();
    let (mut is_quoted, mut is_bracketed, mut is_escaped) = (false, false, false);
    for c in code.split(';').next().unwrap_or_default().chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '\\' => is_escaped = true,
            '[' => is_bracketed = true,
            ']' => is_bracketed = false,
            _ if is_bracketed => {}
            c => letters.push(c.to_ascii_lowercase()),
        }
    }
    let has = |letter| letters.contains(letter);
    if !has('y') || has('d') || has('h') || has('s') {
        Precision::Day
    } else if has('m') {
        Precision::Month
    } else {
        Precision::Year
    }
}

/// A date by its serial number; a span of hours, and what no calendar has, stays a number.
pub(super) fn date(serial: &ExcelDateTime) -> Value {
    let number = serial.as_f64();
    let (year, month, day, hour, minute, second, milli) = serial.to_ymd_hms_milli();
    let date = i16::try_from(year).ok().and_then(|year| {
        let [month, day, hour, minute, second] =
            [month, day, hour, minute, second].map(|part| i8::try_from(part).unwrap_or(-1));
        DateTime::new(year, month, day, hour, minute, second, i32::from(milli) * 1_000_000).ok()
    });
    // 2958465 is the last day of 9999.
    match date {
        Some(date) if serial.is_datetime() && (0.0..2_958_466.0).contains(&number) => {
            Value::Date(date)
        }
        _ => Value::Number(number),
    }
}

fn unreadable(error: XlsxError) -> Unreadable {
    match error {
        XlsxError::Password => Unreadable::encrypted(),
        error => Unreadable::damaged(Some(&error)),
    }
}
