//! Reads the tables of a page, one below the other: what many systems export as `.xls`.

use super::build::SheetBuilder;
use super::{Limits, Take, Unreadable};
use crate::sheet::Value;
use ego_tree::NodeId;
use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};
use std::collections::HashSet;
use std::fs::File;
use std::io::Read;

/// A page is held as a tree, which takes some ten times its bytes.
const BYTES: u64 = 20 << 20;

/// The largest span that browsers follow.
const SPAN: u32 = 1000;

/// Elements that do not end a line of text.
const INLINE: [&str; 14] = [
    "a", "abbr", "b", "em", "font", "i", "label", "s", "small", "span", "strong", "sub", "sup", "u",
];

/// Elements whose text is not shown.
const UNSEEN: [&str; 4] = ["head", "script", "style", "template"];

/// Reads the one sheet of a page.
pub fn read(
    mut file: File,
    name: &str,
    limits: &Limits,
    take: &mut Take<'_>,
) -> Result<(), Unreadable> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| Unreadable::io(&error))?;
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > BYTES {
        return Err(Unreadable::file_too_large(size, BYTES));
    }
    let text = super::csv::decode(bytes).ok_or_else(|| Unreadable::damaged(None))?;
    let page = Html::parse_document(&text);
    drop(text);
    take(sheet(&page, name, limits)?)
}

fn sheet(page: &Html, name: &str, limits: &Limits) -> Result<crate::sheet::Sheet, Unreadable> {
    let frames = outer_tables(page);
    let mut sheet = SheetBuilder::new(name, false, limits);
    let mut row = 0;
    let mut line = String::new();
    let mut has_table = false;
    // Within what is read already or not shown.
    let mut passing = None;
    for edge in page.tree.root().traverse() {
        let (node, opens) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        if let Some(passed) = passing {
            if !opens && passed == node.id() {
                passing = None;
            }
            continue;
        }
        if let (Node::Text(text), true) = (node.value(), opens) {
            line.push_str(&text.text);
            continue;
        }
        let Some(element) = ElementRef::wrap(node) else { continue };
        let kind = element.value().name();
        if INLINE.contains(&kind) {
            continue;
        }
        let text = shown(&line);
        if !text.is_empty() {
            sheet.text(row, 0, &text)?;
            row += 1;
        }
        line.clear();
        if opens && UNSEEN.contains(&kind) {
            passing = Some(node.id());
        } else if opens && kind == "table" {
            has_table = true;
            if !frames.contains(&node.id()) {
                row = table(element, row, &mut sheet, limits)?;
                passing = Some(node.id());
            }
        }
    }
    if has_table {
        Ok(sheet.finish())
    } else {
        Err(Unreadable::not_a_workbook("没有表格的网页", "a web page without a table"))
    }
}

/// The tables that only frame other tables.
fn outer_tables(page: &Html) -> HashSet<NodeId> {
    let mut open = Vec::new();
    let mut outer = HashSet::new();
    for edge in page.tree.root().traverse() {
        let (node, opens) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        if node.value().as_element().is_some_and(|element| element.name() == "table") {
            if opens {
                // The tables around the last one are known to be outer already.
                outer.extend(open.last());
                open.push(node.id());
            } else {
                open.pop();
            }
        }
    }
    outer
}

/// Puts a table's cells into the sheet from a row on; the row after it.
fn table(
    table: ElementRef<'_>,
    first: u32,
    sheet: &mut SheetBuilder,
    limits: &Limits,
) -> Result<u32, Unreadable> {
    let named = |name: &'static str| {
        let elements = table.descendants().filter_map(ElementRef::wrap);
        elements.filter(move |element| element.value().name() == name)
    };
    let mut row = first;
    for caption in named("caption") {
        sheet.text(row, 0, &content(caption))?;
        row += 1;
    }
    let end = row + u32::try_from(named("tr").count()).unwrap_or(u32::MAX / 2);
    // How many more rows a cell from above takes up in each column.
    let mut taken: Vec<u32> = Vec::new();
    for line in named("tr") {
        let mut column = 0_usize;
        let free = |taken: &mut Vec<u32>, mut column: usize| {
            while let Some(rows) = taken.get_mut(column).filter(|rows| **rows > 0) {
                *rows -= 1;
                column += 1;
            }
            column
        };
        for cell in line.child_elements().filter(|cell| matches!(cell.value().name(), "td" | "th"))
        {
            column = free(&mut taken, column);
            let place = u32::try_from(column).unwrap_or(u32::MAX);
            put(sheet, row, place, cell)?;
            if column >= usize::from(limits.columns) {
                column += 1;
                continue;
            }
            let wide = span(cell, "colspan").min(SPAN);
            let high = span(cell, "rowspan").min(end - row);
            sheet.merge((row, place), (row + high - 1, place + wide - 1));
            for _ in 0..wide {
                if taken.len() <= column {
                    taken.resize(column + 1, 0);
                }
                if let Some(rows) = taken.get_mut(column) {
                    *rows = high - 1;
                }
                column += 1;
            }
        }
        while column < taken.len() {
            column = free(&mut taken, column) + 1;
        }
        row += 1;
    }
    Ok(row)
}

fn put(
    sheet: &mut SheetBuilder,
    row: u32,
    column: u32,
    cell: ElementRef<'_>,
) -> Result<(), Unreadable> {
    let text = content(cell);
    // Excel's own pages carry the number as it is beside the number as it is shown.
    let is_number = !text.is_empty() && text.chars().all(|c| "0123456789.,- ".contains(c));
    let exact = cell.attr("x:num").filter(|_| is_number).and_then(|number| number.parse().ok());
    match exact {
        Some(number) => sheet.put(row, column, Value::Number(number)),
        None => sheet.text(row, column, &text),
    }
}

fn span(cell: ElementRef<'_>, name: &str) -> u32 {
    cell.attr(name)
        .and_then(|span| span.trim().parse().ok())
        .unwrap_or(1)
        .clamp(1, u32::from(u16::MAX))
}

/// A cell's text: line breaks where the page breaks lines.
fn content(cell: ElementRef<'_>) -> String {
    let mut lines = vec![String::new()];
    for node in cell.descendants().skip(1) {
        match node.value() {
            Node::Text(text) => {
                if let Some(line) = lines.last_mut() {
                    line.push_str(&text.text);
                }
            }
            Node::Element(element) if !INLINE.contains(&element.name()) => {
                lines.push(String::new())
            }
            _ => {}
        }
    }
    let lines: Vec<String> = lines.iter().map(|line| shown(line)).collect();
    let text = lines.join("\n");
    text.trim_matches('\n').to_owned()
}

/// Text as a page shows it: white space is one space.
fn shown(text: &str) -> String {
    let words: Vec<&str> =
        text.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}
