//! Lists as a workbook: rows are written as they come and kept in a file, so that a long list takes
//! no more memory than a short one.

use super::card::Card;
use super::columns::Column;
use super::style::Style;
use super::writer::Writer;
use crate::page::show;
use crate::page::texts::Texts;
use jiff::civil::Date;
use rust_xlsxwriter::{ColNum, Formula, RowNum, Workbook, Worksheet, XlsxError};
use shortboard_domain::codelist::CodeLists;
use shortboard_domain::lang::Lang;
use std::collections::BTreeSet;
use std::io::{Seek, Write};
use std::sync::Arc;

/// The row of the header; above it stand the title and what is listed.
const HEADER: RowNum = 2;

/// The last row that may hold a project: one more is left for the total.
const LAST: RowNum = 1_048_574;

/// The longest text of a cell, characters.
const LONGEST_TEXT: usize = 32_767;

/// The longest name of a sheet, characters.
const LONGEST_NAME: usize = 31;

/// The most digits that a number of a workbook keeps.
const EXACT: u128 = 1_000_000_000_000_000;

/// What a workbook is about.
#[derive(Debug, Clone)]
pub struct About {
    /// What is listed, in words.
    pub subtitle: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The words.
    pub t: Texts,
    /// The names of codes.
    pub lists: Arc<CodeLists>,
    /// The day whose names are shown.
    pub day: Date,
}

/// A workbook that is being written.
pub struct Book {
    about: About,
    style: Style,
    workbook: Workbook,
    names: BTreeSet<String>,
    at: Option<At>,
    /// What the summary says of the sheets: name, count, sums of the columns of amounts.
    summary: Option<Vec<(String, u64, Vec<i128>)>>,
}

/// The sheet that is being written.
struct At {
    index: usize,
    name: String,
    row: RowNum,
    count: u64,
    sums: Vec<i128>,
}

impl Book {
    /// A workbook without sheets; with a summary before them, when asked.
    pub fn new(about: About, has_summary: bool) -> Self {
        let mut workbook = Workbook::new();
        let mut names = BTreeSet::new();
        if has_summary {
            workbook.add_worksheet();
            names.insert(about.t.file_summary().to_lowercase());
        }
        let summary = has_summary.then(Vec::new);
        Self { about, style: Style::new(), workbook, names, at: None, summary }
    }

    /// Begins a sheet.
    ///
    /// # Errors
    /// [`XlsxError`]
    pub fn begin(&mut self, name: &str) -> Result<(), XlsxError> {
        self.end()?;
        let index = self.workbook.worksheets().len();
        let name = sheet_name(name, &mut self.names);
        let about = &self.about;
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(&name)?;
        let labels: Vec<(&str, f64)> = [(about.t.file_place(), 6.0)]
            .into_iter()
            .chain(about.columns.iter().map(|column| (column.label(about.t), column.width())))
            .collect();
        let first = about.columns.first() == Some(&Column::Number);
        let frozen = if first { 3 } else { 2 };
        set_up(sheet, about.t)?;
        let frozen = frozen.min(ColNum::try_from(labels.len()).unwrap_or(frozen));
        sheet.set_freeze_panes(HEADER + 1, frozen)?;
        top(sheet, &self.style, about.t, about.t.file_title(), &about.subtitle, &labels)?;
        let sums = vec![0; about.columns.len()];
        self.at = Some(At { index, name, row: HEADER + 1, count: 0, sums });
        Ok(())
    }

    /// Writes projects. What no longer fits goes on to another sheet.
    ///
    /// # Errors
    /// [`XlsxError`]
    pub fn write(&mut self, cards: &[Card]) -> Result<(), XlsxError> {
        for card in cards {
            if let Some(full) = self.at.as_ref().filter(|at| at.row > LAST) {
                let name = full.name.clone();
                self.begin(&name)?;
            }
            let Some(at) = &mut self.at else { continue };
            let sheet = self.workbook.worksheet_from_index(at.index)?;
            row(sheet, &self.style, &self.about, at, card)?;
        }
        Ok(())
    }

    /// Ends the workbook and writes it.
    ///
    /// # Errors
    /// [`XlsxError`]
    pub fn finish(mut self, out: impl Write + Seek + Send) -> Result<(), XlsxError> {
        self.end()?;
        if let Some(lines) = self.summary.take() {
            self.sum_up(&lines)?;
        }
        self.workbook.save_to_writer(out)
    }

