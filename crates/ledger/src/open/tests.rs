//! Sheets from files made here: what comes out, and which sentence stops what.

use super::xlsx::{Precision, precision};
use super::*;
use crate::sheet::{Area, Value};
use jiff::civil::date;
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook};
use std::fs;
use std::io::Write;

/// The sheets of a file of these bytes.
fn read_with(bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, Unreadable> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("upload");
    fs::write(&path, bytes).expect("a file");
    let mut found = Vec::new();
    sheets(&path, "folder/台账.2018.xls", limits, &mut |sheet| {
        found.push(sheet);
        Ok(())
    })?;
    Ok(found)
}

/// The one sheet of a file of these bytes.
fn read(bytes: &[u8]) -> Sheet {
    let mut sheets = read_with(bytes, &Limits::default()).expect("a sheet");
    assert_eq!(sheets.len(), 1);
    sheets.remove(0)
}

/// Why a file of these bytes cannot be read.
fn refused(bytes: &[u8], limits: &Limits) -> Unreadable {
    read_with(bytes, limits).expect_err("a reason")
}

fn code(bytes: &[u8]) -> &'static str {
    refused(bytes, &Limits::default()).code
}

/// A sheet's cells by their names.
fn cells(sheet: &Sheet) -> Vec<(String, Value)> {
    let rows = sheet.rows.iter();
    rows.flat_map(|row| {
        let name = |column| format!("{}{}", crate::sheet::letters(column), row.index + 1);
        row.cells.iter().map(move |cell| (name(cell.column), cell.value.clone()))
    })
    .collect()
}

/// The same, of a sheet that holds text alone.
fn texts(sheet: &Sheet) -> Vec<(String, String)> {
    let cells = cells(sheet).into_iter();
    cells
        .map(|(name, value)| match value {
            Value::Text(text) => (name, text.to_string()),
            other => panic!("{name} holds {other:?}"),
        })
        .collect()
}

fn owned(cells: &[(&str, &str)]) -> Vec<(String, String)> {
    cells.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect()
}

fn area(first_row: u32, first_column: u16, last_row: u32, last_column: u16) -> Area {
    Area { first_row, first_column, last_row, last_column }
}

fn saved(mut workbook: Workbook) -> Vec<u8> {
    workbook.save_to_buffer().expect("a workbook")
}

#[test]
fn a_workbook_keeps_values_dates_merges_and_what_is_hidden() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("储备").expect("a name");
    let plain = CellFormat::new();
    sheet.merge_range(0, 0, 0, 3, "项目表", &plain).expect("a merge");
    sheet.write(1, 0, " 总投资\n（万元）").expect("a cell");
    sheet.write(1, 1, " ").expect("a cell");
    sheet.write(1, 2, "\u{3000}\u{feff}\n").expect("a cell");
    sheet.write(1, 3, 7446.08).expect("a cell");
    sheet.write(2, 0, true).expect("a cell");
    let day = ExcelDateTime::from_ymd(2018, 3, 1).expect("a day");
    for (column, format) in
        [(1, "yyyy-mm-dd"), (2, "yyyy\"年\"m\"月\";@"), (3, "yyyy"), (4, "[$-804]yyyy/m/d")]
    {
        let format = CellFormat::new().set_num_format(format);
        sheet.write_datetime_with_format(2, column, &day, &format).expect("a cell");
    }
    let spill = rust_xlsxwriter::Formula::new("1/0").set_result("#DIV/0!");
    sheet.write_formula(3, 0, spill).expect("a cell");
    sheet
        .write_formula(3, 1, rust_xlsxwriter::Formula::new("1+1").set_result("2"))
        .expect("a cell");
    let hidden = workbook.add_worksheet().set_name("旧").expect("a name");
    hidden.set_hidden(true);

    let sheets = read_with(&saved(workbook), &Limits::default()).expect("sheets");
    let [sheet, hidden] = &sheets[..] else { panic!("{sheets:?}") };
    assert_eq!((sheet.name.as_str(), sheet.is_hidden), ("储备", false));
    assert_eq!((hidden.name.as_str(), hidden.is_hidden, hidden.rows.len()), ("旧", true, 0));
    assert_eq!(sheet.merged, [area(0, 0, 0, 3)]);
    let text = |text: &str| Value::Text(text.into());
    let day = Value::Date(date(2018, 3, 1).at(0, 0, 0, 0));
    let expected = [
        ("A1", text("项目表")),
        ("A2", text(" 总投资\n（万元）")),
        ("D2", Value::Number(7446.08)),
        ("A3", Value::Truth(true)),
        ("B3", day.clone()),
        ("C3", text("2018-03")),
        ("D3", text("2018")),
        ("E3", day),
    ];
    let found = cells(sheet);
    for ((name, value), (found_name, found_value)) in expected.iter().zip(&found) {
        assert_eq!((*name, value), (found_name.as_str(), found_value));
    }
    let results: Vec<_> = found.iter().skip(expected.len()).collect();
    assert_eq!(results.last().expect("a result").1, Value::Number(2.0), "{results:?}");
}

