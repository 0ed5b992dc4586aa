//! No sheet makes the reader panic, and every row is accounted for.

mod support;

use proptest::prelude::*;
use shortboard_ledger::reading::Event;
use shortboard_ledger::sheet::{Area, Cell, Row, Sheet, Value};
use shortboard_ledger::understand::Mapping;
use std::collections::BTreeSet;
use support::events;

fn value() -> impl Strategy<Value = Value> {
    let words = [
        "序号",
        "项目名称",
        "总投资（万元）",
        "资金来源",
        "计划开工时间",
        "建设年限",
        "合计",
        "一、交通",
        "（一）在建",
        "注：",
        "填报人：",
        "城东路",
        "1●",
        " ",
        "约3亿元",
        "2016-2019",
        "2017年\n3月",
        "专项债券2000万元、自筹",
        "单位：亿元",
        "项目性质",
        "续建",
        "—",
        "★",
        "责任单位",
        "(",
        "元",
        "1.",
        "（1）",
        "第一部分",
        "项目名称：甲",
        "2017年1-7月完成投资",
        "年",
        "月",
        "-",
        "约",
        "其中：",
        "9",
        "99999999999999999999",
    ];
    prop_oneof![
        6 => prop::sample::select(words.to_vec()).prop_map(|text| Value::Text(text.into())),
        1 => "\\PC{0,12}".prop_map(|text| Value::Text(text.into())),
        1 => "[0-9年月.,-]{0,9}".prop_map(|text| Value::Text(text.into())),
        2 => any::<f64>().prop_map(Value::Number),
        2 => (0_i32..60_000).prop_map(|number| Value::Number(f64::from(number))),
        1 => Just(Value::Error("#REF!".into())),
        1 => any::<bool>().prop_map(Value::Truth),
        1 => (-9999_i16..9999).prop_map(|year| Value::Date(jiff::civil::datetime(year, 3, 1, 0, 0, 0, 0))),
    ]
}

fn area() -> impl Strategy<Value = Area> {
    (0_u32..30, 0_u16..9, 0_u32..4, 0_u16..5).prop_map(|(first_row, first_column, tall, wide)| {
        Area {
            first_row,
            first_column,
            last_row: first_row + tall,
            last_column: first_column + wide,
        }
    })
}

fn sheet(has_header: bool) -> impl Strategy<Value = Sheet> {
    let row = prop::collection::btree_map(0_u16..8, value(), 0..8);
    let rows = prop::collection::btree_map(2_u32..30, row, 0..20);
    (rows, prop::collection::vec(area(), 0..6)).prop_map(move |(rows, merged)| {
        let mut sheet = Sheet { name: "2017年表".into(), merged, ..Sheet::default() };
        if has_header {
            let header = [
                "序号",
                "项目名称",
                "总投资",
                "资金来源",
                "计划资金",
                "建设年限",
                "项目性质",
                "备注",
            ];
            let cells = header
                .iter()
                .zip(0..)
                .map(|(text, column)| Cell { column, value: Value::Text((*text).into()) });
            sheet.rows.push(Row { index: 0, cells: cells.collect() });
            sheet.merged.retain(|area| area.first_row > 0);
        }
        for (index, cells) in rows {
            let cells = cells.into_iter().map(|(column, value)| Cell { column, value });
            sheet.rows.push(Row { index, cells: cells.collect() });
        }
        sheet
    })
}

/// The rows that are told of: projects with all the rows their cells lie in, and skipped ones.
fn told(events: &[Event]) -> BTreeSet<u32> {
    let mut rows = BTreeSet::new();
    for event in events {
        match event {
            Event::Project(project) => {
                rows.insert(project.row);
                let digits = |place: &String| {
                    place.trim_start_matches(|c: char| c.is_ascii_uppercase()).parse::<u32>().ok()
                };
                rows.extend(project.cells.keys().filter_map(digits));
            }
            Event::Skipped(skipped) => {
                assert!(rows.insert(skipped.row), "row {} told twice", skipped.row)
            }
            _ => {}
        }
    }
    rows
}

fn check(sheet: &Sheet) {
    let events = events(sheet, &Mapping::new());
    let is_none =
        events.iter().any(|event| matches!(event, Event::Sheet(head) if head.reason.is_some()));
    if is_none {
        return;
    }
    let told = told(&events);
    let is_blank = |value: &Value| matches!(value, Value::Text(text) if text.chars().all(|c| c.is_whitespace() || c == '\u{200b}'));
    for row in &sheet.rows {
        let is_filled = row.cells.iter().any(|cell| !is_blank(&cell.value));
        assert!(
            !is_filled || told.contains(&(row.index + 1)),
            "row {} of {sheet:#?}\n{events:#?}",
            row.index + 1
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sheet_is_read(sheet in sheet(false)) {
        check(&sheet);
    }

    #[test]
    fn every_row_of_a_table_is_accounted_for(sheet in sheet(true)) {
        check(&sheet);
    }
}
