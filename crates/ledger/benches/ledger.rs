//! How long it takes to get a sheet out of a file, and to understand one.

use criterion::{Criterion, Throughput};
use rust_xlsxwriter::{Workbook, XlsxError};
use shortboard_ledger::open::{self, Limits};
use shortboard_ledger::reading::Event;
use shortboard_ledger::sheet::{Cell, Row, Sheet, Value};
use shortboard_ledger::understand::{self, Mapping};
use std::hint::black_box;
use std::path::Path;

/// Rows of a sheet.
const ROWS: u32 = 1000;

/// The headers of a sheet.
const HEADERS: [&str; 12] = [
    "序号",
    "项目名称",
    "项目单位",
    "所属地区",
    "责任单位",
    "项目性质",
    "建设内容及规模",
    "建设起止年限",
    "总投资（万元）",
    "2018年计划投资",
    "中央预算内投资",
    "备注",
];

/// A sheet of so many projects, with a title, a header, and a section every hundred rows.
fn sheet(rows: u32) -> Sheet {
    let text = |column: u16, text: &str| Cell { column, value: Value::Text(text.into()) };
    let mut sheet = Sheet { name: "重点项目".into(), ..Sheet::default() };
    sheet.rows.push(Row {
        index: 0, cells: vec![text(0, "2018年重点项目台账（单位：万元）")]
    });
    let headers = (0..).zip(HEADERS).map(|(column, header)| text(column, header)).collect();
    sheet.rows.push(Row { index: 1, cells: headers });
    for number in 0..rows {
        let index = number + 2;
        if number % 100 == 0 {
            let section = format!("（{}）交通", number / 100 + 1);
            sheet.rows.push(Row { index, cells: vec![text(0, &section)] });
            continue;
        }
        let amount = |column: u16, value: u32| Cell { column, value: Value::Number(value.into()) };
        let total = 1000 + number * 7919 % 90_000;
        let cells = vec![
            amount(0, number),
            text(1, &format!("第{number}污水处理厂新建工程")),
            text(2, "市建设投资有限公司"),
            text(3, "黑山县"),
            text(4, "市住建委、市财政局"),
            text(5, ["前期", "续建", "新开工"][number as usize % 3]),
            text(6, "新建污水处理厂一处，日处理能力10万吨，配套管网35公里"),
            text(7, "2017.03-2019.12"),
            amount(8, total),
            text(9, "7,446.08"),
            amount(10, total / 2),
            text(11, "已列入市级计划"),
        ];
        sheet.rows.push(Row { index, cells });
    }
    sheet
}

fn understanding(c: &mut Criterion) {
    let sheet = sheet(ROWS);
    let mut group = c.benchmark_group("understand");
    group.throughput(Throughput::Elements(ROWS.into()));
    group.bench_function("a sheet of a thousand rows", |b| {
        b.iter(|| {
            let mut projects = 0;
            let mut sink = |event: Event| {
                projects += u32::from(matches!(event, Event::Project(_)));
                Ok(())
            };
            let understood = understand::sheet(black_box(&sheet), &Mapping::new(), &mut sink);
            assert!(understood.is_ok(), "a sheet that is understood");
            assert_eq!(projects, ROWS - ROWS / 100);
        })
    });
    group.finish();
}

fn opening(c: &mut Criterion, file: &Path) {
    let mut group = c.benchmark_group("open");
    group.bench_function("a workbook of a hundred rows", |b| {
        b.iter(|| {
            let mut rows = 0;
            let opened =
                open::sheets(file, "台账.xlsx", &Limits::default(), &mut |sheet: Sheet| {
                    rows += sheet.rows.len();
                    Ok(())
                });
            assert!(opened.is_ok(), "a workbook that opens");
            assert_eq!(rows, 102);
        })
    });
    group.finish();
}

/// Writes a sheet as a workbook.
fn write(sheet: &Sheet, path: &Path) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    let worksheet = workbook.add_worksheet();
    for row in &sheet.rows {
        for cell in &row.cells {
            match &cell.value {
                Value::Number(number) => worksheet.write_number(row.index, cell.column, *number),
                Value::Text(text) => worksheet.write_string(row.index, cell.column, &**text),
                _ => continue,
            }?;
        }
    }
    workbook.save(path)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = tempfile::NamedTempFile::new()?;
    write(&sheet(100), file.path())?;
    let mut criterion = Criterion::default().configure_from_args();
    understanding(&mut criterion);
    opening(&mut criterion, file.path());
    criterion.final_summary();
    Ok(())
}