#[test]
fn the_format_of_a_date_tells_its_precision() {
    let month = ["yyyy\"年\"m\"月\"", "yyyy-mm", "[$-804]yyyy\\年m\\月;@", "mmm-yy"];
    for code in month {
        assert_eq!(precision(code, None), Precision::Month, "{code}");
    }
    assert_eq!(precision("", Some(57)), Precision::Month);
    assert_eq!(precision("yyyy\"年\"", None), Precision::Year);
    for code in ["yyyy/m/d", "mm-dd-yy", "yyyy-mm-dd hh:mm", "h:mm", "m\"月\"d\"日\"", "mm:ss"] {
        assert_eq!(precision(code, None), Precision::Day, "{code}");
    }
    assert_eq!(precision("", Some(31)), Precision::Day);
}

#[test]
fn what_lies_beyond_the_limits_is_named() {
    let limits = Limits { rows: 10, columns: 5, cells: 8, sheets: 2, ..Limits::default() };
    let with = |row, column| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.write(0, 0, "项目名称").expect("a cell");
        sheet.write(row, column, 1).expect("a cell");
        saved(workbook)
    };
    assert!(read_with(&with(9, 4), &limits).is_ok());
    for (row, column, named) in [(10, 0, "A11"), (0, 5, "F1")] {
        let why = refused(&with(row, column), &limits);
        assert_eq!(why.code, "far_cell");
        assert!(why.message.contains(named) && why.message_en.contains(named), "{why:?}");
    }
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for row in 0..9 {
        sheet.write(row, 0, 1).expect("a cell");
    }
    // A format alone is no cell.
    sheet.write_blank(1_000_000, 200, &CellFormat::new().set_bold()).expect("a cell");
    let bytes = saved(workbook);
    assert!(refused(&bytes, &limits).message_en.contains("8 cells"));
    assert!(read_with(&bytes, &Limits { cells: 9, ..limits }).is_ok());
    let mut workbook = Workbook::new();
    for _ in 0..3 {
        workbook.add_worksheet();
    }
    assert!(refused(&saved(workbook), &limits).message_en.contains("3 worksheets"));
    let small = Limits { unpacked_bytes: 1000, ..limits };
    assert_eq!(refused(&with(0, 1), &small).code, "too_large");
    let small = Limits { file_bytes: 1000, ..limits };
    assert_eq!(refused(&with(0, 1), &small).code, "too_large");
}

