//! Finds the header of a table: one to three rows among the first twenty, whose words are known and
//! under which project-like rows follow.

use super::Mapping;
use super::field::Field;
use super::grid::{Grid, filled};
use super::header_field::{Meaning, meaning};
use super::text::{key, plain, written};
use super::unit;
use super::years::Years;
use crate::sheet::Value;

/// A header's rows at the most, and how far down it is looked for.
const DEEPEST: u32 = 3;
const LAST_FIRST_ROW: u32 = 20;
/// More columns than a ledger has.
const WIDEST: u16 = 400;

/// A column of a header.
#[derive(Debug, Clone, PartialEq)]
pub struct HeaderColumn {
    /// Which, from 0.
    pub column: u16,
    /// The groups and the part, outermost first, as written.
    pub parts: Vec<String>,
    /// The parts as people read them, joined by " / ".
    pub header: String,
    /// What it was taken for.
    pub meaning: Option<Meaning>,
}

/// A header that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// First row, from 0.
    pub first: u32,
    /// Last row, from 0.
    pub last: u32,
    /// Its columns.
    pub columns: Vec<HeaderColumn>,
    /// The year of its ledger.
    pub years: Years,
    score: i32,
}

impl Header {
    fn column_of(&self, field: Field) -> Option<&HeaderColumn> {
        self.columns
            .iter()
            .find(|column| column.meaning.is_some_and(|meaning| meaning.field == field))
    }

    /// How good it is.
    pub fn score(&self) -> i32 {
        self.score
    }

    /// Whether so much of it is known that it can be no row of a form.
    pub fn is_wide(&self) -> bool {
        self.known() >= 4
    }

    fn known(&self) -> usize {
        self.columns.iter().filter(|column| column.meaning.is_some()).count()
    }

    /// Whether it names projects, and not only something counted or summed up.
    fn names_projects(&self) -> bool {
        let Some(name) = self.column_of(Field::Name) else { return false };
        let is_weak = name.parts.last().is_some_and(|part| {
            matches!(key(part).as_str(), "项目" | "名称" | "建设项目" | "name" | "project")
        });
        let tells = |column: &HeaderColumn| {
            column.meaning.is_some_and(|Meaning { field, .. }| {
                field.is_fact() && !field.is_money() && !matches!(field, Field::Name | Field::Notes)
            })
        };
        let enough =
            self.columns.iter().any(|column| tells(column) && column.column != name.column);
        if is_weak { enough && !self.counts_projects() } else { self.known() >= 2 }
    }

    fn counts_projects(&self) -> bool {
        self.columns.iter().any(|column| {
            let key = key(&column.header);
            ["个数", "项目数", "数量", "项数"].iter().any(|word| key.contains(word))
        })
    }
}

/// What the search for a header came to.
pub enum Found {
    /// A header, and the first row of another that is about as good.
    Table(Box<Header>, Option<u32>),
    /// A table that names no projects; whether it counts or sums them up.
    NoNames {
        /// Whether it is a summary.
        is_summary: bool,
    },
    /// Nothing like a header.
    Nothing,
}

/// Finds the header of a sheet.
pub fn find(grid: &Grid<'_>, mapping: &Mapping, around: &[&str]) -> Found {
    let rows = grid.sheet().rows.iter().map(|row| row.index).filter(|row| *row < LAST_FIRST_ROW);
    let mut candidates: Vec<Header> = Vec::new();
    for first in rows {
        for depth in 1..=DEEPEST {
            candidates.extend(at(grid, first, depth, mapping, around));
        }
    }
    candidates.sort_by_key(|header| std::cmp::Reverse(header.score));
    let (named, nameless): (Vec<Header>, Vec<Header>) =
        candidates.into_iter().partition(Header::names_projects);
    let mut named = named.into_iter();
    let Some(best) = named.next() else {
        let table = nameless.iter().find(|header| header.known() >= 2 || header.counts_projects());
        return match table {
            Some(table) => Found::NoNames {
                is_summary: table.counts_projects()
                    || table.column_of(Field::TotalInvestment).is_some(),
            },
            None => Found::Nothing,
        };
    };
    let is_rival = |other: &Header| {
        (other.first > best.last || other.last < best.first)
            && other.score * 10 >= best.score * 8
            && other
                .columns
                .iter()
                .map(|column| &column.header)
                .ne(best.columns.iter().map(|column| &column.header))
    };
    let rival = named.find(is_rival).map(|other| other.first);
    Found::Table(Box::new(best), rival)
}

/// The header that begins at a row and is so many rows deep, if it can be one.
pub fn at(
    grid: &Grid<'_>,
    first: u32,
    depth: u32,
    mapping: &Mapping,
    around: &[&str],
) -> Option<Header> {
    let last = first + depth - 1;
    let mut columns = columns(grid, first, last)?;
    let headers: Vec<String> = columns.iter().map(|column| column.header.clone()).collect();
    let titles = titles_above(grid, first);
    let texts: Vec<&str> =
        titles.iter().map(String::as_str).chain(around.iter().copied()).collect();
    let years = Years::of(&texts, &headers);
    let mut score = 1 - i32::try_from(depth).unwrap_or(1);
    for column in &mut columns {
        column.meaning = match mapping.get(&column.header) {
            Some(word) => word
                .as_deref()
                .and_then(|word| word.parse().ok())
                .map(|field| Meaning { field, is_sure: true }),
            None => meaning(&column.parts, &years),
        };
        score += match column.meaning {
            Some(Meaning { field: Field::Name, is_sure }) => {
                if is_sure {
                    8
                } else {
                    6
                }
            }
            Some(meaning) => {
                if meaning.is_sure {
                    3
                } else {
                    2
                }
            }
            None => 0,
        };
        if column.parts.iter().any(|part| part.chars().count() > 40) {
            score -= 3;
        }
        if column.parts.iter().any(|part| plain(part).contains("单位:")) && column.meaning.is_none()
        {
            score -= 6;
        }
    }
    let mut header = Header { first, last, columns, years, score };
    if header.known() == 0 {
        return header.counts_projects().then_some(header);
    }
    header.score += follow(grid, &header);
    Some(header)
}

