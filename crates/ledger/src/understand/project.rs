//! A project of a table, from its first row and those that go on with it.

use super::columns::{Col, Columns, is_channel};
use super::facts::{Facts, Told};
use super::field::Field;
use super::funding;
use super::line::Line;
use super::problem::{self, Place};
use super::rows::{Style, ordinal};
use super::stage::Around;
use super::text::{is_nothing, line as as_line, plain, short, take_marks, written};
use crate::reading::{LedgerProject, Problem};
use crate::sheet::{Value, letters};
use shortboard_domain::money::Money;

/// A project whose rows are still coming.
pub struct Draft {
    facts: Facts,
    around: Option<Around>,
}

impl Draft {
    /// A project that begins in a row, under a section and with the stage that section and title
    /// tell.
    pub fn new(
        columns: &Columns,
        line: &Line<'_>,
        section: Option<String>,
        around: Option<Around>,
        shared: &[u16],
    ) -> Self {
        let row = line.index + 1;
        let mut facts = Facts::new(row, section);
        if let Some(name) = columns.of(Field::Name).and_then(|column| line.get(column.index)) {
            let (name, marks) = name_of(&written(name), columns.of(Field::Serial).is_some());
            facts.project.name = name;
            facts.project.marks = marks;
        }
        if let Some(serial) = columns.of(Field::Serial).and_then(|column| line.get(column.index)) {
            facts.project.marks.splice(0..0, take_marks(&written(serial)).1);
        }
        let mut draft = Self { facts, around };
        draft.take_row(columns, line, shared);
        // What a merged area says of several projects.
        for (index, value) in &line.carried {
            let Some(column) = columns.get(*index) else { continue };
            if let Some(field) = column.field
                && field.is_fact()
                && !field.is_money()
                && !matches!(field, Field::Name | Field::FundingChannel | Field::Content)
            {
                draft.facts.take(told(column, field, value, row));
            }
        }
        if draft.facts.project.name.is_empty() {
            draft.facts.problems.push(problem::of_row(
                row,
                "name_missing",
                "没有项目名称",
                "the project has no name",
            ));
        }
        draft
    }

    /// Takes a further row of the project.
    pub fn go_on(&mut self, columns: &Columns, line: &Line<'_>) {
        self.take_row(columns, line, &[]);
    }

    /// The project and what could not be understood.
    pub fn finish(self) -> (LedgerProject, Vec<Problem>) {
        self.facts.finish(self.around)
    }

    fn take_row(&mut self, columns: &Columns, line: &Line<'_>, shared: &[u16]) {
        let row = line.index + 1;
        for (index, value) in &line.own {
            let letters = letters(*index);
            let key =
                if row == self.facts.project.row { letters } else { format!("{letters}{row}") };
            self.facts.project.cells.insert(key, written(value).into_owned());
            let Some(column) = columns.get(*index) else { continue };
            let Some(field) = column.field else { continue };
            if shared.contains(index) {
                self.facts.problems.push(problem::of_cell(
                    Place { row, column: &column.letters },
                    "shared_amount",
                    "合并单元格的金额属于多个项目，未读取",
                    "the merged cell's amount is of several projects and is not taken",
                ));
                continue;
            }
            self.facts.take(told(column, field, value, row));
        }
        self.take_funding(columns, line, shared);
    }

