//! Sheets laid out as forms: one project, its labels beside or above their values; several forms may
//! stand below one another.

use super::Mapping;
use super::facts::{Facts, Told};
use super::field::Field;
use super::funding;
use super::grid::{Grid, filled};
use super::header_field::label;
use super::problem::{self, Place};
use super::project::name_of;
use super::rows::{self, Look};
use super::stage;
use super::text::{header as as_header, key, line, plain, says_nothing, written};
use super::unit;
use crate::reading::{
    Column, Event, Layout, LedgerProject, Problem, RowKind, SheetHead, Sink, Skipped, Unit,
};
use crate::sheet::{Value, letters};
use std::collections::BTreeSet;

/// Rows that are looked at: a form is no long list.
const LONGEST: u32 = 500;

/// A label with its value.
#[derive(Debug, Clone)]
struct Pair<'a> {
    row: u32,
    column: u16,
    header: String,
    field: Option<Field>,
    value: Option<(u32, u16, &'a Value)>,
    /// A value that stands behind its label in one cell.
    inline: Option<String>,
}

/// The forms of a sheet: the places of their names.
pub struct Forms {
    /// Rows, from 0, at which each form begins.
    starts: Vec<u32>,
}

fn field_of(text: &str, mapping: &Mapping) -> Option<Field> {
    match mapping.get(&as_header(text)) {
        Some(word) => word.as_deref().and_then(Field::from_word),
        None => label(text).or_else(|| {
            let years = super::years::Years::default();
            super::header_field::meaning(&[text.to_owned()], &years)
                .map(|meaning| meaning.field)
                .filter(|_| text.chars().count() <= 24)
        }),
    }
}

fn is_label(value: Option<&Value>, mapping: &Mapping) -> bool {
    matches!(value, Some(Value::Text(text)) if field_of(text, mapping).is_some())
}

/// Whether a text names the name of a project.
fn is_name_label(text: &str, mapping: &Mapping) -> bool {
    let is_weak = matches!(
        key(text).as_str(),
        "项目" | "名称" | "project" | "name" | "建设项目" | "工程项目"
    );
    field_of(text, mapping) == Some(Field::Name)
        && (!is_weak || mapping.contains_key(&as_header(text)))
}

/// Finds the forms of a sheet: a label of the name with a value beside it, and other labels below or
/// beside that have values too.
pub fn find(grid: &Grid<'_>, mapping: &Mapping) -> Option<Forms> {
    let rows = &grid.sheet().rows;
    if rows.iter().filter(|row| filled(row).next().is_some()).count() > LONGEST as usize {
        return None;
    }
    let mut starts: Vec<u32> = Vec::new();
    for row in rows {
        for (column, value) in filled(row) {
            let Value::Text(text) = value else { continue };
            if inline(text, mapping).is_some_and(|(field, ..)| field == Field::Name) {
                starts.push(row.index);
                continue;
            }
            if !is_name_label(text, mapping) {
                continue;
            }
            let right = grid.value(row.index, grid.right_of(row.index, column));
            let below = grid.below(row.index, column);
            let is_below_label =
                (below..below.saturating_add(3)).find_map(|row| grid.value(row, column));
            let is_list = right.is_none()
                || is_label(right, mapping)
                || is_sideways(grid, row.index, column, mapping);
            if !is_list && is_label(is_below_label, mapping) {
                starts.push(row.index);
            }
        }
    }
    starts.dedup();
    let first = *starts.first()?;
    let end = starts.get(1).copied().unwrap_or(u32::MAX);
    let pairs = pairs(grid, mapping, first, end);
    let told = pairs
        .iter()
        .filter(|pair| pair.field.is_some() && (pair.value.is_some() || pair.inline.is_some()));
    (told.count() >= 3).then_some(Forms { starts })
}

/// Whether several values without labels follow a label: a table turned on its side.
fn is_sideways(grid: &Grid<'_>, row: u32, column: u16, mapping: &Mapping) -> bool {
    let Some(cells) = grid.row(row) else { return false };
    let right: Vec<&Value> =
        filled(cells).filter(|(other, _)| *other > column).map(|(_, value)| value).collect();
    right.len() >= 2 && !right.iter().any(|value| is_label(Some(value), mapping))
}