/// How many of the next rows look like projects, five at the most.
fn follow(grid: &Grid<'_>, header: &Header) -> i32 {
    let Some(name) = header.column_of(Field::Name) else { return 0 };
    let rows = (header.last + 1..=header.last + 10).filter_map(|row| grid.row(row));
    let is_like = |row: &&crate::sheet::Row| {
        filled(row).count() >= 2
            && filled(row)
                .any(|(column, value)| column == name.column && matches!(value, Value::Text(_)))
    };
    i32::try_from(rows.filter(is_like).take(5).count()).unwrap_or(0)
}

/// The texts above a header.
pub fn titles_above(grid: &Grid<'_>, first: u32) -> Vec<String> {
    let rows = grid.sheet().rows.iter().take_while(|row| row.index < first);
    rows.flat_map(filled).map(|(_, value)| written(value).into_owned()).collect()
}

/// What stands in a place of a header.
enum Place {
    Text(String),
    Blank,
    /// A number or the like.
    Other,
}

fn place(grid: &Grid<'_>, row: u32, column: u16) -> Place {
    match grid.value(row, column) {
        None => Place::Blank,
        Some(Value::Text(text)) => Place::Text(text.to_string()),
        // Years that head columns.
        Some(Value::Number(year)) if year.fract() == 0.0 && (1950.0..2150.0).contains(year) => {
            Place::Text(format!("{year}年"))
        }
        Some(_) => Place::Other,
    }
}

/// The columns of header rows, groups joined with their parts; `None` when the rows cannot be one.
fn columns(grid: &Grid<'_>, first: u32, last: u32) -> Option<Vec<HeaderColumn>> {
    if filled(grid.row(first)?).count() < 2 {
        return None;
    }
    // A row without a cell of its own may still be one that cells above are merged into.
    let rows: Vec<_> = (first..=last).map(|row| grid.row(row)).collect();
    let widest = rows
        .iter()
        .flatten()
        .flat_map(|row| filled(row))
        .map(|(column, _)| column)
        .max()?
        .min(WIDEST);
    let mut columns: Vec<HeaderColumn> = Vec::new();
    // The group that stands open in each row but the last: its text and its column.
    let mut groups: Vec<Option<(String, u16)>> = vec![None; rows.len()];
    for column in 0..=widest {
        let mut parts: Vec<String> = Vec::new();
        let mut above: Option<bool> = None;
        for row in first..=last {
            let depth = usize::try_from(row - first).unwrap_or_default();
            let area = grid.area(row, column);
            if area.is_some_and(|area| area.last_row > last || area.first_row < first) {
                return None;
            }
            let at = area.map_or((row, column), |area| (area.first_row, area.first_column));
            let part = match place(grid, at.0, at.1) {
                Place::Other => return None,
                Place::Text(text) => {
                    let is_own = area.is_none_or(|area| area.first_row == row);
                    // A text below one that heads no group: rows of a table, not of a header.
                    if is_own && above == Some(false) && !is_unit(&text) {
                        return None;
                    }
                    let is_group = area.is_some_and(|area| area.last_column > area.first_column)
                        || area.is_none_or(|area| area.last_row == row)
                            && heads_blanks(grid, row, column, last);
                    if is_own {
                        above = Some(is_group);
                    }
                    groups[depth] = (area.is_none() && is_group).then(|| (text.clone(), column));
                    Some(text)
                }
                Place::Blank if area.is_none() && row < last => {
                    let has_part = matches!(place(grid, row + 1, column), Place::Text(_));
                    if !has_part {
                        groups[depth] = None;
                    }
                    groups[depth].as_ref().map(|(text, _)| text.clone())
                }
                Place::Blank => None,
            };
            if let Some(part) = part
                && parts.last() != Some(&part)
            {
                parts.push(part);
            }
        }
        if parts.is_empty() {
            continue;
        }
        let texts: Vec<String> = parts.iter().map(|part| super::text::header(part)).collect();
        columns.push(HeaderColumn { column, header: texts.join(" / "), parts, meaning: None });
    }
    Some(columns)
}

/// Whether a cell of a header is followed by blanks under which parts stand.
fn heads_blanks(grid: &Grid<'_>, row: u32, column: u16, last: u32) -> bool {
    let Some(next) = column.checked_add(1) else { return false };
    row < last
        && matches!(place(grid, row, next), Place::Blank)
        && grid.area(row, next).is_none()
        && matches!(place(grid, row + 1, next), Place::Text(_))
        && matches!(place(grid, row + 1, column), Place::Text(_))
}

/// Whether a text is only a unit: （万元）.
fn is_unit(text: &str) -> bool {
    let plain = plain(text);
    let bare = plain.trim_matches(['(', ')', '[', ']']);
    plain.starts_with('(') && plain.ends_with(')')
        || matches!(bare, "万元" | "亿元" | "元" | "%" | "个" | "亩" | "公里")
        || unit::of_header(&plain).is_some() && plain.chars().count() <= 6
}
