//! Prints what was understood of a ledger as JSON, while it is read: projects as they come, skipped
//! rows and problems when their sheet ends.

use serde::Serialize;
use shortboard_domain::facts::Nature;
use shortboard_domain::money::Money;
use shortboard_domain::stage::Stage;
use shortboard_ledger::reading::{
    Column, Event, Layout, LedgerFunding, LedgerProject, Problem, SheetHead, Skipped, Unit,
};
use std::io::{self, Write};

/// Prints events as one JSON object.
pub struct JsonPrinter<W> {
    out: W,
    /// The sheet that is being printed.
    sheet: Option<Open>,
    sheets: usize,
}

/// A sheet whose projects are being printed.
#[derive(Default)]
struct Open {
    projects: usize,
    skipped: Vec<Skipped>,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct PrintedHead<'a> {
    name: &'a str,
    layout: Layout,
    reason: Option<&'a str>,
    unit: Unit,
    columns: &'a [Column],
}

#[derive(Serialize)]
struct PrintedProject<'a> {
    row: u32,
    section: Option<&'a str>,
    name: &'a str,
    stage: Option<Stage>,
    nature: Option<Nature>,
    content: Option<&'a str>,
    start: Option<&'a str>,
    finish: Option<&'a str>,
    total_investment: Option<Money>,
    planned_this_year: Option<Money>,
    done_to_last_year: Option<Money>,
    done_this_year: Option<Money>,
    owner_unit: Option<&'a str>,
    department: Option<&'a str>,
    code: Option<&'a str>,
    funding: Vec<PrintedFunding<'a>>,
}

#[derive(Serialize)]
struct PrintedFunding<'a> {
    channel: Option<&'a str>,
    written: &'a str,
    amount: Option<Money>,
    arrived: Option<Money>,
}

#[derive(Serialize)]
struct PrintedProblem<'a> {
    row: Option<u32>,
    column: Option<&'a str>,
    code: &'a str,
    message: &'a str,
}

impl<W: Write> JsonPrinter<W> {
    /// Prints nothing before the first event.
    pub fn new(out: W) -> Self {
        Self { out, sheet: None, sheets: 0 }
    }

    /// Prints an event.
    ///
    /// # Errors
    /// Those of the output.
    pub fn take(&mut self, event: Event) -> io::Result<()> {
        match event {
            Event::Sheet(head) => self.begin(&head)?,
            Event::Project(project) => {
                let sheet = self.sheet.get_or_insert_default();
                self.out.write_all(if sheet.projects == 0 { b"\n" } else { b",\n" })?;
                sheet.projects += 1;
                serde_json::to_writer(&mut self.out, &PrintedProject::from(&*project))?;
            }
            Event::Skipped(skipped) => self.sheet.get_or_insert_default().skipped.push(skipped),
            Event::Problem(problem) => self.sheet.get_or_insert_default().problems.push(problem),
            Event::Progress { .. } => {}
        }
        Ok(())
    }

    /// Prints the end.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> io::Result<()> {
        self.end()?;
        if self.sheets == 0 {
            self.out.write_all(b"{\"sheets\":[")?;
        }
        self.out.write_all(b"]}\n")?;
        self.out.flush()
    }

    fn begin(&mut self, head: &SheetHead) -> io::Result<()> {
        self.end()?;
        self.out.write_all(if self.sheets == 0 { b"{\"sheets\":[\n" } else { b",\n" })?;
        self.sheets += 1;
        let SheetHead { name, layout, reason, unit, columns, .. } = head;
        let printed =
            PrintedHead { name, layout: *layout, reason: reason.as_deref(), unit: *unit, columns };
        let printed = serde_json::to_string(&printed)?;
        // The object stays open for its projects.
        self.out.write_all(printed.trim_end_matches('}').as_bytes())?;
        self.out.write_all(b",\"projects\":[")?;
        self.sheet = Some(Open::default());
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        let Some(Open { skipped, problems, .. }) = self.sheet.take() else { return Ok(()) };
        let problems: Vec<PrintedProblem<'_>> = problems
            .iter()
            .map(|Problem { row, column, code, message, .. }| PrintedProblem {
                row: *row,
                column: column.as_deref(),
                code,
                message,
            })
            .collect();
        self.out.write_all(b"],\"skipped\":")?;
        serde_json::to_writer(&mut self.out, &skipped)?;
        self.out.write_all(b",\"problems\":")?;
        serde_json::to_writer(&mut self.out, &problems)?;
        self.out.write_all(b"}")
    }
}

impl<'a> From<&'a LedgerProject> for PrintedProject<'a> {
    fn from(project: &'a LedgerProject) -> Self {
        Self {
            row: project.row,
            section: project.section.as_deref(),
            name: &project.name,
            stage: project.stage,
            nature: project.nature,
            content: project.content.as_deref(),
            start: project.start.as_deref(),
            finish: project.finish.as_deref(),
            total_investment: project.total_investment,
            planned_this_year: project.planned_this_year,
            done_to_last_year: project.done_to_last_year,
            done_this_year: project.done_this_year,
            owner_unit: project.owner_unit.as_deref(),
            department: project.department.as_deref(),
            code: project.code.as_deref(),
            funding: project.funding.iter().map(PrintedFunding::from).collect(),
        }
    }
}

impl<'a> From<&'a LedgerFunding> for PrintedFunding<'a> {
    fn from(funding: &'a LedgerFunding) -> Self {
        Self {
            channel: funding.channel.as_deref(),
            written: &funding.written,
            amount: funding.amount,
            arrived: funding.arrived,
        }
    }
}
