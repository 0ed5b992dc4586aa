//! Lists as a workbook: rows are written as they come and kept in a file, so that a long list takes
//! no more memory than a short one.

use super::card::Card;
use super::columns::Column;
use super::frame::{HEADER, set_up, sheet_name, top};
use super::listing::Split;
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

/// The last row that may hold a project: one more is left for the total.
const LAST: RowNum = 1_048_574;

/// How many characters beside each other a page still shows to be read.
const PAGE_WIDTH: f64 = 220.0;

/// The height of a line of text and the least of a row, points.
const LINE: f64 = 13.0;
const LEAST_HEIGHT: f64 = 18.0;

/// The greatest height of a row, points.
const MOST_HEIGHT: f64 = 400.0;

/// Rows of a workbook that are given a height: the writer remembers each until all is written, so that
/// a hundred thousand would take forty megabytes. The rows of longer lists, which nobody prints, are
/// left to the program that shows them.
const HEIGHTS: usize = 10_000;

/// The longest text of a cell, characters.
const LONGEST_TEXT: usize = 32_767;

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
    /// How many more rows may be given a height.
    heights: usize,
    /// What the summary says of the sheets, where there is one.
    summary: Option<Summary>,
}

/// What a summary says.
struct Summary {
    /// What a sheet is for.
    of: &'static str,
    /// Name, count, sums of the columns of amounts.
    lines: Vec<(String, u64, Vec<i128>)>,
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
    /// A workbook without sheets; with a summary before them, when each is for something.
    pub fn new(about: About, split: Split) -> Self {
        let of = match split {
            Split::None => None,
            Split::Region => Some(about.t.column_region()),
            Split::Stage => Some(about.t.column_stage()),
        };
        let mut workbook = Workbook::new();
        let mut names = BTreeSet::new();
        if of.is_some() {
            workbook.add_worksheet();
            names.insert(about.t.file_summary().to_lowercase());
        }
        let summary = of.map(|of| Summary { of, lines: Vec::new() });
        Self { about, style: Style::new(), workbook, names, at: None, heights: HEIGHTS, summary }
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
        // What is wider than a page can show goes on beside it, with number and name repeated.
        let width: f64 = labels.iter().map(|(_, width)| width).sum();
        let pages = (width / PAGE_WIDTH).ceil().clamp(1.0, f64::from(u16::MAX)) as u16;
        sheet.set_print_fit_to_pages(pages, 0);
        if pages > 1 {
            sheet.set_repeat_columns(0, frozen - 1)?;
        }
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
            row(sheet, &self.style, &self.about, (at, &mut self.heights), card)?;
        }
        Ok(())
    }

    /// Ends the workbook and writes it.
    ///
    /// # Errors
    /// [`XlsxError`]
    pub fn finish(mut self, out: impl Write + Seek + Send) -> Result<(), XlsxError> {
        self.end()?;
        if let Some(summary) = self.summary.take() {
            self.sum_up(&summary)?;
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
            summary.lines.push((at.name, at.count, at.sums));
        }
        Ok(())
    }

    fn sum_up(&mut self, summary: &Summary) -> Result<(), XlsxError> {
        let (t, style, lines) = (self.about.t, &self.style, &summary.lines);
        let money: Vec<(usize, Column)> = self
            .about
            .columns
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, of)| of.is_money())
            .collect();
        let labels: Vec<(&str, f64)> = [(summary.of, 24.0), (t.file_count(), 12.0)]
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
    (at, heights): (&mut At, &mut usize),
    card: &Card,
) -> Result<(), XlsxError> {
    let writer = Writer { t: about.t, lists: &about.lists, day: about.day };
    at.count += 1;
    let mut lines = 1.0_f64;
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
        lines = lines.max(lines_of(&text, column.width()));
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
    if lines > 1.0 && *heights > 0 {
        *heights -= 1;
        // Not every program finds the height of wrapped text by itself.
        sheet.set_row_height(at.row, (lines * LINE + 5.0).clamp(LEAST_HEIGHT, MOST_HEIGHT))?;
    }
    at.row += 1;
    Ok(())
}

/// How many lines a text takes in a column of a width.
fn lines_of(text: &str, width: f64) -> f64 {
    let wide = |c: char| if c.is_ascii() { 1.0 } else { 2.0 };
    let lines = text.split('\n').map(|line| {
        let length: f64 = line.chars().map(wide).sum();
        (length / (width - 1.0)).ceil().max(1.0)
    });
    lines.sum()
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
