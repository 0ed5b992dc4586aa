//! Sheets for tests: from workbooks, and from grids of text in a small notation.
#![allow(dead_code, clippy::unwrap_used, reason = "shared by tests, which use parts of it")]

use calamine::{Data, Reader};
use jiff::civil::date;
use serde_json::{Map, Value as Json, json};
use shortboard_ledger::reading::Event;
use shortboard_ledger::sheet::{Area, Cell, Row, Sheet, Value};
use shortboard_ledger::understand::{self, Mapping};
use std::io::Cursor;
use std::path::PathBuf;

/// A fixture's bytes.
pub fn fixture(name: &str) -> Vec<u8> {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "../../tests/fixtures/ledgers", name].iter().collect();
    std::fs::read(path).unwrap()
}

/// The sheets of a fixture.
pub fn sheets(name: &str) -> Vec<Sheet> {
    let bytes = fixture(name);
    if name.ends_with(".csv") {
        let (text, _, _) = encoding_rs::GB18030.decode(&bytes);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let rows = reader.records().enumerate().map(|(index, record)| {
            let record = record.unwrap();
            let cells = record.iter().enumerate().filter(|(_, text)| !text.is_empty());
            let cells = cells.map(|(column, text)| Cell {
                column: u16::try_from(column).unwrap(),
                value: Value::Text(text.into()),
            });
            Row { index: u32::try_from(index).unwrap(), cells: cells.collect() }
        });
        return vec![Sheet {
            name: name.trim_end_matches(".csv").into(),
            rows: rows.collect(),
            ..Sheet::default()
        }];
    }
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    names.into_iter().map(|name| of_calamine(&mut book, name)).collect()
}

fn of_calamine(book: &mut calamine::Sheets<Cursor<Vec<u8>>>, name: String) -> Sheet {
    let range = book.worksheet_range(&name).unwrap();
    let merged = match book {
        calamine::Sheets::Xls(book) => book.merge_cells_by_sheet_name(&name).unwrap_or_default(),
        calamine::Sheets::Xlsx(book) => book.merge_cells_by_sheet_name(&name).unwrap_or_default(),
        _ => Vec::new(),
    };
    let column = |column: u32| u16::try_from(column).unwrap();
    let merged = merged.iter().map(|area| Area {
        first_row: area.start.0,
        first_column: column(area.start.1),
        last_row: area.end.0,
        last_column: column(area.end.1),
    });
    let (top, left) = range.start().unwrap_or_default();
    let mut rows: Vec<Row> = Vec::new();
    for (row, at, data) in range.used_cells() {
        let value = match data {
            Data::String(text) => Value::Text(text.as_str().into()),
            Data::Float(number) => Value::Number(*number),
            Data::Int(number) => Value::Number(f64::from(i32::try_from(*number).unwrap())),
            Data::DateTime(day) => {
                let (year, month, day, ..) = day.to_ymd_hms_milli();
                let day = date(
                    year.try_into().unwrap(),
                    month.try_into().unwrap(),
                    day.try_into().unwrap(),
                );
                Value::Date(day.to_datetime(jiff::civil::Time::midnight()))
            }
            Data::Bool(is_so) => Value::Truth(*is_so),
            _ => continue,
        };
        let index = top + u32::try_from(row).unwrap();
        if rows.last().is_none_or(|row| row.index != index) {
            rows.push(Row { index, cells: Vec::new() });
        }
        let column = column(left + u32::try_from(at).unwrap());
        rows.last_mut().unwrap().cells.push(Cell { column, value });
    }
    Sheet { name, is_hidden: false, rows, merged: merged.collect() }
}

/// A sheet from lines of cells between `|`. A cell is a text, a number, `@2018-03-01` for a date,
/// `'12` for a number written as text; `<` is merged with the cell to its left, `^` with the one
/// above. `\n` is a line break, `_` a cell that holds one space.
pub fn grid(name: &str, text: &str) -> Sheet {
    let lines: Vec<Vec<&str>> = text
        .trim_matches('\n')
        .lines()
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let at = |row: usize, column: usize| lines.get(row).and_then(|line| line.get(column)).copied();
    let mut sheet = Sheet { name: name.into(), ..Sheet::default() };
    for (index, line) in lines.iter().enumerate() {
        let mut cells = Vec::new();
        for (column, cell) in line.iter().enumerate() {
            if let Some(value) = value(cell) {
                cells.push(Cell { column: u16::try_from(column).unwrap(), value });
                let wide = line[column + 1..].iter().take_while(|cell| **cell == "<").count();
                let tall = (index + 1..).take_while(|row| at(*row, column) == Some("^")).count();
                if wide + tall > 0 {
                    sheet.merged.push(Area {
                        first_row: u32::try_from(index).unwrap(),
                        first_column: u16::try_from(column).unwrap(),
                        last_row: u32::try_from(index + tall).unwrap(),
                        last_column: u16::try_from(column + wide).unwrap(),
                    });
                }
            }
        }
        if !cells.is_empty() {
            sheet.rows.push(Row { index: u32::try_from(index).unwrap(), cells });
        }
    }
    sheet
}

