//! Gets the sheets out of a file: `.xlsx`, `.xls`, `.csv`, and HTML that calls itself `.xls`.

mod build;
mod csv;
mod html;
mod sniff;
mod unreadable;
mod xls;
mod xlsx;

pub use unreadable::Unreadable;

use crate::sheet::Sheet;
use sniff::Format;
use std::fs::File;
use std::path::Path;

/// What a file may be at the most: a bad one ends in a sentence, not in a full memory.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Bytes of all its parts once unpacked, as declared and as found.
    pub unpacked_bytes: u64,
    /// Sheets.
    pub sheets: usize,
    /// Rows of a sheet, as Excel numbers them.
    pub rows: u32,
    /// Columns of a sheet.
    pub columns: u16,
    /// Cells of a sheet that are not blank.
    pub cells: usize,
}

impl Default for Limits {
    /// What holds for people's ledgers: far beyond any that was made by hand, and within what a
    /// child process can hold.
    fn default() -> Self {
        Self {
            // A hundred thousand rows of twenty columns are about 10 MiB of .xlsx, 30 MiB of .xls.
            file_bytes: 50 << 20,
            // The same rows are about 120 MiB of XML.
            unpacked_bytes: 400 << 20,
            // A form a project, and a county's projects of a year.
            sheets: 200,
            // More than .xls can hold, three times over; a fifth of what .xlsx can.
            rows: 200_000,
            // Schedules with a column for each month of some years need about two hundred.
            columns: 500,
            // Thirty-two bytes a cell: a third of the child's memory.
            cells: 3_000_000,
        }
    }
}

/// What the readers of the formats give their sheets to; `Err` breaks the reading off.
type Take<'a> = dyn FnMut(Sheet) -> Result<(), Unreadable> + 'a;

/// Reads a file sheet by sheet, so that no more than one of them is held. The bytes tell what it is,
/// never the ending of its `name`.
///
/// Blank cells are left out, and so are cells that hold nothing but white space or characters that
/// cannot be seen: ledgers are full of cells with one space. All other text stays as it is.
///
/// # Errors
/// [`Unreadable`]; what `take` returns.
pub fn sheets(
    file: &Path,
    name: &str,
    limits: &Limits,
    take: &mut dyn FnMut(Sheet) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let file = File::open(file).map_err(|error| Unreadable::io(&error))?;
    sheets_of(file, name, limits, take)
}

/// As [`sheets`], of a file that is open already.
///
/// # Errors
/// [`Unreadable`]; what `take` returns.
pub fn sheets_of(
    mut file: File,
    name: &str,
    limits: &Limits,
    take: &mut dyn FnMut(Sheet) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let bytes = file.metadata().map_err(|error| Unreadable::io(&error))?.len();
    if bytes > limits.file_bytes {
        return Err(Unreadable::file_too_large(bytes, limits.file_bytes));
    }
    let mut taken = 0;
    let mut counting = |sheet: Sheet| {
        taken += 1;
        take(sheet)
    };
    match sniff::format(&mut file)? {
        Format::Xlsx => xlsx::read(file, limits, &mut counting)?,
        Format::Xls => xls::read(file, limits, &mut counting)?,
        Format::Html => html::read(file, stem(name), limits, &mut counting)?,
        Format::Text => csv::read(file, stem(name), limits, &mut counting)?,
    }
    if taken == 0 { Err(Unreadable::no_sheets()) } else { Ok(()) }
}

/// A file's name without its ending.
fn stem(name: &str) -> &str {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

#[cfg(test)]
mod tests;
