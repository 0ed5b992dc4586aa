//! Gets the sheets out of a file: `.xlsx`, `.xls`, `.csv`, and HTML that calls itself `.xls`.

use crate::sheet::Sheet;
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

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message_en}")]
pub struct Unreadable {
    /// A stable word, such as `not_a_workbook`, `encrypted`, `too_large`.
    pub code: &'static str,
    /// The sentence, in Chinese.
    pub message: String,
    /// The same in English.
    pub message_en: String,
}

/// Reads a file sheet by sheet, so that no more than one of them is held.
///
/// # Errors
/// [`Unreadable`]; what `take` returns.
pub fn sheets(
    _file: &Path,
    _name: &str,
    _limits: &Limits,
    _take: &mut dyn FnMut(Sheet) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    Ok(())
}