fn value(cell: &str) -> Option<Value> {
    match cell {
        "" | "<" | "^" => None,
        "_" => Some(Value::Text(" ".into())),
        _ => Some(if let Some(day) = cell.strip_prefix('@') {
            let day: jiff::civil::Date = day.parse().unwrap();
            Value::Date(day.to_datetime(jiff::civil::Time::midnight()))
        } else if let Some(text) = cell.strip_prefix('\'') {
            Value::Text(text.into())
        } else if let Ok(number) = cell.parse::<f64>() {
            Value::Number(number)
        } else if cell.starts_with("#REF") {
            Value::Error(cell.into())
        } else {
            Value::Text(cell.replace("\\n", "\n").into())
        }),
    }
}

/// Everything that is understood of a sheet.
pub fn events(sheet: &Sheet, mapping: &Mapping) -> Vec<Event> {
    let mut events = Vec::new();
    understand::sheet(sheet, mapping, &mut |event| {
        events.push(event);
        Ok(())
    })
    .unwrap();
    events
}

/// What is understood of a sheet, as `ledger read --json` prints it.
pub fn read(sheet: &Sheet) -> Json {
    read_with(sheet, &Mapping::new())
}

/// The same, with headers assigned by hand.
pub fn read_with(sheet: &Sheet, mapping: &Mapping) -> Json {
    let mut told = json!({"projects": [], "skipped": [], "problems": []});
    for event in events(sheet, mapping) {
        let (list, value) = match event {
            Event::Sheet(head) => {
                let head = serde_json::to_value(head).unwrap();
                told.as_object_mut().unwrap().extend(head.as_object().unwrap().clone());
                continue;
            }
            Event::Project(project) => ("projects", serde_json::to_value(project).unwrap()),
            Event::Skipped(skipped) => ("skipped", serde_json::to_value(skipped).unwrap()),
            Event::Problem(problem) => ("problems", serde_json::to_value(problem).unwrap()),
            Event::Progress { .. } => continue,
        };
        told[list].as_array_mut().unwrap().push(value);
    }
    told
}

/// Fails unless every key that is expected is told so; what is not mentioned may be anything.
pub fn assert_tells(told: &Json, expected: &Json, at: &str) {
    match (told, expected) {
        (Json::Object(told), Json::Object(expected)) => {
            for (key, expected) in expected {
                assert_tells(
                    told.get(key).unwrap_or(&Json::Null),
                    expected,
                    &format!("{at}.{key}"),
                );
            }
        }
        (Json::Array(told), Json::Array(expected)) => {
            assert_eq!(told.len(), expected.len(), "{at}: {told:#?}");
            for (index, (told, expected)) in told.iter().zip(expected).enumerate() {
                assert_tells(told, expected, &format!("{at}[{index}]"));
            }
        }
        _ => assert_eq!(told, expected, "{at}"),
    }
}

/// The skipped rows as `kind: rows`.
pub fn skipped(told: &Json) -> String {
    let mut kinds: Map<String, Json> = Map::new();
    for skipped in told["skipped"].as_array().unwrap() {
        let rows = kinds.entry(skipped["kind"].as_str().unwrap()).or_insert(json!(""));
        *rows = json!(format!("{} {}", rows.as_str().unwrap(), skipped["row"]));
    }
    kinds
        .iter()
        .map(|(kind, rows)| format!("{kind}{}", rows.as_str().unwrap()))
        .collect::<Vec<_>>()
        .join("; ")
}

/// The problems as `code@cell`.
pub fn problems(told: &Json) -> Vec<String> {
    let place = |problem: &Json| {
        let column = problem["column"].as_str().unwrap_or_default();
        let row = problem["row"].as_u64().map(|row| row.to_string()).unwrap_or_default();
        format!("{}@{column}{row}", problem["code"].as_str().unwrap())
    };
    told["problems"].as_array().unwrap().iter().map(place).collect()
}

/// The fields of the columns, `-` for those not known.
pub fn fields(told: &Json) -> Vec<String> {
    let columns = told["columns"].as_array().unwrap();
    columns.iter().map(|column| column["field"].as_str().unwrap_or("-").to_owned()).collect()
}