/// A label and its value in one cell: 项目名称：滨河公园.
fn inline(text: &str, mapping: &Mapping) -> Option<(Field, String, String)> {
    let (head, rest) = text.split_once([':', '：'])?;
    let value = line(rest);
    if value.is_empty() || head.chars().count() > 16 {
        return None;
    }
    Some((field_of(head, mapping)?, as_header(head), value))
}

/// The labels and values from one row to before another.
fn pairs<'a>(grid: &Grid<'a>, mapping: &Mapping, from: u32, to: u32) -> Vec<Pair<'a>> {
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

/// Reads the forms of a sheet.
pub fn read(
    grid: &Grid<'_>,
    forms: &Forms,
    mapping: &Mapping,
    sink: &mut Sink<'_>,
) -> std::io::Result<()> {
    let first = forms.starts.first().copied().unwrap_or_default();
    let titles = super::header::titles_above(grid, first);
    let around: Vec<&str> =
        titles.iter().map(String::as_str).chain([grid.sheet().name.as_str()]).collect();
    let mut problems = Vec::new();
    let ends = forms.starts.iter().skip(1).copied().chain([u32::MAX]);
    let all: Vec<(u32, u32, Vec<Pair<'_>>)> = forms
        .starts
        .iter()
        .zip(ends)
        .enumerate()
        .map(|(at, (start, end))| {
            // What stands above the name belongs to the first form too.
            let from = if at == 0 { 0 } else { *start };
            (*start, end, pairs(grid, mapping, from, end))
        })
        .collect();
    let unit = sheet_unit(&around, all.iter().flat_map(|(.., pairs)| pairs), &mut problems);
    let mut columns: Vec<Column> = Vec::new();
    for pair in all.iter().flat_map(|(.., pairs)| pairs) {
        let field = pair.field.map(|field| field.as_str().to_owned());
        if columns.iter().any(|column| column.header == pair.header && column.field == field) {
            continue;
        }
        let own = unit::of_header(&pair.header).filter(|own| *own != unit);
        columns.push(Column {
            column: letters(pair.column),
            header: pair.header.clone(),
            field,
            unit: own,
        });
    }
    sink(Event::Sheet(SheetHead {
        name: grid.sheet().name.clone(),
        layout: Layout::Form,
        reason: None,
        unit,
        title: super::title(&titles),
        columns,
    }))?;
    for problem in problems {
        sink(Event::Problem(problem))?;
    }
    let mut used = BTreeSet::new();
    for (at, (start, end, pairs)) in all.iter().enumerate() {
        let (project, problems) = project(grid, *start, *end, pairs, unit, &around);
        if at == 0 {
            skip(grid, 0, *start, pairs, &mut used, sink)?;
        }
        sink(Event::Project(Box::new(project)))?;
        for problem in problems {
            sink(Event::Problem(problem))?;
        }
        skip(grid, *start, *end, pairs, &mut used, sink)?;
    }
    Ok(())
}

fn sheet_unit<'p>(
    around: &[&str],
    pairs: impl Iterator<Item = &'p Pair<'p>>,
    told: &mut Vec<Problem>,
) -> Unit {
    if let Some(unit) = around.iter().find_map(|text| unit::of_text(text)) {
        return unit;
    }
    let mut silent = None;
    for pair in pairs.filter(|pair| pair.field.is_some_and(Field::is_money)) {
        match unit::of_header(&pair.header) {
            Some(unit) => return unit,
            None => silent = silent.or(Some(letters(pair.column))),
        }
    }
    if let Some(column) = silent {
        told.push(problem::of_column(
            &column,
            "unit_assumed",
            "没有写明金额单位，按万元读取，请核对",
            "no unit of amounts is given: read as 10,000 yuan; please check",
        ));
    }
    Unit::Wan
}