#[test]
fn text_is_read_in_its_encoding_and_with_its_separator() {
    let text = "项目名称,总投资\r\n\"供水, 应急\",\"7,446.08\"\r\n";
    let expected =
        owned(&[("A1", "项目名称"), ("B1", "总投资"), ("A2", "供水, 应急"), ("B2", "7,446.08")]);
    let (gb, ..) = encoding_rs::GB18030.encode(text);
    let little: Vec<u8> =
        [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> =
        [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    let marked = format!("\u{feff}{text}");
    for bytes in [text.as_bytes(), marked.as_bytes(), &gb, &little, &big] {
        let sheet = read(bytes);
        assert_eq!(sheet.name, "台账.2018");
        assert_eq!(texts(&sheet), expected);
    }
    for text in ["a;b\n\"x;y\";1,5\n", "a\tb\nx;y\t1,5\n", "sep=|\na|b\nx;y|1,5\n"] {
        let sheet = read(text.as_bytes());
        let values: Vec<_> = texts(&sheet).into_iter().map(|(_, text)| text).collect();
        assert_eq!(values, ["a", "b", "x;y", "1,5"], "{text}");
    }
}

#[test]
fn rows_of_text_count_as_a_spreadsheet_counts_them() {
    let sheet = read("标题\n\n名称,内容\n甲,\"一\n二\"\n\n\n乙,=\"0012\"\n".as_bytes());
    let expected = [
        ("A1", "标题"),
        ("A3", "名称"),
        ("B3", "内容"),
        ("A4", "甲"),
        ("B4", "一\n二"),
        ("A7", "乙"),
        ("B7", "0012"),
    ];
    assert_eq!(texts(&sheet), owned(&expected));
}

#[test]
fn a_page_gives_its_tables_with_their_spans() {
    let page = "<html><head><title>x</title><style>td{}</style></head><body><h1>项目表</h1>\
        <table><tr><td colspan=2>名称与<br> 内容</td><td rowspan='2'>总投资</td></tr>\
        <tr><td>甲<td>&nbsp;</tr><tr><td>乙</td><td>丙 <b>丁</b></td><td x:num=\"9800.004\">9,800.00</td></tr></table>\
        <p>注：无</p></body></html>";
    let sheet = read(page.as_bytes());
    assert_eq!(sheet.merged, [area(1, 0, 1, 1), area(1, 2, 2, 2)]);
    let text = |name: &str, text: &str| (name.to_owned(), Value::Text(text.into()));
    let expected = [
        text("A1", "项目表"),
        text("A2", "名称与\n内容"),
        text("C2", "总投资"),
        text("A3", "甲"),
        text("A4", "乙"),
        text("B4", "丙 丁"),
        ("C4".to_owned(), Value::Number(9800.004)),
        text("A5", "注：无"),
    ];
    assert_eq!(cells(&sheet), expected);
    // A table that only frames another is no table of its own, and a cell above pushes those below.
    let page = "<table><tr><td>单位：万元<table><tr><td rowspan=2 colspan=2>甲<td>乙<tr><td>丙</table></table>";
    let sheet = read(page.as_bytes());
    let expected = [("A1", "单位：万元"), ("A2", "甲"), ("C2", "乙"), ("C3", "丙")];
    assert_eq!(texts(&sheet), owned(&expected));
    assert_eq!(code(b"<html><body>nothing</body></html>"), "not_a_workbook");
}

#[test]
fn what_is_no_workbook_is_named() {
    let named = |bytes: &[u8], zh: &str| {
        let why = refused(bytes, &Limits::default());
        assert!(why.message.contains(zh), "{why:?}");
        why.code
    };
    assert_eq!(code(b""), "empty");
    assert_eq!(named(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"), "not_a_workbook");
    assert_eq!(named(b"{\"name\": \"a\"}", "JSON"), "not_a_workbook");
    assert_eq!(named(b"[\n {\"name\": \"a\"}]", "JSON"), "not_a_workbook");
    assert_eq!(named(b"\xFF\xD8\xFF\xE0\0\x10JFIF", "JPEG"), "not_a_workbook");
    assert_eq!(named(b"%PDF-1.7\n", "PDF"), "not_a_workbook");
    assert_eq!(named(b"one\0two", "二进制"), "not_a_workbook");
    assert_eq!(code(b"PK\x03\x04 this is no workbook"), "damaged");
    let xml = b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>";
    assert_eq!(code(xml), "other_format");
    let ole = |name: &str| {
        let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
        bytes.resize(1024, 0);
        bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        bytes.resize(2048, 0);
        bytes
    };
    assert_eq!(code(&ole("EncryptedPackage")), "encrypted");
    assert_eq!(named(&ole("WordDocument"), "Word"), "not_a_workbook");
    assert_eq!(code(&ole("")), "damaged");
}

#[test]
fn cells_out_of_order_and_twice_come_in_order_and_once() {
    let mut sheet = build::SheetBuilder::new("表", false, &Limits::default());
    for (row, column, text) in [(3, 1, "a"), (1, 2, "b"), (1, 0, "c"), (3, 1, "d"), (1, 2, "e")] {
        sheet.text(row, column, text).expect("a cell");
    }
    sheet.merge((5, 5), (5, 5));
    let sheet = sheet.finish();
    assert_eq!(texts(&sheet), owned(&[("A2", "c"), ("C2", "e"), ("B4", "d")]));
    assert!(sheet.merged.is_empty());
}

#[test]
fn an_old_workbook_keeps_its_dates_and_merges() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/ledgers/forms-2018.xls");
    let sheets = read_with(&fs::read(path).expect("the file"), &Limits::default()).expect("sheets");
    let names: Vec<_> = sheets.iter().map(|sheet| (sheet.name.as_str(), sheet.is_hidden)).collect();
    assert_eq!(names, [("台账1", false), ("台账2", false)]);
    let sheet = &sheets[0];
    assert_eq!(
        sheet.merged,
        [area(0, 0, 0, 5), area(1, 1, 1, 3), area(2, 1, 2, 3), area(6, 1, 6, 5)]
    );
    let cells = cells(sheet);
    let cell = |name: &str| cells.iter().find(|(found, _)| found == name).map(|(_, value)| value);
    assert_eq!(cell("A2"), Some(&Value::Text("项目\n名称".into())));
    assert_eq!(cell("B3"), Some(&Value::Number(1.36)));
    assert_eq!(cell("F3"), Some(&Value::Date(date(2018, 3, 1).at(0, 0, 0, 0))));
}

/// A workbook of one sheet, written by hand.
fn package(workbook: &str, strings: &str, rows: &str) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = |relations: &[(&str, &str)]| {
        let relation = |(kind, target): &(&str, &str)| {
            format!("<Relationship Id=\"{kind}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
        };
        format!(
            "<Relationships>{}</Relationships>",
            relations.iter().map(relation).collect::<String>()
        )
    };
    let parts = [
        ("[Content_Types].xml", "<Types/>".to_owned()),
        ("_rels/.rels", relations(&[("officeDocument", "xl/workbook.xml")])),
        (
            "xl/_rels/workbook.xml.rels",
            relations(&[
                ("worksheet", "worksheets/sheet1.xml"),
                ("sharedStrings", "sharedStrings.xml"),
            ]),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\">{workbook}<sheets>\
                 <sheet name=\"表\" sheetId=\"1\" r:id=\"worksheet\"/></sheets></workbook>"
            ),
        ),
        ("xl/sharedStrings.xml", format!("<sst xmlns=\"{MAIN}\">{strings}</sst>")),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ];
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        archive.write_all(text.as_bytes()).expect("a part");
    }
    archive.finish().expect("an archive").into_inner()
}

#[test]
fn what_other_programs_write_is_read() {
    let strings = "<si><r><t>总</t></r><r><t>投资</t></r></si>\
        <si><t>北镇</t><rPh sb=\"0\" eb=\"2\"><t>bei zhen</t></rPh></si>";
    // Cells without names, rich and phonetic text, an ISO date, an error of a later Excel.
    let rows = "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row>\
        <row><c t=\"d\"><v>2018-03-01T00:00:00</v></c><c t=\"str\"><f>A1</f><v>甲</v></c></row>\
        <row r=\"4\"><c r=\"A4\" t=\"e\"><v>#SPILL!</v></c><c r=\"B4\" t=\"e\"><v>#REF!</v></c></row>";
    let text = |name: &str, text: &str| (name.to_owned(), Value::Text(text.into()));
    let expected = [
        text("A1", "总投资"),
        text("B1", "北镇"),
        ("A2".to_owned(), Value::Date(date(2018, 3, 1).at(0, 0, 0, 0))),
        text("B2", "甲"),
        ("B4".to_owned(), Value::Error("#REF!".into())),
    ];
    assert_eq!(cells(&read(&package("", strings, rows))), expected);
    let why = refused(&package("", "", "<row><c t=\"s\"><v>7</v></c></row>"), &Limits::default());
    assert_eq!(why.code, "damaged");
}
