//! A row of a table with what merged areas carry into it from above.

use super::grid::{Grid, filled};
use crate::sheet::{Area, Row, Sheet, Value};
use std::collections::BTreeMap;

/// A row as it is to be read.
pub struct Line<'a> {
    /// The row, from 0.
    pub index: u32,
    /// Its cells that are not blank.
    pub own: Vec<(u16, &'a Value)>,
    /// What areas merged downwards carry into it, with the last row of each.
    pub carried: Vec<(u16, &'a Value)>,
    /// The last rows of the areas that begin here and go on below.
    pub tall: Vec<(u16, u32)>,
    /// How many columns its first cell is merged across.
    pub merged_across: u16,
}

impl<'a> Line<'a> {
    /// The own value in a column.
    pub fn get(&self, column: u16) -> Option<&'a Value> {
        self.own.iter().find(|(own, _)| *own == column).map(|(_, value)| *value)
    }

    /// Whether an area carries a value into a column.
    pub fn is_carried(&self, column: u16) -> bool {
        self.carried.iter().any(|(carried, _)| *carried == column)
    }

    /// The last row of the area that begins in a column.
    pub fn last_row(&self, column: u16) -> u32 {
        self.tall.iter().find(|(tall, _)| *tall == column).map_or(self.index, |(_, last)| *last)
    }
}

/// Goes down a sheet row by row.
pub struct Lines<'a> {
    areas: Vec<Area>,
    next: usize,
    /// The areas that reach into the row, by their column.
    active: BTreeMap<u16, (Area, Option<&'a Value>)>,
}

impl<'a> Lines<'a> {
    /// Down the rows after a header.
    pub fn new(sheet: &'a Sheet, after: u32) -> Self {
        let mut areas: Vec<Area> =
            sheet.merged.iter().filter(|area| area.first_row > after).copied().collect();
        areas.sort_by_key(|area| (area.first_row, area.first_column));
        Self { areas, next: 0, active: BTreeMap::new() }
    }

    /// The next row; rows come in order.
    pub fn line(&mut self, grid: &Grid<'a>, row: &'a Row) -> Line<'a> {
        let own: Vec<(u16, &Value)> = filled(row).collect();
        let first = own.first().map(|(column, _)| *column);
        let mut tall = Vec::new();
        let mut merged_across = 1;
        while let Some(area) = self.areas.get(self.next).filter(|area| area.first_row <= row.index)
        {
            if area.last_row > area.first_row {
                let value = grid.value(area.first_row, area.first_column);
                self.active.insert(area.first_column, (*area, value));
            }
            if area.first_row == row.index {
                if area.last_row > row.index {
                    tall.push((area.first_column, area.last_row));
                }
                if Some(area.first_column) == first {
                    merged_across =
                        area.last_column.saturating_sub(area.first_column).saturating_add(1);
                }
            }
            self.next += 1;
        }
        self.active.retain(|_, (area, _)| area.last_row >= row.index);
        let carried = self
            .active
            .iter()
            .filter(|(_, (area, _))| area.first_row < row.index)
            .filter_map(|(column, (_, value))| Some((*column, (*value)?)))
            .collect();
        Line { index: row.index, own, carried, tall, merged_across }
    }
}