fn project(
    grid: &Grid<'_>,
    start: u32,
    end: u32,
    pairs: &[Pair<'_>],
    unit: Unit,
    around: &[&str],
) -> (LedgerProject, Vec<Problem>) {
    let mut facts = Facts::new(start + 1, None);
    let rows = grid.sheet().rows.iter().filter(|row| (start..end).contains(&row.index));
    for row in rows {
        for (column, value) in filled(row) {
            let place = format!("{}{}", letters(column), row.index + 1);
            facts.project.cells.insert(place, written(value).into_owned());
        }
    }
    for pair in pairs {
        let Some(field) = pair.field else { continue };
        let inline = pair.inline.as_ref().map(|text| Value::Text(text.as_str().into()));
        let (row, column, value) = match (&pair.value, &inline) {
            (Some((row, column, value)), _) => (*row, *column, *value),
            (None, Some(value)) => (pair.row, pair.column, value),
            (None, None) => continue,
        };
        let letters = letters(column);
        let text = written(value);
        match field {
            Field::Name if facts.project.name.is_empty() => {
                let (name, marks) = name_of(&text, true);
                facts.project.name = name;
                facts.project.marks = marks;
            }
            Field::FundingChannel if !says_nothing(&plain(&text)) => {
                let mut sources = funding::of_cell(&text).sources;
                for source in &mut sources {
                    source.row = row + 1;
                }
                facts.project.funding.append(&mut sources);
            }
            _ => {
                let own = unit::of_header(&pair.header).unwrap_or(unit);
                let place = Place { row: row + 1, column: &letters };
                let told = Told {
                    field,
                    value,
                    unit: own,
                    header: &pair.header,
                    part: &pair.header,
                    place,
                };
                if matches!(field, Field::ChannelAmount | Field::ChannelArrived) {
                    let amount = facts
                        .money(told)
                        .filter(|amount| *amount > shortboard_domain::money::Money::ZERO);
                    let (planned, arrived) =
                        if field == Field::ChannelAmount { (amount, None) } else { (None, amount) };
                    if amount.is_some() {
                        let part = super::text::without_parentheses(&plain(&pair.header));
                        funding::add(&mut facts.project.funding, &part, row + 1, planned, arrived);
                    }
                } else {
                    facts.take(told);
                }
            }
        }
    }
    if facts.project.name.is_empty() {
        facts.problems.push(problem::of_row(
            start + 1,
            "name_missing",
            "没有项目名称",
            "the project has no name",
        ));
    }
    facts.finish(around.iter().find_map(|text| stage::of_title(text)))
}

/// Tells the rows of a form that hold none of its labels and values.
fn skip(
    grid: &Grid<'_>,
    from: u32,
    to: u32,
    pairs: &[Pair<'_>],
    used: &mut BTreeSet<u32>,
    sink: &mut Sink<'_>,
) -> std::io::Result<()> {
    for pair in pairs {
        used.insert(pair.row);
        used.extend(pair.value.map(|(row, ..)| row));
    }
    let last = grid.last_row().unwrap_or_default();
    let rows =
        grid.sheet().rows.iter().filter(|row| (from..to).contains(&row.index) && row.index <= last);
    for row in rows {
        let texts: Vec<&Value> = filled(row).map(|(_, value)| value).collect();
        let first_text = texts.iter().find_map(|value| match value {
            Value::Text(text) => Some(text.as_ref()),
            _ => None,
        });
        let look = Look {
            first_text,
            name: None,
            serial: None,
            is_numbered: false,
            cells: texts.len(),
            other_texts: 0,
            amounts: 0,
            merged_across: 1,
            is_foot: false,
        };
        let kind = if texts.is_empty() {
            RowKind::Blank
        } else if rows::is_signature(&look) && !used.contains(&row.index) {
            RowKind::Signature
        } else if used.contains(&row.index) {
            continue;
        } else if row.index < from.max(1) || from == 0 && row.index < to {
            RowKind::Title
        } else {
            RowKind::Note
        };
        sink(Event::Skipped(Skipped { row: row.index + 1, kind }))?;
    }
    Ok(())
}
