//! The labels of a form and the values beside, below or behind them.

use super::Mapping;
use super::field::Field;
use super::grid::{Grid, filled};
use super::header_field::label;
use super::text::{header as as_header, key, line};
use crate::sheet::Value;
use std::collections::BTreeSet;

/// A label with its value.
#[derive(Debug, Clone)]
pub struct Pair<'a> {
    /// The label's row, from 0.
    pub row: u32,
    /// Its column, from 0.
    pub column: u16,
    /// The label, without padding.
    pub header: String,
    /// What it was taken for.
    pub field: Option<Field>,
    /// The value beside or below it, with its place.
    pub value: Option<(u32, u16, &'a Value)>,
    /// A value that stands behind its label in one cell.
    pub inline: Option<String>,
}

impl Pair<'_> {
    /// Whether there is a value.
    pub fn has_value(&self) -> bool {
        self.value.is_some() || self.inline.is_some()
    }

    /// Whether label or value stand in a row.
    pub fn is_in(&self, row: u32) -> bool {
        self.row == row || self.value.is_some_and(|(value, ..)| value == row)
    }
}

/// What a label means, unless it was assigned by hand.
pub fn field_of(text: &str, mapping: &Mapping) -> Option<Field> {
    match mapping.get(&as_header(text)) {
        Some(word) => word.as_deref().and_then(|word| word.parse().ok()),
        None => label(text).or_else(|| {
            let years = super::years::Years::default();
            super::header_field::meaning(&[text.to_owned()], &years)
                .map(|meaning| meaning.field)
                .filter(|_| text.chars().count() <= 24)
        }),
    }
}

/// Whether a value is a label.
pub fn is_label(value: Option<&Value>, mapping: &Mapping) -> bool {
    matches!(value, Some(Value::Text(text)) if field_of(text, mapping).is_some())
}

/// Whether a text names the name of a project.
pub fn is_name_label(text: &str, mapping: &Mapping) -> bool {
    let is_weak = matches!(
        key(text).as_str(),
        "项目" | "名称" | "project" | "name" | "建设项目" | "工程项目"
    );
    field_of(text, mapping) == Some(Field::Name)
        && (!is_weak || mapping.contains_key(&as_header(text)))
}

/// A label and its value in one cell: 项目名称：滨河公园.
pub fn inline(text: &str, mapping: &Mapping) -> Option<(Field, String, String)> {
    let (head, rest) = text.split_once([':', '：'])?;
    let value = line(rest);
    if value.is_empty() || head.chars().count() > 16 {
        return None;
    }
    Some((field_of(head, mapping)?, as_header(head), value))
}

/// The labels and values from one row to before another.
pub fn pairs<'a>(grid: &Grid<'a>, mapping: &Mapping, from: u32, to: u32) -> Vec<Pair<'a>> {
    let mut taken: BTreeSet<(u32, u16)> = BTreeSet::new();
    let mut pairs = Vec::new();
    let rows = grid.sheet().rows.iter().filter(|row| (from..to).contains(&row.index));
    for row in rows {
        for (column, value) in filled(row) {
            let Value::Text(text) = value else { continue };
            if taken.contains(&(row.index, column)) {
                continue;
            }
            let header = as_header(text);
            if let Some((field, header, value)) = inline(text, mapping) {
                pairs.push(Pair {
                    row: row.index,
                    column,
                    header,
                    field: Some(field),
                    value: None,
                    inline: Some(value),
                });
                continue;
            }
            let field = field_of(text, mapping);
            let right = grid.right_of(row.index, column);
            let beside =
                grid.value(row.index, right).filter(|value| !is_label(Some(value), mapping));
            let value = beside.map(|value| (row.index, right, value)).or_else(|| {
                // A row of labels over a row of values.
                let is_over = is_label(grid.value(row.index, right), mapping);
                let below = grid.below(row.index, column);
                let value = grid
                    .value(below, column)
                    .filter(|value| is_over && !is_label(Some(value), mapping));
                value.map(|value| (below, column, value))
            });
            if field.is_none() && !(column == 0 && value.is_some() && header.chars().count() <= 20)
            {
                continue;
            }
            taken.extend(value.map(|(row, column, _)| (row, column)));
            pairs.push(Pair { row: row.index, column, header, field, value, inline: None });
        }
    }
    pairs
}
