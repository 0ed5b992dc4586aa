//! Reads `.xls`, the workbooks of Excel 97 to 2003.

use super::build::SheetBuilder;
use super::{Limits, Take, Unreadable, xlsx};
use crate::sheet::Value;
use calamine::{Data, Reader, SheetType, SheetVisible, Xls, XlsError};
use std::fs::File;
use std::io::{Cursor, Read};

/// Reads the sheets of a workbook.
pub fn read(mut file: File, limits: &Limits, take: &mut Take<'_>) -> Result<(), Unreadable> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| Unreadable::io(&error))?;
    forget_dimensions(&mut bytes);
    let mut workbook = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => Unreadable::encrypted(),
        error => Unreadable::damaged(Some(&error)),
    })?;
    let listed = workbook.sheets_metadata().to_vec();
    let listed = listed.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let count = listed.clone().count();
    if count > limits.sheets {
        return Err(Unreadable::too_many_sheets(count, limits.sheets));
    }
    for listed in listed {
        let hidden = listed.visible != SheetVisible::Visible;
        let mut sheet = SheetBuilder::new(&listed.name, hidden, limits);
        let damaged = |error: XlsError| Unreadable::damaged(Some(&error));
        for area in workbook.merge_cells_by_sheet_name(&listed.name).map_err(damaged)? {
            sheet.merge(area.start, area.end);
        }
        let range = workbook.worksheet_range(&listed.name).map_err(damaged)?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, data) in range.used_cells() {
            let place =
                |first: u32, more| first.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
            let (row, column) = (place(first_row, row), place(first_column, column));
            let value = match data {
                Data::Empty => continue,
                Data::String(text) => {
                    sheet.text(row, column, text)?;
                    continue;
                }
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "a cell's whole numbers have 30 bits"
                )]
                Data::Int(number) => Value::Number(*number as f64),
                Data::Float(number) => Value::Number(*number),
                Data::Bool(truth) => Value::Truth(*truth),
                Data::DateTime(date) => xlsx::date(date),
                Data::DateTimeIso(text) | Data::DurationIso(text) => Value::Text(sheet.share(text)),
                Data::Error(error) => Value::Error(sheet.share(&error.to_string())),
            };
            sheet.put(row, column, value)?;
        }
        drop(range);
        take(sheet.finish())?;
    }
    Ok(())
}

/// Makes the sheets declare one cell each. A sheet that is formatted down to its last row and column
/// declares sixteen million cells, and the reader sets room aside for all of them before it has seen
/// one.
fn forget_dimensions(bytes: &mut [u8]) {
    // DIMENSIONS, MS-XLS 2.4.90: type, size 14, rows from, to, columns from, to, and two bytes of 0.
    const RECORD: [u8; 4] = [0x00, 0x02, 0x0E, 0x00];
    let mut at = 0;
    while let Some(record) = bytes.get_mut(at..at + 18) {
        at += 1;
        if !record.starts_with(&RECORD) {
            continue;
        }
        let [first_row, last_row] = [4, 8].map(|at| number(record, at, 4));
        let [first_column, last_column, reserved] = [12, 14, 16].map(|at| number(record, at, 2));
        let is_dimensions = reserved == 0
            && (first_row <= last_row && last_row <= 1 << 16)
            && (first_column <= last_column && last_column <= 1 << 8);
        if is_dimensions && let Some(fields) = record.get_mut(4..16) {
            fields.fill(0);
        }
    }
}

/// A little-endian number of some bytes.
fn number(bytes: &[u8], at: usize, size: usize) -> u32 {
    let bytes = bytes.get(at..at + size).unwrap_or_default();
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_declare_no_room_that_they_do_not_need() {
        let record = |rows: u32, columns: u8| {
            let mut record = vec![0x00, 0x02, 0x0E, 0x00, 0, 0, 0, 0];
            record.extend(rows.to_le_bytes());
            record.extend([0, 0, columns, 0, 0, 0]);
            record
        };
        let mut bytes = [vec![1, 2, 3], record(65_536, 255), vec![4], record(9, 9)].concat();
        forget_dimensions(&mut bytes);
        assert_eq!(bytes, [vec![1, 2, 3], record(0, 0), vec![4], record(0, 0)].concat());
        // What only begins like one is left alone.
        let other = record(70_000, 255);
        let mut bytes = other.clone();
        forget_dimensions(&mut bytes);
        assert_eq!(bytes, other);
    }
}
