//! Puts a sheet together from cells as a file brings them, within the limits.

use super::{Limits, Unreadable};
use crate::sheet::{Area, Cell, Row, Sheet, Value};
use std::collections::HashSet;
use std::rc::Rc;

/// A text up to so many bytes is looked for among those there were: longer ones hardly repeat.
const SHARED_BYTES: usize = 96;

/// How many texts are looked for: what repeats in a ledger (units, departments, stages) shows early,
/// and a set of all names would be larger than what it saves.
const SHARED_TEXTS: usize = 50_000;

/// A sheet in the making.
pub struct SheetBuilder {
    limits: Limits,
    sheet: Sheet,
    cells: usize,
    is_sorted: bool,
    shared: HashSet<Rc<str>>,
}

impl SheetBuilder {
    /// A sheet without cells.
    pub fn new(name: &str, is_hidden: bool, limits: &Limits) -> Self {
        let sheet = Sheet { name: name.to_owned(), is_hidden, ..Sheet::default() };
        Self { limits: *limits, sheet, cells: 0, is_sorted: true, shared: HashSet::new() }
    }

    /// Puts text into a cell; blank text is left out.
    pub fn text(&mut self, row: u32, column: u32, text: &str) -> Result<(), Unreadable> {
        if text.chars().all(is_unseen) {
            return Ok(());
        }
        let text = self.share(text);
        self.put(row, column, Value::Text(text))
    }

    /// Puts a value into a cell.
    pub fn put(&mut self, row: u32, column: u32, value: Value) -> Result<(), Unreadable> {
        let Limits { rows, columns, cells, .. } = self.limits;
        let narrow = u16::try_from(column).ok().filter(|column| *column < columns);
        let Some(narrow) = narrow.filter(|_| row < rows) else {
            return Err(Unreadable::far_cell(&self.sheet.name, row, column, rows, columns));
        };
        self.cells += 1;
        if self.cells > cells {
            return Err(Unreadable::too_many_cells(&self.sheet.name, cells));
        }
        let cell = Cell { column: narrow, value };
        match self.sheet.rows.last_mut() {
            Some(last) if last.index == row => {
                self.is_sorted &= last.cells.last().is_none_or(|before| before.column < narrow);
                last.cells.push(cell);
            }
            last => {
                self.is_sorted &= last.as_ref().is_none_or(|last| last.index < row);
                // A row is as wide as the one before it, mostly: no room is left over.
                let width = last.map_or(8, |last| {
                    last.cells.shrink_to_fit();
                    last.cells.len()
                });
                let mut cells = Vec::with_capacity(width);
                cells.push(cell);
                self.sheet.rows.push(Row { index: row, cells });
            }
        }
        Ok(())
    }

    /// Text that a value of its own carries, shared with equal ones.
    pub fn share(&mut self, text: &str) -> Rc<str> {
        if text.len() > SHARED_BYTES {
            return text.into();
        }
        if let Some(known) = self.shared.get(text) {
            return known.clone();
        }
        let text: Rc<str> = text.into();
        if self.shared.len() < SHARED_TEXTS {
            self.shared.insert(text.clone());
        }
        text
    }

    /// Adds a merged area; what lies beyond the limits is cut off, what is one cell is none.
    pub fn merge(&mut self, first: (u32, u32), last: (u32, u32)) {
        let Limits { rows, columns, .. } = self.limits;
        let last_column = u32::from(columns.saturating_sub(1));
        let [Ok(first_column), Ok(end_column)] =
            [first.1, last.1.min(last_column)].map(u16::try_from)
        else {
            return;
        };
        let end_row = last.0.min(rows.saturating_sub(1));
        let is_area = first.0 <= end_row && first_column <= end_column;
        if is_area && (first.0, first_column) != (end_row, end_column) {
            self.sheet.merged.push(Area {
                first_row: first.0,
                first_column,
                last_row: end_row,
                last_column: end_column,
            });
        }
    }

    /// The sheet: rows and areas in order, of cells at one place the last.
    pub fn finish(mut self) -> Sheet {
        self.sheet.merged.sort_by_key(|area| (area.first_row, area.first_column));
        if !self.is_sorted {
            let rows = &mut self.sheet.rows;
            rows.sort_by_key(|row| row.index);
            rows.dedup_by(|next, row| {
                let is_same = next.index == row.index;
                if is_same {
                    row.cells.append(&mut next.cells);
                }
                is_same
            });
            for row in rows {
                row.cells.sort_by_key(|cell| cell.column);
                row.cells.dedup_by(|next, cell| {
                    let is_same = next.column == cell.column;
                    if is_same {
                        std::mem::swap(next, cell);
                    }
                    is_same
                });
            }
        }
        self.sheet
    }
}

/// Whether a character leaves nothing to see: white space of any width, controls, marks of no width.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}
