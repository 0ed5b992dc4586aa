//! The sentences about what could not be understood, in both languages.

use crate::reading::Problem;

/// Where something stands.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The row, from 1.
    pub row: u32,
    /// The column's letters.
    pub column: &'a str,
}

/// A problem of one cell: the sentences follow the place.
pub fn of_cell(place: Place<'_>, code: &str, zh: &str, en: &str) -> Problem {
    let Place { row, column } = place;
    Problem {
        row: Some(row),
        column: Some(column.to_owned()),
        code: code.to_owned(),
        message: format!("第{row}行{column}列：{zh}"),
        message_en: format!("Row {row}, column {column}: {en}"),
    }
}

/// A problem of a row.
pub fn of_row(row: u32, code: &str, zh: &str, en: &str) -> Problem {
    Problem {
        row: Some(row),
        column: None,
        code: code.to_owned(),
        message: format!("第{row}行：{zh}"),
        message_en: format!("Row {row}: {en}"),
    }
}

/// A problem of a column.
pub fn of_column(column: &str, code: &str, zh: &str, en: &str) -> Problem {
    Problem {
        row: None,
        column: Some(column.to_owned()),
        code: code.to_owned(),
        message: format!("{column}列：{zh}"),
        message_en: format!("Column {column}: {en}"),
    }
}

/// A problem of a sheet.
pub fn of_sheet(code: &str, zh: &str, en: &str) -> Problem {
    Problem {
        row: None,
        column: None,
        code: code.to_owned(),
        message: zh.to_owned(),
        message_en: en.to_owned(),
    }
}
