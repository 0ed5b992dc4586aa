//! The columns of a table: their fields, units and channels.

use super::Mapping;
use super::channel;
use super::field::Field;
use super::grid::{Grid, filled};
use super::header::{Header, HeaderColumn};
use super::problem;
use super::text::{header as as_header, plain, written};
use super::unit;
use crate::reading::{Column, Problem, Unit};
use crate::sheet::letters;
use shortboard_domain::project_code::ProjectCode;

/// A column that was understood.
#[derive(Debug, Clone)]
pub struct Col {
    /// Which, from 0.
    pub index: u16,
    /// Its letters.
    pub letters: String,
    /// Its header.
    pub header: String,
    /// What it holds.
    pub field: Option<Field>,
    /// The unit of its amounts.
    pub unit: Unit,
    /// The part of its header that names a channel.
    pub part: String,
}

/// The columns of a table.
#[derive(Debug, Clone)]
pub struct Columns {
    all: Vec<Col>,
    /// Where each column of the sheet is in `all`.
    places: Vec<Option<usize>>,
    /// The unit where a column says nothing.
    pub unit: Unit,
}

impl Columns {
    /// The columns of a header, and what is to be said about them.
    pub fn new(
        grid: &Grid<'_>,
        header: &Header,
        mapping: &Mapping,
        around: &[String],
        told: &mut Vec<Problem>,
    ) -> Self {
        let mut fields: Vec<Option<Field>> = header
            .columns
            .iter()
            .map(|column| column.meaning.map(|meaning| meaning.field))
            .collect();
        by_values(grid, header, &mut fields, mapping);
        once(header, &mut fields, told);
        let own: Vec<Option<Unit>> = header.columns.iter().map(own_unit).collect();
        let unit = sheet_unit(header, &fields, &own, around, told);
        let columns = header.columns.iter().zip(fields).zip(own);
        let all: Vec<Col> = columns
            .map(|((column, field), own)| Col {
                index: column.column,
                letters: letters(column.column),
                header: column.header.clone(),
                field,
                unit: own.unwrap_or(unit),
                part: column.parts.last().map(|part| channel_part(part)).unwrap_or_default(),
            })
            .collect();
        for column in all
            .iter()
            .filter(|column| column.field.is_none() && !mapping.contains_key(&column.header))
        {
            let name = super::text::short(&column.header);
            told.push(problem::of_column(
                &column.letters,
                "unknown_column",
                &format!("不认识表头“{name}”，内容随导入保留，不作为项目信息"),
                &format!("the header “{name}” is not known; its values are kept but no facts"),
            ));
        }
        let widest =
            all.iter().map(|column| usize::from(column.index) + 1).max().unwrap_or_default();
        let mut places = vec![None; widest];
        for (at, column) in all.iter().enumerate() {
            if let Some(place) = places.get_mut(usize::from(column.index)) {
                *place = Some(at);
            }
        }
        Self { all, places, unit }
    }

    /// The column at a place of the sheet.
    pub fn get(&self, index: u16) -> Option<&Col> {
        self.places.get(usize::from(index)).copied().flatten().and_then(|at| self.all.get(at))
    }

    /// The first column of a field.
    pub fn of(&self, field: Field) -> Option<&Col> {
        self.all.iter().find(|column| column.field == Some(field))
    }

    /// As readers of the ledger see them.
    pub fn told(&self) -> Vec<Column> {
        let told = self.all.iter().map(|column| Column {
            column: column.letters.clone(),
            header: column.header.clone(),
            field: column.field.map(|field| field.as_str().to_owned()),
            unit: (column.unit != self.unit && column.field.is_none_or(Field::is_money))
                .then_some(column.unit),
        });
        told.collect()
    }
}

/// The words of a header that name its channel: 其中：中央预算内资金（万元） is 中央预算内资金.
fn channel_part(part: &str) -> String {
    let header = super::text::without_parentheses(&plain(&as_header(part)));
    let bare = header.trim_start_matches("其中").trim_start_matches([':', '、']);
    if bare.is_empty() { header } else { bare.to_owned() }
}

fn own_unit(column: &HeaderColumn) -> Option<Unit> {
    column.parts.iter().rev().find_map(|part| unit::of_header(part))
}

