//! Reads the rows of a table: which are projects, which go on with one, and what the others are.

use super::Mapping;
use super::columns::Columns;
use super::field::Field;
use super::grid::{Grid, filled};
use super::header::{self, Header};
use super::header_field::exact_label;
use super::line::{Line, Lines};
use super::problem;
use super::project::Draft;
use super::rows::{self, Look};
use super::section::Sections;
use super::stage::{self, Around};
use super::text::{header as as_header, is_nothing, plain, take_marks};
use crate::reading::{Event, RowKind, Sink, Skipped};
use crate::sheet::{Row, Value};

/// Rows between two words of progress.
const PROGRESS: u32 = 5000;
/// Blank rows at once that are told one by one.
const GAP: u32 = 50;
/// How far down a merged amount is followed.
const SHARED: u32 = 1000;

/// What a row turned out to be.
enum Kind {
    Project,
    GoesOn,
    Skipped(RowKind),
}

/// A table being read.
pub struct Table<'a, 's, 'k> {
    grid: &'s Grid<'a>,
    mapping: &'s Mapping,
    sink: &'s mut Sink<'k>,
    header: Header,
    columns: Columns,
    titles: Vec<String>,
    title_stage: Option<Around>,
    sections: Sections,
    draft: Option<Draft>,
    projects: usize,
    is_after_header: bool,
    is_foot: bool,
    /// Rows of another header, up to this one, from 0.
    header_until: Option<u32>,
}

impl<'a, 's, 'k> Table<'a, 's, 'k> {
    /// A table under a header.
    pub fn new(
        grid: &'s Grid<'a>,
        mapping: &'s Mapping,
        header: Header,
        columns: Columns,
        sink: &'s mut Sink<'k>,
    ) -> Self {
        let titles = header::titles_above(grid, header.first);
        let named = titles.iter().map(String::as_str).chain([grid.sheet().name.as_str()]);
        let title_stage = Around::first(named, stage::of_title);
        let titles = titles.iter().map(|title| plain(title)).collect();
        Self {
            grid,
            mapping,
            sink,
            header,
            columns,
            titles,
            title_stage,
            sections: Sections::default(),
            draft: None,
            projects: 0,
            is_after_header: true,
            is_foot: false,
            header_until: None,
        }
    }

    /// Reads all rows.
    pub fn read(mut self) -> std::io::Result<()> {
        let grid = self.grid;
        let Some(last) = grid.last_row() else { return Ok(()) };
        let mut lines = Lines::new(grid.sheet(), self.header.last);
        let mut expected = self.header.last + 1;
        for row in grid.sheet().rows.iter().filter(|row| row.index <= last) {
            if row.index <= self.header.last {
                let kind =
                    if filled(row).next().is_none() { RowKind::Blank } else { RowKind::Title };
                self.skip(row.index, kind)?;
                continue;
            }
            if row.index > expected && row.index - expected <= GAP {
                self.flush()?;
                for blank in expected..row.index {
                    self.skip(blank, RowKind::Blank)?;
                }
            }
            expected = row.index.saturating_add(1);
            let line = lines.line(grid, row);
            self.take(row, &line)?;
            if (row.index + 1) % PROGRESS == 0 {
                self.flush()?;
                (self.sink)(Event::Progress { rows: row.index + 1, of: last + 1 })?;
            }
        }
        self.flush()?;
        if self.projects == 0 {
            let (zh, en) = ("表头下面没有项目", "there are no projects below the header");
            (self.sink)(Event::Problem(problem::of_sheet("no_projects", zh, en)))?;
        }
        Ok(())
    }

    fn take(&mut self, row: &Row, line: &Line<'_>) -> std::io::Result<()> {
        match self.kind(row, line)? {
            Kind::GoesOn => {
                if let Some(draft) = &mut self.draft {
                    draft.go_on(&self.columns, line);
                }
            }
            Kind::Skipped(kind) => {
                self.flush()?;
                self.skip(line.index, kind)?;
            }
            Kind::Project => {
                self.flush()?;
                self.sections.note_project();
                let around = self.sections.stage().or_else(|| self.title_stage.clone());
                let shared = self.shared(line);
                self.draft =
                    Some(Draft::new(&self.columns, line, self.sections.path(), around, &shared));
                self.projects += 1;
                self.is_foot = false;
            }
        }
        Ok(())
    }