    fn take_funding(&mut self, columns: &Columns, line: &Line<'_>, shared: &[u16]) {
        let row = line.index + 1;
        for (index, value) in &line.own {
            let Some(column) = columns.get(*index).filter(|column| is_channel(column)) else {
                continue;
            };
            if shared.contains(index) {
                continue;
            }
            let is_arrived = column.field == Some(Field::ChannelArrived);
            let amount = self.money(column, value, row);
            let (planned, arrived) = if is_arrived { (None, amount) } else { (amount, None) };
            // A nought in a channel's column says that it is no source.
            if planned == Some(Money::ZERO) || (planned.is_none() && arrived.is_none()) {
                continue;
            }
            let part = if is_arrived {
                super::channel_of_arrived(&column.part)
            } else {
                column.part.clone()
            };
            funding::add(&mut self.facts.project.funding, &part, row, planned, arrived);
        }
        let Some(channel) = columns.of(Field::FundingChannel) else { return };
        let amount_of = |draft: &mut Self, field: Field| {
            let column = columns.of(field)?;
            let value = line.get(column.index).filter(|_| !shared.contains(&column.index))?;
            draft.money(column, value, row)
        };
        let amount = amount_of(self, Field::FundingAmount);
        let arrived = amount_of(self, Field::FundingArrived);
        let place = Place { row, column: &channel.letters };
        let text = match line.get(channel.index) {
            Some(Value::Text(text)) if !is_nothing(text) => text,
            Some(Value::Number(_) | Value::Date(_) | Value::Truth(_)) => {
                self.facts.problems.push(problem::of_cell(
                    place,
                    "not_a_channel",
                    "不是资金渠道",
                    "this is no funding channel",
                ));
                return;
            }
            _ => {
                if amount.is_some_and(|amount| amount > Money::ZERO)
                    || arrived.is_some_and(|arrived| arrived > Money::ZERO)
                {
                    let (zh, en) = (
                        "有金额但没有写明资金渠道，未读取",
                        "an amount without a channel is not taken",
                    );
                    self.facts.problems.push(problem::of_cell(place, "channel_missing", zh, en));
                }
                return;
            }
        };
        let mut cell = funding::of_cell(text);
        if cell.is_approximate {
            let text = short(text);
            self.facts.problems.push(problem::of_cell(
                place,
                "approximate_amount",
                &format!("“{text}”中有不确切的金额，未读取"),
                &format!("“{text}” has an amount that is not exact and is not taken"),
            ));
        }
        if !cell.sources.is_empty() && !funding::give(&mut cell.sources, amount, arrived) {
            self.facts.problems.push(problem::of_cell(
                place,
                "joint_amount",
                "多个资金渠道合写一个金额，未分到各渠道",
                "several channels share one amount, which is not divided among them",
            ));
        }
        for source in &mut cell.sources {
            source.row = row;
        }
        self.facts.project.funding.append(&mut cell.sources);
    }

    fn money(&mut self, column: &Col, value: &Value, row: u32) -> Option<Money> {
        let field = column.field?;
        self.facts.money(told(column, field, value, row))
    }
}

fn told<'a>(column: &'a Col, field: Field, value: &'a Value, row: u32) -> Told<'a> {
    Told {
        field,
        value,
        unit: column.unit,
        header: &column.header,
        part: &column.part,
        place: Place { row, column: &column.letters },
    }
}

/// A name without padding, marks and, where there is no column of numbers, its ordinal.
pub fn name_of(text: &str, is_numbered: bool) -> (String, Vec<String>) {
    let (inner, mut marks) = take_marks(text);
    let mut name = inner;
    if !is_numbered && let Some(rest) = without_ordinal(inner) {
        let (inner, further) = take_marks(rest);
        name = inner;
        marks.extend(further);
    }
    (as_line(name), marks)
}

fn without_ordinal(text: &str) -> Option<&str> {
    let style = ordinal(&plain(text))
        .filter(|style| matches!(style, Style::Arabic | Style::ArabicInBrackets))?;
    let sign: &[char] = if style == Style::Arabic {
        &['、', '.', '．', ',', '，', ')', '）']
    } else {
        &[')', '）']
    };
    let at = text.find(sign)?;
    let rest = &text[at + text[at..].chars().next()?.len_utf8()..];
    let rest = rest.trim_start();
    // 1.5万吨 is a name's own number.
    (!rest.is_empty() && !rest.starts_with(|c: char| c.is_ascii_digit())).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_marks_and_ordinals() {
        assert_eq!(name_of("★城东快速路（一期）工程", true).0, "城东快速路（一期）工程");
        assert_eq!(name_of("1、城东\n快速路", false).0, "城东快速路");
        assert_eq!(name_of("（2）★桥", false), ("桥".into(), vec!["★".into()]));
        assert_eq!(name_of("1.5万吨污水厂", false).0, "1.5万吨污水厂");
        assert_eq!(name_of("1、路", true).0, "1、路");
    }
}
