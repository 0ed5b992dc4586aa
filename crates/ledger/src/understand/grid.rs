//! A sheet by row and column, with what merged areas cover.

use super::text::is_blank;
use crate::sheet::{Area, Row, Sheet, Value};

/// The rows among which a header is looked for, and a few more.
const TOP: u32 = 40;
/// More merged areas than a header has.
const MOST: usize = 2000;

/// A sheet that can be asked by place.
pub struct Grid<'a> {
    sheet: &'a Sheet,
    /// The merged areas of the top rows.
    top: Vec<Area>,
}

impl<'a> Grid<'a> {
    /// The grid of a sheet.
    pub fn new(sheet: &'a Sheet) -> Self {
        let top = sheet.merged.iter().filter(|area| area.first_row < TOP).take(MOST).copied();
        Self { sheet, top: top.collect() }
    }

    /// The grid of a sheet of which the merged areas near a row matter.
    pub fn window(sheet: &'a Sheet, row: u32) -> Self {
        let near = sheet
            .merged
            .iter()
            .filter(|area| area.last_row >= row && area.first_row <= row.saturating_add(TOP));
        Self { sheet, top: near.take(MOST).copied().collect() }
    }

    /// The sheet.
    pub fn sheet(&self) -> &'a Sheet {
        self.sheet
    }

    /// A row that has cells.
    pub fn row(&self, index: u32) -> Option<&'a Row> {
        let at = self.sheet.rows.binary_search_by_key(&index, |row| row.index).ok()?;
        self.sheet.rows.get(at)
    }

    /// A value that is not blank.
    pub fn value(&self, row: u32, column: u16) -> Option<&'a Value> {
        let cells = &self.row(row)?.cells;
        let at = cells.binary_search_by_key(&column, |cell| cell.column).ok()?;
        cells.get(at).map(|cell| &cell.value).filter(|value| !is_blank(value))
    }

    /// The area that covers a place of the top rows.
    pub fn area(&self, row: u32, column: u16) -> Option<Area> {
        let covers = |area: &&Area| {
            (area.first_row..=area.last_row).contains(&row)
                && (area.first_column..=area.last_column).contains(&column)
        };
        self.top.iter().find(covers).copied()
    }

    /// The column right of a place and of the area it stands in.
    pub fn right_of(&self, row: u32, column: u16) -> u16 {
        self.area(row, column).map_or(column, |area| area.last_column).saturating_add(1)
    }

    /// The row below a place and the area it stands in.
    pub fn below(&self, row: u32, column: u16) -> u32 {
        self.area(row, column).map_or(row, |area| area.last_row).saturating_add(1)
    }

    /// The last row that has a cell which is not blank.
    pub fn last_row(&self) -> Option<u32> {
        let is_filled = |row: &&Row| row.cells.iter().any(|cell| !is_blank(&cell.value));
        self.sheet.rows.iter().rev().find(is_filled).map(|row| row.index)
    }
}

/// The cells of a row that are not blank.
pub fn filled(row: &Row) -> impl Iterator<Item = (u16, &Value)> {
    row.cells.iter().map(|cell| (cell.column, &cell.value)).filter(|(_, value)| !is_blank(value))
}