    /// The columns whose merged amounts reach over further projects.
    fn shared(&self, line: &Line<'_>) -> Vec<u16> {
        let Some(name) = self.columns.of(Field::Name) else { return Vec::new() };
        let own = line.last_row(name.index);
        let reaches = |last: u32| {
            (own + 1..=last.min(own.saturating_add(SHARED)))
                .any(|row| self.grid.value(row, name.index).is_some())
        };
        let is_money = |column: u16| {
            self.columns.get(column).and_then(|column| column.field).is_some_and(Field::is_money)
        };
        let tall = line
            .tall
            .iter()
            .filter(|(column, last)| is_money(*column) && *last > own && reaches(*last));
        tall.map(|(column, _)| *column).collect()
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if let Some(draft) = self.draft.take() {
            let (project, problems) = draft.finish();
            (self.sink)(Event::Project(Box::new(project)))?;
            for problem in problems {
                (self.sink)(Event::Problem(problem))?;
            }
        }
        Ok(())
    }

    fn skip(&mut self, row: u32, kind: RowKind) -> std::io::Result<()> {
        (self.sink)(Event::Skipped(Skipped { row: row + 1, kind }))
    }

    fn kind(&mut self, row: &Row, line: &Line<'_>) -> std::io::Result<Kind> {
        if self.header_until.is_some_and(|until| line.index <= until) {
            return Ok(Kind::Skipped(RowKind::Title));
        }
        let name = self.columns.of(Field::Name).map(|column| column.index);
        if self.draft.is_some() && name.is_some_and(|name| line.is_carried(name)) {
            return Ok(Kind::GoesOn);
        }
        if line.own.is_empty() {
            return Ok(Kind::Skipped(RowKind::Blank));
        }
        if self.is_title(line)
            || (self.is_after_header
                && rows::numbers_columns(line.own.iter().map(|(_, value)| *value)))
        {
            return Ok(Kind::Skipped(RowKind::Title));
        }
        if self.is_another_header(row)? {
            return Ok(Kind::Skipped(RowKind::Title));
        }
        self.is_after_header = false;
        let look = self.look(line);
        if rows::is_total(&look) {
            return Ok(Kind::Skipped(RowKind::Total));
        }
        if let Some(kind) = rows::foot(&look) {
            self.is_foot = true;
            return Ok(Kind::Skipped(kind));
        }
        if let Some((text, style)) = rows::section(&look) {
            self.sections.begin(text, style);
            self.is_foot = false;
            return Ok(Kind::Skipped(RowKind::Section));
        }
        if name.and_then(|name| line.get(name)).is_some() {
            return Ok(Kind::Project);
        }
        self.nameless(line, &look)
    }

    /// A row without a name: the project goes on, its name is missing, or nobody knows.
    fn nameless(&mut self, line: &Line<'_>, look: &Look<'_>) -> std::io::Result<Kind> {
        let tells = look.other_texts + look.amounts > 0;
        if look.is_numbered {
            return Ok(if tells { Kind::Project } else { Kind::Skipped(RowKind::Blank) });
        }
        if self.draft.is_some() && look.serial.is_none() && self.goes_on(line) {
            return Ok(Kind::GoesOn);
        }
        self.flush()?;
        let row = line.index + 1;
        (self.sink)(Event::Problem(problem::of_row(
            row,
            "row_not_understood",
            "没有项目名称，也不是合计、分类或说明，未读取",
            "it has no name and is no total, section or note; it is not taken",
        )))?;
        Ok(Kind::Skipped(RowKind::Note))
    }

    /// Whether a row has what a project's further rows have: funding, more content, remarks.
    fn goes_on(&self, line: &Line<'_>) -> bool {
        line.own.iter().any(|(index, _)| {
            self.columns.get(*index).and_then(|column| column.field).is_some_and(|field| {
                matches!(
                    field,
                    Field::FundingChannel
                        | Field::FundingAmount
                        | Field::FundingArrived
                        | Field::ChannelAmount
                        | Field::ChannelArrived
                        | Field::Content
                        | Field::Notes
                        | Field::Progress
                        | Field::Matter
                )
            })
        })
    }

