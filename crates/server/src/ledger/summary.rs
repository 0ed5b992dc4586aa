//! Prints what was understood of a ledger for people: a block a sheet.

use shortboard_ledger::reading::{
    Column, Event, Layout, LedgerProject, Problem, RowKind, SheetHead, Unit,
};
use std::io::{self, Write};

/// Projects of a sheet that are shown.
const PROJECTS: usize = 5;

/// Problems of a sheet that are shown.
const PROBLEMS: usize = 20;

/// Prints events as a summary.
pub struct Summary<W> {
    out: W,
    is_first: bool,
    sheet: Tally,
}

/// What there is to say at the end of a sheet.
#[derive(Default)]
struct Tally {
    is_ledger: bool,
    projects: usize,
    skipped: Vec<(RowKind, usize)>,
    problems: Vec<Problem>,
    problem_count: usize,
}

impl<W: Write> Summary<W> {
    /// Prints nothing before the first event.
    pub fn new(out: W) -> Self {
        Self { out, is_first: true, sheet: Tally::default() }
    }

    /// Prints an event, or counts it.
    ///
    /// # Errors
    /// Those of the output.
    pub fn take(&mut self, event: Event) -> io::Result<()> {
        match event {
            Event::Sheet(head) => self.begin(&head),
            Event::Project(project) => self.project(&project),
            Event::Skipped(skipped) => {
                let known = self.sheet.skipped.iter_mut().find(|(kind, _)| *kind == skipped.kind);
                match known {
                    Some((_, count)) => *count += 1,
                    None => self.sheet.skipped.push((skipped.kind, 1)),
                }
                Ok(())
            }
            Event::Problem(problem) => {
                self.sheet.problem_count += 1;
                if self.sheet.problems.len() < PROBLEMS {
                    self.sheet.problems.push(problem);
                }
                Ok(())
            }
            Event::Progress { .. } => Ok(()),
        }
    }

    /// Prints the end.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> io::Result<()> {
        self.end()?;
        self.out.flush()
    }

    fn begin(&mut self, head: &SheetHead) -> io::Result<()> {
        self.end()?;
        if !self.is_first {
            writeln!(self.out)?;
        }
        self.is_first = false;
        self.sheet.is_ledger = head.layout != Layout::None;
        let out = &mut self.out;
        match head.layout {
            Layout::None => {
                let reason = head.reason_en.as_deref().unwrap_or("nothing in it was recognised");
                return writeln!(out, "{}: no ledger ({reason})", head.name);
            }
            Layout::Table => write!(out, "{}: a table", head.name)?,
            Layout::Form => write!(out, "{}: a form", head.name)?,
        }
        writeln!(out, ", amounts in {}", unit(head.unit))?;
        if let Some(title) = &head.title {
            writeln!(out, "  title    {title}")?;
        }
        for Column { column, header, field, unit: own } in &head.columns {
            let field = field.as_deref().unwrap_or("not known");
            write!(out, "  {column:<8} {header} → {field}")?;
            match own {
                Some(own) => writeln!(out, ", in {}", unit(*own))?,
                None => writeln!(out)?,
            }
        }
        Ok(())
    }

    fn project(&mut self, project: &LedgerProject) -> io::Result<()> {
        self.sheet.projects += 1;
        if self.sheet.projects > PROJECTS {
            return Ok(());
        }
        write!(self.out, "  row {:<4} {}", project.row, project.name)?;
        if let Some(total) = project.total_investment {
            write!(self.out, ", {total} yuan")?;
        }
        match (&project.start, &project.finish) {
            (Some(start), Some(finish)) => write!(self.out, ", {start} to {finish}")?,
            (Some(start), None) => write!(self.out, ", from {start}")?,
            (None, Some(finish)) => write!(self.out, ", until {finish}")?,
            (None, None) => {}
        }
        if let Some(owner) = &project.owner_unit {
            write!(self.out, ", {owner}")?;
        }
        writeln!(self.out)
    }

    fn end(&mut self) -> io::Result<()> {
        let Tally { is_ledger, projects, skipped, problems, problem_count } =
            std::mem::take(&mut self.sheet);
        let out = &mut self.out;
        if projects > PROJECTS {
            writeln!(out, "  … and {} more", projects - PROJECTS)?;
        }
        if is_ledger {
            write!(out, "  {}", counted(projects, "project"))?;
            if !skipped.is_empty() {
                let kinds: Vec<String> =
                    skipped.iter().map(|(kind, count)| counted(*count, row_kind(*kind))).collect();
                write!(out, "; rows that are none: {}", kinds.join(", "))?;
            }
            writeln!(out)?;
        }
        if problem_count > 0 {
            writeln!(out, "  {}:", counted(problem_count, "problem"))?;
        }
        for Problem { row, column, message_en, .. } in &problems {
            let column = column.as_deref().unwrap_or_default();
            match row {
                Some(row) if !column.is_empty() => write!(out, "    {column}{row}: ")?,
                Some(row) => write!(out, "    row {row}: ")?,
                None if !column.is_empty() => write!(out, "    column {column}: ")?,
                None => write!(out, "    ")?,
            }
            writeln!(out, "{message_en}")?;
        }
        if problem_count > problems.len() {
            writeln!(out, "    … and {} more (--json prints all)", problem_count - problems.len())?;
        }
        Ok(())
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Wan => "万元",
        Unit::Yi => "亿元",
        Unit::Yuan => "元",
    }
}

fn row_kind(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Title => "title",
        RowKind::Total => "total",
        RowKind::Section => "section",
        RowKind::Note => "note",
        RowKind::Signature => "signature",
        RowKind::Blank => "blank",
    }
}
