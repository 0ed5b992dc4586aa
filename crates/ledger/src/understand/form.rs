//! Sheets laid out as forms: one project, its labels beside or above their values; several forms may
//! stand below one another.

use super::Mapping;
use super::facts::{Facts, Told};
use super::field::Field;
use super::funding;
use super::grid::{Grid, filled};
use super::pair::{Pair, inline, is_label, is_name_label, pairs};
use super::problem::{self, Place};
use super::project::name_of;
use super::rows::{self, Look};
use super::stage::{self, Around};
use super::text::{plain, says_nothing, written};
use super::unit;
use crate::reading::{
    Column, Event, Layout, LedgerProject, Problem, RowKind, SheetHead, Sink, Skipped, Unit,
};
use crate::sheet::{Row, Value, letters};

/// Rows that are looked at: a form is no long list.
const LONGEST: u32 = 500;

/// One form: its rows, from 0, and what it tells.
struct Form<'a> {
    /// The row of its name.
    start: u32,
    from: u32,
    to: u32,
    pairs: Vec<Pair<'a>>,
}

impl Form<'_> {
    fn has(&self, row: u32) -> bool {
        (self.from..self.to).contains(&row)
    }
}

/// The forms of a sheet: the places of their names.
pub struct Forms {
    /// Rows, from 0, at which each form begins.
    starts: Vec<u32>,
}

impl Forms {
    /// The row of the first name.
    pub fn first(&self) -> u32 {
        self.starts.first().copied().unwrap_or_default()
    }
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

/// Whether a sheet is a table turned on its side: labels down a column, a project in each further
/// one.
pub fn lies_on_its_side(grid: &Grid<'_>, mapping: &Mapping) -> bool {
    grid.sheet().rows.iter().take(30).any(|row| {
        filled(row).take(3).any(|(column, value)| {
            let is_name = matches!(value, Value::Text(text) if is_name_label(text, mapping));
            let below = grid.value(grid.below(row.index, column), column);
            is_name && is_label(below, mapping) && is_sideways(grid, row.index, column, mapping)
        })
    })
}

/// Whether several values without labels follow a label: a table turned on its side.
fn is_sideways(grid: &Grid<'_>, row: u32, column: u16, mapping: &Mapping) -> bool {
    let Some(cells) = grid.row(row) else { return false };
    let right: Vec<&Value> =
        filled(cells).filter(|(other, _)| *other > column).map(|(_, value)| value).collect();
    right.len() >= 2 && !right.iter().any(|value| is_label(Some(value), mapping))
}

/// Reads the forms of a sheet.
pub fn read(
    grid: &Grid<'_>,
    forms: &Forms,
    mapping: &Mapping,
    sink: &mut Sink<'_>,
) -> std::io::Result<()> {
    let first = forms.first();
    let titles = super::header::titles_above(grid, first);
    let around: Vec<&str> =
        titles.iter().map(String::as_str).chain([grid.sheet().name.as_str()]).collect();
    let mut problems = Vec::new();
    let all: Vec<Form<'_>> = forms
        .starts
        .iter()
        .enumerate()
        .map(|(at, start)| {
            // What stands above the first name belongs to the first form too.
            let from = if at == 0 { 0 } else { *start };
            let to = forms.starts.get(at + 1).copied().unwrap_or(u32::MAX);
            Form { start: *start, from, to, pairs: pairs(grid, mapping, from, to) }
        })
        .collect();
    let unit = sheet_unit(&around, all.iter().flat_map(|form| &form.pairs), &mut problems);
    let mut columns: Vec<Column> = Vec::new();
    for pair in all.iter().flat_map(|form| &form.pairs) {
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
        reason_en: None,
        unit,
        title: super::title(&titles),
        columns,
    }))?;
    for problem in problems {
        sink(Event::Problem(problem))?;
    }
    for form in &all {
        read_one(grid, form, unit, &titles, &around, sink)?;
    }
    Ok(())
}

fn read_one(
    grid: &Grid<'_>,
    form: &Form<'_>,
    unit: Unit,
    titles: &[String],
    around: &[&str],
    sink: &mut Sink<'_>,
) -> std::io::Result<()> {
    let last = grid.last_row().unwrap_or_default();
    let rows = grid.sheet().rows.iter().filter(|row| form.has(row.index) && row.index <= last);
    let (above, below): (Vec<&Row>, Vec<&Row>) = rows.partition(|row| row.index < form.start);
    let skip = |rows: &[&Row], sink: &mut Sink<'_>| {
        rows.iter().try_for_each(|row| match kind(row, form, titles) {
            Some(kind) => sink(Event::Skipped(Skipped { row: row.index + 1, kind })),
            None => Ok(()),
        })
    };
    skip(&above, sink)?;
    let kept = above.iter().chain(&below).filter(|row| kind(row, form, titles).is_none());
    let (project, problems) = project(form, kept.copied(), unit, around);
    sink(Event::Project(Box::new(project)))?;
    for problem in problems {
        sink(Event::Problem(problem))?;
    }
    skip(&below, sink)
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

fn project<'r>(
    form: &Form<'_>,
    rows: impl Iterator<Item = &'r Row>,
    unit: Unit,
    around: &[&str],
) -> (LedgerProject, Vec<Problem>) {
    let start = form.start;
    let mut facts = Facts::new(start + 1, None);
    for row in rows {
        for (column, value) in filled(row) {
            let place = format!("{}{}", letters(column), row.index + 1);
            facts.project.cells.insert(place, written(value).into_owned());
        }
    }
    for pair in &form.pairs {
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
    facts.finish(Around::first(around.iter().copied(), stage::of_title))
}

/// What a row of a form is that holds nothing of its project; `None` for one that does.
fn kind(row: &Row, form: &Form<'_>, titles: &[String]) -> Option<RowKind> {
    let texts: Vec<&Value> = filled(row).map(|(_, value)| value).collect();
    if texts.is_empty() {
        return Some(RowKind::Blank);
    }
    if form.pairs.iter().any(|pair| pair.has_value() && pair.is_in(row.index)) {
        return None;
    }
    let first_text = texts.iter().find_map(|value| match value {
        Value::Text(text) => Some(text.as_ref()),
        _ => None,
    });
    let is_title =
        first_text.is_some_and(|text| titles.iter().any(|title| plain(title) == plain(text)));
    if row.index < form.start || is_title {
        return Some(RowKind::Title);
    }
    let look = Look {
        first_text,
        name: None,
        serial: None,
        is_numbered: false,
        cells: texts.len(),
        other_texts: 0,
        other: None,
        amounts: 0,
        merged_across: 1,
        is_foot: false,
    };
    rows::foot(&look)
}