    /// Whether a row is the header or the title once more, as on every printed page.
    fn is_title(&self, line: &Line<'_>) -> bool {
        let texts = line.own.iter().filter_map(|(index, value)| match value {
            Value::Text(text) => Some((*index, text)),
            _ => None,
        });
        if line.own.len() <= 2 && line.own.iter().all(|(_, value)| matches!(value, Value::Text(_)))
        {
            let is_above = |text: &str| {
                let text = plain(text);
                self.titles.contains(&text)
                    || text.starts_with("续表")
                    || text.starts_with("单位:") && super::unit::of_text(&text).is_some()
            };
            if texts.clone().all(|(_, text)| is_above(text)) {
                return true;
            }
        }
        let (mut repeated, mut others) = (0, 0);
        for (index, text) in texts {
            let text = as_header(text);
            let is_header = self
                .columns
                .get(index)
                .is_some_and(|column| column.header.split(" / ").any(|part| part == text));
            if is_header {
                repeated += 1;
            } else {
                others += 1;
            }
            if others * 2 >= line.own.len() {
                return false;
            }
        }
        repeated >= 2 && repeated * 2 > line.own.len()
    }

    /// Whether another table begins here, with a header of its own: its columns count from now on.
    fn is_another_header(&mut self, row: &Row) -> std::io::Result<bool> {
        let is_text =
            |value: &Value| matches!(value, Value::Text(text) if text.chars().count() <= 24);
        if !filled(row).all(|(_, value)| is_text(value)) {
            return Ok(false);
        }
        // Before what costs more: a header has a name.
        let has_name = |value: &Value| matches!(value, Value::Text(text) if text.contains('称') || text.contains("ame") || text.len() <= 9);
        if !filled(row).any(|(_, value)| has_name(value)) {
            return Ok(false);
        }
        let labels = filled(row).filter_map(|(_, value)| exact_label(&super::text::written(value)));
        let labels: Vec<Field> = labels.take(6).collect();
        if labels.len() < 3 || !labels.contains(&Field::Name) {
            return Ok(false);
        }
        let grid = Grid::window(self.grid.sheet(), row.index);
        let around: Vec<&str> = self.titles.iter().map(String::as_str).collect();
        let found =
            (1..=3).filter_map(|depth| header::at(&grid, row.index, depth, self.mapping, &around));
        let Some(found) = found.max_by_key(Header::score) else { return Ok(false) };
        self.flush()?;
        let mut told = Vec::new();
        self.columns = Columns::new(&grid, &found, self.mapping, &self.titles, &mut told);
        let number = row.index + 1;
        told.insert(
            0,
            problem::of_row(
                number,
                "another_header",
                "从这里开始是另一个表头，以下按它读取",
                "another header begins here and holds for what follows",
            ),
        );
        for problem in told {
            (self.sink)(Event::Problem(problem))?;
        }
        self.sections.end();
        self.is_after_header = true;
        self.is_foot = false;
        self.header_until = Some(found.last);
        self.header = found;
        Ok(true)
    }

    fn look<'l>(&self, line: &Line<'l>) -> Look<'l> {
        let mut look = Look {
            first_text: None,
            name: None,
            serial: None,
            is_numbered: false,
            cells: line.own.len(),
            other_texts: 0,
            other: None,
            amounts: 0,
            merged_across: line.merged_across,
            is_foot: self.is_foot,
        };
        for (index, value) in &line.own {
            let field = self.columns.get(*index).and_then(|column| column.field);
            let Value::Text(text) = *value else {
                match field {
                    Some(Field::Serial | Field::OwnNumber) => look.is_numbered = true,
                    Some(field) if !field.is_money() && matches!(value, Value::Date(_)) => {
                        look.other_texts += 1
                    }
                    _ => look.amounts += 1,
                }
                continue;
            };
            look.first_text = look.first_text.or(Some(text));
            match field {
                Some(Field::Serial) if is_number(text) => look.is_numbered = true,
                Some(Field::Serial) => look.serial = Some(text),
                Some(Field::Name) => look.name = Some(text),
                Some(field) if field.is_money() || field == Field::Share => look.amounts += 1,
                _ if is_nothing(text) => {}
                _ if look.cells == 1 => {}
                _ => {
                    look.other = look.other.or(Some(text));
                    look.other_texts += 1;
                }
            }
        }
        look
    }
}

/// Whether a text in the column of numbers is a number: 1, 1●, 2-1, 1.1, （3）.
fn is_number(text: &str) -> bool {
    let plain = plain(take_marks(text).0);
    let bare = plain.trim_matches(['(', ')', '.', '、', '#', '*']);
    !bare.is_empty() && bare.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'))
}
