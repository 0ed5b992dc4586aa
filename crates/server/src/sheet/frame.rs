//! What is around the table of a sheet: its name, title and unit, header and how it prints.

use super::style::Style;
use crate::page::texts::Texts;
use rust_xlsxwriter::{ColNum, Format, RowNum, Worksheet, XlsxError};
use std::collections::BTreeSet;

/// The row of the header; above it stand the title and what is listed.
pub const HEADER: RowNum = 2;

/// The longest name of a sheet, characters.
const LONGEST_NAME: usize = 31;

/// How a sheet prints: A4 landscape, as wide as the page, the header on each page, their numbers
/// below.
pub fn set_up(sheet: &mut Worksheet, t: Texts) -> Result<(), XlsxError> {
    sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.5, 0.5, 0.6, 0.7, 0.3, 0.35);
    sheet.set_print_center_horizontally(true);
    sheet.set_footer(format!("&C{}", t.file_footer()));
    sheet.set_repeat_rows(0, HEADER)?;
    Ok(())
}

/// Title, what is listed, unit, header.
pub fn top(
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
    format: &Format,
) -> Result<(), XlsxError> {
    if first == last {
        sheet.write_string_with_format(row, first, text, format)?;
    } else {
        sheet.merge_range(row, first, row, last, text, format)?;
    }
    Ok(())
}

/// A name that a sheet may have and no other has yet.
pub fn sheet_name(name: &str, taken: &mut BTreeSet<String>) -> String {
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
