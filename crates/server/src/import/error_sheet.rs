//! The rows of an import that are not in order, as a workbook: the columns as they were, and one
//! more that says what is wrong.

use super::reading::row_of;
use super::said::{Note, Row, SheetSaid};
use super::{BATCH, Imports};
use crate::problem::Failure;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use shortboard_domain::access::Actor;
use shortboard_domain::import::RowKind;
use shortboard_domain::lang::Lang;
use shortboard_ledger::reading::Unit;
use std::collections::BTreeMap;

impl Imports {
    /// The rows with errors, as an `.xlsx`.
    ///
    /// # Errors
    /// As [`Imports::state`].
    pub async fn error_sheet(
        &self,
        actor: &Actor,
        id: i64,
        lang: Lang,
    ) -> Result<Vec<u8>, Failure> {
        let standing = self.state(actor, id).await?;
        let kinds = [RowKind::Error, RowKind::LeftOut].map(|kind| kind.as_str().to_owned());
        let mut wrong: BTreeMap<usize, Vec<(Row, Vec<Note>)>> = BTreeMap::new();
        let mut from = 0;
        loop {
            let rows = self.store.import_rows(id, &kinds, from, BATCH).await?;
            let Some(last) = rows.last() else { break };
            from = last.position + 1;
            for row in &rows {
                let (row, plan, _) = row_of(row)?;
                if !plan.errors.is_empty() {
                    wrong.entry(row.sheet).or_default().push((row, plan.errors));
                }
            }
        }
        let sheets = standing.said.sheets;
        let made = tokio::task::spawn_blocking(move || workbook(&sheets, &wrong, lang));
        let made = made.await.map_err(|error| error.to_string());
        made.and_then(|made| made.map_err(|error| error.to_string())).map_err(|error| {
            tracing::error!(%error, "an error sheet could not be made");
            Failure::Internal
        })
    }
}

fn workbook(
    sheets: &[SheetSaid],
    wrong: &BTreeMap<usize, Vec<(Row, Vec<Note>)>>,
    lang: Lang,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    for (index, rows) in wrong {
        let Some(sheet) = sheets.get(*index) else { continue };
        let page = workbook.add_worksheet_with_constant_memory()?;
        // A name that Excel does not take is left to the one it gives.
        let _ = page.set_name(&sheet.name);
        write(page, sheet, rows, lang)?;
    }
    if wrong.is_empty() {
        let page = workbook.add_worksheet();
        page.write_string(0, 0, if lang == Lang::Zh { "没有错误" } else { "No errors" })?;
    }
    workbook.save_to_buffer()
}

fn write(
    page: &mut Worksheet,
    sheet: &SheetSaid,
    rows: &[(Row, Vec<Note>)],
    lang: Lang,
) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_text_wrap();
    let wrapped = Format::new().set_text_wrap();
    let mut columns: Vec<(u16, &str)> = sheet
        .columns
        .iter()
        .filter_map(|column| Some((number(&column.column)?, column.header.as_str())))
        .collect();
    columns.sort_unstable();
    let last = columns.last().map_or(0, |(column, _)| column + 1);
    let (unit, what) = match (sheet.unit, lang) {
        (Unit::Wan, _) => ("单位：万元", lang),
        (Unit::Yi, _) => ("单位：亿元", lang),
        (Unit::Yuan, _) => ("单位：元", lang),
    };
    let heading = if what == Lang::Zh { "存在问题" } else { "What is wrong" };
    let place = if what == Lang::Zh { "原行号" } else { "Row" };
    page.write_string(0, 0, sheet.title.as_deref().unwrap_or(&sheet.name))?;
    page.write_string(0, last, unit)?;
    for (column, header) in &columns {
        page.write_string_with_format(1, *column, *header, &bold)?;
    }
    page.write_string_with_format(1, last, heading, &bold)?;
    page.write_string_with_format(1, last + 1, place, &bold)?;
    page.set_column_width(last, 60)?;
    for (line, (row, notes)) in (2..).zip(rows) {
        for (column, text) in cells(row) {
            page.write_string(line, column, text)?;
        }
        let said: Vec<&str> = notes.iter().map(|note| note.text(lang)).collect();
        page.write_string_with_format(line, last, said.join("\n"), &wrapped)?;
        page.write_number(line, last + 1, f64::from(row.project.row))?;
    }
    page.set_freeze_panes(2, 0)?;
    Ok(())
}

/// The cells of a row by column; what stood in further rows of it follows on lines of its own.
fn cells(row: &Row) -> BTreeMap<u16, String> {
    let mut cells: BTreeMap<u16, String> = BTreeMap::new();
    let mut further: Vec<(u32, u16, &str)> = Vec::new();
    for (at, text) in &row.project.cells {
        let letters = at.trim_end_matches(|c: char| c.is_ascii_digit());
        let Some(column) = number(letters) else { continue };
        match at[letters.len()..].parse() {
            Ok(line) => further.push((line, column, text)),
            Err(_) => {
                cells.insert(column, text.clone());
            }
        }
    }
    further.sort_unstable();
    for (_, column, text) in further {
        let cell = cells.entry(column).or_default();
        if !cell.is_empty() {
            cell.push('\n');
        }
        cell.push_str(text);
    }
    cells
}

/// The place of a column, from 0, by its letters.
fn number(letters: &str) -> Option<u16> {
    let mut number: u16 = 0;
    for letter in letters.bytes() {
        let digit = letter.is_ascii_uppercase().then(|| u16::from(letter - b'A' + 1))?;
        number = number.checked_mul(26)?.checked_add(digit)?;
    }
    // Excel has 16,384 columns.
    number.checked_sub(1).filter(|number| *number < 16_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_the_place_of_a_column() {
        for (letters, place) in [("A", Some(0)), ("Z", Some(25)), ("AA", Some(26)), ("", None)] {
            assert_eq!(number(letters), place);
        }
        assert_eq!(number("ZZZZZZ"), None);
        for column in [0, 25, 26, 701, 702] {
            assert_eq!(number(&shortboard_ledger::sheet::letters(column)), Some(column));
        }
    }
}