    /// Ends the sheet: the total, and what the filter covers.
    fn end(&mut self) -> Result<(), XlsxError> {
        let Some(at) = self.at.take() else { return Ok(()) };
        let (about, style) = (&self.about, &self.style);
        let sheet = self.workbook.worksheet_from_index(at.index)?;
        let last = ColNum::try_from(about.columns.len()).unwrap_or(ColNum::MAX);
        sheet.autofilter(HEADER, 0, at.row - 1, last)?;
        sheet.write_blank(at.row, 0, &style.total)?;
        for (column, place) in about.columns.iter().zip(1..) {
            let sum = at.sums.get(usize::from(place) - 1).copied().unwrap_or_default();
            if *column == Column::Name {
                let words = total(about.t, at.count);
                sheet.write_string_with_format(at.row, place, words, &style.total)?;
            } else if column.is_money() && at.count > 0 {
                // It follows what is filtered and edited; the sum of now stands beside it.
                let letters = shortboard_ledger::sheet::letters(place);
                let (from, to) = (HEADER + 2, at.row);
                let sum = show::wan_plain(sum);
                let formula = Formula::new(format!("=SUBTOTAL(109,{letters}{from}:{letters}{to})"))
                    .set_result(sum);
                sheet.write_formula_with_format(at.row, place, formula, &style.total_money)?;
            } else {
                sheet.write_blank(at.row, place, &style.total)?;
            }
        }
        if let Some(summary) = &mut self.summary {
            summary.push((at.name, at.count, at.sums));
        }
        Ok(())
    }

    fn sum_up(&mut self, lines: &[(String, u64, Vec<i128>)]) -> Result<(), XlsxError> {
        let (t, style) = (self.about.t, &self.style);
        let money: Vec<(usize, Column)> = self
            .about
            .columns
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, of)| of.is_money())
            .collect();
        let labels: Vec<(&str, f64)> = [(t.file_sheet(), 24.0), (t.file_count(), 12.0)]
            .into_iter()
            .chain(money.iter().map(|(_, column)| (column.label(t), 20.0)))
            .collect();
        let sheet = self.workbook.worksheet_from_index(0)?;
        sheet.set_name(t.file_summary())?;
        set_up(sheet, t)?;
        sheet.set_freeze_panes(HEADER + 1, 0)?;
        top(sheet, style, t, t.file_summary_title(), &self.about.subtitle, &labels)?;
        let all =
            lines.iter().fold((0, vec![0; self.about.columns.len()]), |(count, sums), line| {
                let sums = sums.iter().zip(&line.2).map(|(one, other)| one + other).collect();
                (count + line.1, sums)
            });
        let all = (t.total().to_owned(), all.0, all.1);
        for (line, at) in lines.iter().chain([&all]).zip(HEADER + 1..) {
            let is_total = std::ptr::eq(line, &all);
            let (text, number) = match is_total {
                true => (&style.total, &style.total_money),
                false => (&style.text, &style.money),
            };
            sheet.write_string_with_format(at, 0, &line.0, text)?;
            sheet.write_number_with_format(at, 1, line.1 as f64, text)?;
            for ((index, _), place) in money.iter().zip(2..) {
                amount(sheet, at, place, line.2[*index], number)?;
            }
        }
        Ok(())
    }
}

fn row(
    sheet: &mut Worksheet,
    style: &Style,
    about: &About,
    at: &mut At,
    card: &Card,
) -> Result<(), XlsxError> {
    let writer = Writer { t: about.t, lists: &about.lists, day: about.day };
    at.count += 1;
    sheet.write_number_with_format(at.row, 0, at.count as f64, &style.place)?;
    for ((column, sum), place) in about.columns.iter().zip(&mut at.sums).zip(1..) {
        if column.is_money() {
            match column.amount(card) {
                Some(of) => {
                    *sum += of.fen();
                    amount(sheet, at.row, place, of.fen(), &style.money)?;
                }
                None => {
                    sheet.write_blank(at.row, place, &style.money)?;
                }
            }
            continue;
        }
        let text = writer.text(*column, card);
        if text.is_empty() {
            sheet.write_blank(at.row, place, &style.text)?;
        } else if text.len() <= LONGEST_TEXT {
            // Written as text, it is no formula, whatever it begins with.
            sheet.write_string_with_format(at.row, place, text, &style.text)?;
        } else {
            let text: String = text.chars().take(LONGEST_TEXT / 2).collect();
            sheet.write_string_with_format(at.row, place, text, &style.text)?;
        }
    }
    at.row += 1;
    Ok(())
}

