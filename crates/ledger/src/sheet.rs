//! A sheet as its file holds it: cells and merged areas, nothing understood yet.

use jiff::civil::DateTime;
use std::rc::Rc;

/// A cell's value. Blank cells are not kept; formulas are their cached results.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text, as it stands: with its line breaks and padding. Shared by equal cells.
    Text(Rc<str>),
    /// A number.
    Number(f64),
    /// A date or a time, by the cell's number format.
    Date(DateTime),
    /// A truth value.
    Truth(bool),
    /// An error such as #REF!, by its name.
    Error(Rc<str>),
}

/// A cell that is not blank.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Column, from 0.
    pub column: u16,
    /// Its value.
    pub value: Value,
}

/// A merged area; its value stands in the first cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// First row, from 0.
    pub first_row: u32,
    /// First column, from 0.
    pub first_column: u16,
    /// Last row, from 0.
    pub last_row: u32,
    /// Last column, from 0.
    pub last_column: u16,
}

/// A row that has cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Which, from 0.
    pub index: u32,
    /// Its cells by column.
    pub cells: Vec<Cell>,
}

/// A sheet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// Its name; of a CSV or HTML file, the file's without its ending.
    pub name: String,
    /// Whether the workbook hides it.
    pub is_hidden: bool,
    /// The rows that have cells, in order.
    pub rows: Vec<Row>,
    /// The merged areas.
    pub merged: Vec<Area>,
}

/// The letters of a column, from 0: A, B, …, Z, AA.
pub fn letters(column: u16) -> String {
    let mut letters = Vec::new();
    let mut rest = u32::from(column) + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}
