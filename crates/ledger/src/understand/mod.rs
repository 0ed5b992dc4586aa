//! Tells what a sheet of cells means.

mod amount;
mod channel;
mod columns;
mod date;
mod facts;
pub mod field;
mod form;
mod funding;
mod grid;
mod header;
mod header_field;
mod line;
mod pair;
mod problem;
mod project;
mod rows;
mod section;
mod stage;
mod synonyms;
mod table;
mod text;
mod unit;
mod years;

use crate::reading::{Event, Layout, Problem, SheetHead, Sink, Unit};
use crate::sheet::Sheet;
use columns::Columns;
use grid::Grid;
use header::Found;
use std::collections::BTreeMap;

/// What columns hold whose headers were assigned by hand: the header as in
/// [`crate::reading::Column::header`], and the word of its field; `None` to leave it alone.
pub type Mapping = BTreeMap<String, Option<String>>;

/// Tells what a sheet means.
///
/// # Errors
/// What the sink returns.
pub fn sheet(sheet: &Sheet, mapping: &Mapping, sink: &mut Sink<'_>) -> std::io::Result<()> {
    let grid = Grid::new(sheet);
    if grid.last_row().is_none() {
        return nothing(sheet, "blank_sheet", "空白工作表", "the sheet is blank", sink);
    }
    let found = header::find(&grid, mapping, &[&sheet.name]);
    let is_before = |forms: &form::Forms| match &found {
        Found::Table(header, _) => !header.is_wide() || forms.first() < header.first,
        _ => true,
    };
    if let Some(form) = form::find(&grid, mapping).filter(is_before) {
        return form::read(&grid, &form, mapping, sink);
    }
    let is_wide = matches!(&found, Found::Table(header, _) if header.is_wide());
    if !is_wide && form::lies_on_its_side(&grid, mapping) {
        return nothing(
            sheet,
            "lies_on_its_side",
            "项目按列排列（表头在左侧一列），请转置为每行一个项目后再导入",
            "each column is a project (the labels stand at the left): turn it so that each row is one",
            sink,
        );
    }
    match found {
        Found::Table(header, rival) => table(&grid, *header, rival, mapping, sink),
        Found::NoNames { is_summary: true } => nothing(
            sheet,
            "summary_sheet",
            "没有项目名称一列，是汇总表，不是项目台账",
            "it has no column of project names: a summary, no ledger",
            sink,
        ),
        Found::NoNames { is_summary: false } => nothing(
            sheet,
            "no_names",
            "没有项目名称一列，不是项目台账",
            "it has no column of project names: no ledger",
            sink,
        ),
        Found::Nothing => nothing(
            sheet,
            "no_header",
            "前20行中没有找到台账表头",
            "no header of a ledger was found among the first twenty rows",
            sink,
        ),
    }
}

fn table(
    grid: &Grid<'_>,
    header: header::Header,
    rival: Option<u32>,
    mapping: &Mapping,
    sink: &mut Sink<'_>,
) -> std::io::Result<()> {
    let mut problems: Vec<Problem> = Vec::new();
    let titles = header::titles_above(grid, header.first);
    let mut around = titles.clone();
    around.push(grid.sheet().name.clone());
    around.extend(foot_texts(grid));
    let columns = Columns::new(grid, &header, mapping, &around, &mut problems);
    if let Some(rival) = rival {
        let (first, other) = (header.first + 1, rival + 1);
        problems.push(problem::of_sheet(
            "two_headers",
            &format!("第{first}行和第{other}行都像表头，按第{first}行读取"),
            &format!("rows {first} and {other} both look like the header; row {first} is taken"),
        ));
    }
    sink(Event::Sheet(SheetHead {
        name: grid.sheet().name.clone(),
        layout: Layout::Table,
        reason: None,
        reason_en: None,
        unit: columns.unit,
        title: title(&titles),
        columns: columns.told(),
    }))?;
    for problem in problems {
        sink(Event::Problem(problem))?;
    }
    table::Table::new(grid, mapping, header, columns, sink).read()
}

/// A text as it comes out of a cell of a field that it stood in: without marks, padding and blank
/// lines; blank where it says that there is nothing.
pub fn as_read(field: field::Field, written: &str) -> String {
    match field {
        field::Field::Name => project::name_of(written, true).0,
        _ if text::is_nothing(written) => String::new(),
        field::Field::Content | field::Field::Notes => text::lines(written),
        _ => text::line(written),
    }
}

/// The title among the texts above a header: not 附件2, not the line of the unit.
fn title(texts: &[String]) -> Option<String> {
    let is_title = |text: &&String| {
        let plain = text::plain(text);
        !plain.starts_with("附件")
            && !plain.starts_with("附表")
            && !plain.starts_with("单位")
            && plain.chars().count() >= 4
    };
    let longest = texts.iter().filter(is_title).max_by_key(|text| {
        let plain = text::plain(text);
        let is_named = ["表", "台账", "清单", "项目", "计划"]
            .iter()
            .any(|word| plain.ends_with(word) || plain.contains(word));
        (is_named, std::cmp::Reverse(plain.contains("单位:") || plain.contains("日期")))
    });
    longest.map(|text| text::line(text))
}

/// The notes at the foot of a sheet, which may tell the unit.
fn foot_texts(grid: &Grid<'_>) -> Vec<String> {
    let rows = grid.sheet().rows.iter().rev().take(8).filter(|row| grid::filled(row).count() <= 2);
    let texts = rows.flat_map(grid::filled).map(|(_, value)| text::written(value).into_owned());
    texts.filter(|text| text.contains("单位")).collect()
}

/// The name under which a channel's money arrives: 专项债券到位资金 is 专项债券.
fn channel_of_arrived(part: &str) -> String {
    let bare =
        ["已到位资金", "到位资金", "已到位", "到位"].iter().find_map(|end| part.strip_suffix(end));
    bare.filter(|bare| !bare.is_empty()).unwrap_or(part).to_owned()
}

/// A sheet that is no ledger, with its reason in both languages.
fn nothing(
    sheet: &Sheet,
    code: &str,
    zh: &str,
    en: &str,
    sink: &mut Sink<'_>,
) -> std::io::Result<()> {
    sink(Event::Sheet(SheetHead {
        name: sheet.name.clone(),
        layout: Layout::None,
        reason: Some(zh.to_owned()),
        reason_en: Some(en.to_owned()),
        unit: Unit::Wan,
        title: None,
        columns: Vec::new(),
    }))?;
    sink(Event::Problem(problem::of_sheet(code, zh, en)))
}