/// The unit of the sheet: what stands around its header, else what its columns agree upon, else
/// 万元.
fn sheet_unit(
    header: &Header,
    fields: &[Option<Field>],
    own: &[Option<Unit>],
    around: &[String],
    told: &mut Vec<Problem>,
) -> Unit {
    if let Some(unit) = around.iter().find_map(|text| unit::of_text(text)) {
        return unit;
    }
    let is_money = |field: &Option<Field>| field.is_some_and(Field::is_money);
    let money =
        || fields.iter().zip(own).zip(&header.columns).filter(|((field, _), _)| is_money(field));
    let mut units = money().filter_map(|((_, own), _)| *own);
    let first = units.next();
    let agreed = first.filter(|unit| units.all(|other| other == *unit));
    let unit = agreed.unwrap_or(Unit::Wan);
    let silent: Vec<String> = money()
        .filter(|((_, own), _)| own.is_none())
        .map(|(_, column)| letters(column.column))
        .collect();
    if let Some(column) = silent.first() {
        let name = unit::name(unit);
        let columns = silent.join("、");
        let english = match unit {
            Unit::Wan => "10,000 yuan",
            Unit::Yi => "100 million yuan",
            Unit::Yuan => "yuan",
        };
        told.push(problem::of_column(
            column,
            "unit_assumed",
            &format!("没有写明金额单位（{columns}列），按{name}读取，请核对"),
            &format!(
                "no unit of amounts is given (columns {}): read as {english}; please check",
                silent.join(", ")
            ),
        ));
    }
    unit
}

/// A field that only one column can hold is the first's, and the surer one's before it.
fn once(header: &Header, fields: &mut [Option<Field>], told: &mut Vec<Problem>) {
    for at in 0..fields.len() {
        let Some(field) = fields[at].filter(|field| !field.may_repeat()) else { continue };
        let is_sure = |at: usize| header.columns[at].meaning.is_some_and(|meaning| meaning.is_sure);
        let others: Vec<usize> =
            (0..fields.len()).filter(|other| fields[*other] == Some(field)).collect();
        let kept = others.iter().copied().find(|other| is_sure(*other)).or(others.first().copied());
        if kept == Some(at) || others.len() < 2 {
            continue;
        }
        fields[at] = None;
        let (column, name) =
            (letters(header.columns[at].column), field.label(shortboard_domain::lang::Lang::Zh));
        let kept = kept.map(|kept| letters(header.columns[kept].column)).unwrap_or_default();
        let english = field.label(shortboard_domain::lang::Lang::En);
        told.push(problem::of_column(
            &column,
            "column_twice",
            &format!("与{kept}列都像“{name}”，只按{kept}列读取"),
            &format!("it and column {kept} both look like “{english}”; column {kept} is taken"),
        ));
    }
}

/// Numbers of projects go by many headers: what stands below them tells project codes and this
/// registry's numbers apart from the ledger's own.
fn by_values(grid: &Grid<'_>, header: &Header, fields: &mut [Option<Field>], mapping: &Mapping) {
    let has_finish = fields.iter().any(|field| {
        matches!(
            field,
            Some(Field::PlannedFinish | Field::ActualFinish | Field::Period | Field::ActualPeriod)
        )
    });
    for (at, column) in header.columns.iter().enumerate() {
        // In a table the project's; in a form it may be a preliminary matter's.
        let is_limit = super::text::key(&column.header) == "完成时限";
        if is_limit && !has_finish && !mapping.contains_key(&column.header) {
            fields[at] = Some(Field::PlannedFinish);
        }
        let is_number =
            matches!(fields[at], Some(Field::Serial | Field::OwnNumber | Field::RegistryNumber));
        if !is_number || mapping.contains_key(&column.header) {
            continue;
        }
        let below = grid.sheet().rows.iter().skip_while(|row| row.index <= header.last).take(30);
        let values: Vec<String> = below
            .flat_map(|row| filled(row).filter(|(index, _)| *index == column.column))
            .map(|(_, value)| plain(&written(value)))
            .collect();
        let most = |is: &dyn Fn(&str) -> bool| {
            !values.is_empty() && values.iter().filter(|value| is(value)).count() * 2 > values.len()
        };
        if most(&|value| value.parse::<ProjectCode>().is_ok()) {
            fields[at] = Some(Field::Code);
        } else if most(&is_registry_number) {
            fields[at] = Some(Field::RegistryNumber);
        }
    }
}

/// BDB2018-000012
fn is_registry_number(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = text.get(letters..).unwrap_or_default();
    let is_digits = |part: &str, at_least: usize| {
        part.len() >= at_least && part.bytes().all(|b| b.is_ascii_digit())
    };
    (2..=5).contains(&letters)
        && rest.split_once('-').is_some_and(|(year, number)| {
            year.len() == 4 && is_digits(year, 4) && is_digits(number, 4)
        })
}

/// Whether a header says that its cells hold a channel's money.
pub fn is_channel(column: &Col) -> bool {
    matches!(column.field, Some(Field::ChannelAmount | Field::ChannelArrived))
        && channel::of_header(&column.part, true).is_some()
}