/// An amount in 万元: a number, or text where a number would not keep all its digits.
fn amount(
    sheet: &mut Worksheet,
    row: RowNum,
    column: ColNum,
    fen: i128,
    format: &rust_xlsxwriter::Format,
) -> Result<(), XlsxError> {
    let text = show::wan_plain(fen);
    match text.parse::<f64>() {
        Ok(number) if fen.unsigned_abs() < EXACT => {
            sheet.write_number_with_format(row, column, number, format)?;
        }
        _ => {
            sheet.write_string_with_format(row, column, text, format)?;
        }
    }
    Ok(())
}

/// 合计12项
fn total(t: Texts, count: u64) -> String {
    match t.0 {
        Lang::Zh => format!("{}{count}项", t.total()),
        Lang::En => format!("{}: {count} projects", t.total()),
    }
}

/// How a sheet prints: A4 landscape, as wide as the page, the header on each page, their numbers
/// below.
fn set_up(sheet: &mut Worksheet, t: Texts) -> Result<(), XlsxError> {
    sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.5, 0.5, 0.6, 0.7, 0.3, 0.35);
    sheet.set_print_center_horizontally(true);
    sheet.set_footer(format!("&C{}", t.file_footer()));
    sheet.set_repeat_rows(0, HEADER)?;
    Ok(())
}

/// Title, what is listed, unit, header.
fn top(
    sheet: &mut Worksheet,
    style: &Style,
    t: Texts,
    title: &str,
    subtitle: &str,
    labels: &[(&str, f64)],
) -> Result<(), XlsxError> {
    let width: f64 = labels.iter().map(|(_, width)| width).sum();
    for ((_, width), column) in labels.iter().zip(0..) {
        sheet.set_column_width(column, *width)?;
    }
    // There is a number and a name at the least, so that there are two columns to merge.
    let last = ColNum::try_from(labels.len() - 1).unwrap_or(ColNum::MAX);
    // The unit needs a few characters' width.
    let mut unit_at = last;
    let mut room = 0.0;
    for (_, width) in labels.iter().skip(1).rev() {
        room += width;
        if room >= 18.0 || unit_at <= 1 {
            break;
        }
        unit_at -= 1;
    }
    sheet.set_row_height(0, 34)?;
    sheet.merge_range(0, 0, 0, last, title, &style.title)?;
    let lines = (subtitle.chars().count() as f64 * 2.0 / (width - room).max(1.0)).ceil().max(1.0);
    sheet.set_row_height(1, 18.0 * lines)?;
    merged(sheet, 1, 0, unit_at - 1, subtitle, &style.subtitle)?;
    merged(sheet, 1, unit_at, last, t.file_unit(), &style.unit)?;
    for ((label, _), column) in labels.iter().zip(0..) {
        sheet.write_string_with_format(HEADER, column, *label, &style.header)?;
    }
    Ok(())
}

fn merged(
    sheet: &mut Worksheet,
    row: RowNum,
    first: ColNum,
    last: ColNum,
    text: &str,
    format: &rust_xlsxwriter::Format,
) -> Result<(), XlsxError> {
    if first == last {
        sheet.write_string_with_format(row, first, text, format)?;
    } else {
        sheet.merge_range(row, first, row, last, text, format)?;
    }
    Ok(())
}

/// A name that a sheet may have and no other has yet.
fn sheet_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let allowed = |c: &char| !c.is_control() && !['[', ']', ':', '*', '?', '/', '\\'].contains(c);
    let clean: String = name.chars().filter(allowed).collect();
    let clean = clean.trim().trim_matches('\'');
    let clean = if clean.is_empty() { "_" } else { clean };
    for number in 1.. {
        let tail = if number == 1 { String::new() } else { format!(" ({number})") };
        let room = LONGEST_NAME - tail.chars().count();
        let head: String = clean.chars().take(room).collect();
        let name = format!("{head}{tail}");
        if taken.insert(name.to_lowercase()) {
            return name;
        }
    }
    clean.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_clean_and_their_own() {
        let mut taken = BTreeSet::new();
        assert_eq!(sheet_name("'古塔区/[1]'", &mut taken), "古塔区1");
        assert_eq!(sheet_name("古塔区1", &mut taken), "古塔区1 (2)");
        assert_eq!(sheet_name("::", &mut taken), "_");
        let long = "长".repeat(40);
        assert_eq!(sheet_name(&long, &mut taken).chars().count(), 31);
        let second = sheet_name(&long, &mut taken);
        assert_eq!((second.chars().count(), second.ends_with(" (2)")), (31, true));
    }
}
