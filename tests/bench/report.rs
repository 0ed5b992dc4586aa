//! What was measured: rows of work, goal, figure, ratio and result, as a table, Markdown and JSON.

use crate::options::Options;
use anyhow::Result;
use serde_json::{Value, json};
use std::path::Path;

/// What a row is held against.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// At least this part of something measured in the same run.
    Part(f64, &'static str),
    /// At most this many times something measured in the same run.
    Times(f64, &'static str),
    /// At most this figure, in the row's unit.
    Within(f64),
    /// A figure for its own sake.
    None,
}

/// How a row came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    Short,
    Skipped,
}

/// A row.
#[derive(Debug, Clone)]
pub struct Row {
    pub work: String,
    goal: String,
    pub figure: Option<f64>,
    unit: &'static str,
    ratio: Option<f64>,
    result: Verdict,
    note: String,
}

/// The rows of a run.
#[derive(Debug, Default)]
pub struct Report {
    pub rows: Vec<Row>,
}

impl Goal {
    fn told(self, unit: &str) -> String {
        match self {
            Self::Part(part, of) => format!("≥ {part} of {of}"),
            Self::Times(times, of) => format!("≤ {times} × {of}"),
            Self::Within(most) => format!("≤ {most} {unit}"),
            Self::None => "none".into(),
        }
    }
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Short => "short",
            Self::Skipped => "skipped",
        }
    }
}

impl Report {
    /// Adds a row; it passes when the ratio, or the figure where the goal is one, is as asked.
    pub fn row(
        &mut self,
        work: &str,
        goal: Goal,
        (figure, unit): (f64, &'static str),
        ratio: Option<f64>,
        note: impl Into<String>,
    ) {
        let reached = match (goal, ratio) {
            (Goal::Part(least, _), Some(ratio)) => ratio >= least,
            (Goal::Times(most, _), Some(ratio)) => ratio <= most,
            (Goal::Within(most), _) => figure <= most,
            (Goal::None, _) => true,
            (Goal::Part(..) | Goal::Times(..), None) => false,
        };
        let result = if reached { Verdict::Pass } else { Verdict::Short };
        self.push(Row {
            work: work.into(),
            goal: goal.told(unit),
            figure: Some(figure),
            unit,
            ratio,
            result,
            note: note.into(),
        });
    }

    /// Adds a row of what was not measured, and why.
    pub fn skipped(&mut self, work: &str, goal: Goal, unit: &'static str, why: impl Into<String>) {
        self.without(work, goal, unit, Verdict::Skipped, why.into());
    }

    /// Adds a row of what falls short without a figure, and why.
    pub fn short(&mut self, work: &str, goal: Goal, unit: &'static str, why: impl Into<String>) {
        self.without(work, goal, unit, Verdict::Short, why.into());
    }

    /// Adds a row of measurements that broke off.
    pub fn broken(&mut self, work: &str, error: &anyhow::Error) {
        self.without(work, Goal::None, "", Verdict::Short, format!("broke off: {error:#}"));
    }

    fn without(
        &mut self,
        work: &str,
        goal: Goal,
        unit: &'static str,
        result: Verdict,
        note: String,
    ) {
        let goal = goal.told(unit);
        let work = work.into();
        self.push(Row { work, goal, figure: None, unit, ratio: None, result, note });
    }

    fn push(&mut self, row: Row) {
        println!("  {}", row.line());
        self.rows.push(row);
    }

    /// The table as text.
    pub fn table(&self) -> String {
        let lines: Vec<String> = self.rows.iter().map(Row::line).collect();
        lines.join("\n")
    }

    /// Writes the results as Markdown and JSON.
    pub fn write(&self, options: &Options) -> Result<()> {
        let database = options.database_word();
        let name = format!("{database}-{}", options.projects);
        let rows: Vec<Value> = self.rows.iter().map(Row::json).collect();
        let results = json!({"projects": options.projects, "database": database, "rows": rows});
        let results = format!("{results:#}\n");
        std::fs::create_dir_all(&options.results)?;
        std::fs::write(options.results.join("latest.json"), &results)?;
        std::fs::write(options.results.join(format!("{name}.json")), &results)?;
        std::fs::write(options.results.join(format!("{name}.md")), self.markdown(options))?;
        Ok(())
    }

    fn markdown(&self, options: &Options) -> String {
        let (projects, database) = (options.projects, options.database_word());
        let mut text = format!(
            "# {projects} projects on {database}\n\n\
             | work | goal | figure | ratio | result | note |\n|---|---|---:|---:|---|---|\n"
        );
        for row in &self.rows {
            let (figure, ratio) = (row.figure_told(), row.ratio_told());
            let note = row.note.replace('|', "\\|").replace('\n', " ");
            let (work, goal, result) = (&row.work, &row.goal, row.result.word());
            text.push_str(&format!(
                "| {work} | {goal} | {figure} | {ratio} | {result} | {note} |\n"
            ));
        }
        text
    }
}

impl Row {
    fn figure_told(&self) -> String {
        match self.figure {
            Some(figure) if figure >= 100.0 => format!("{figure:.0} {}", self.unit),
            Some(figure) if figure >= 10.0 => format!("{figure:.1} {}", self.unit),
            Some(figure) => format!("{figure:.2} {}", self.unit),
            None => String::new(),
        }
    }

    fn ratio_told(&self) -> String {
        self.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default()
    }

    fn line(&self) -> String {
        let note = if self.note.is_empty() { "" } else { "  " };
        format!(
            "{:<8}{:<58}{:<32}{:>14}{:>8}{note}{}",
            self.result.word(),
            self.work,
            self.goal,
            self.figure_told(),
            self.ratio_told(),
            self.note,
        )
    }

    fn json(&self) -> Value {
        let rounded = |number: Option<f64>| number.map(|n| (n * 10_000.0).round() / 10_000.0);
        json!({
            "work": self.work,
            "goal": self.goal,
            "figure": rounded(self.figure),
            "unit": self.unit,
            "ratio": rounded(self.ratio),
            "result": self.result.word(),
            "note": self.note,
        })
    }
}

/// The figure of a work in an earlier run's results.
pub fn earlier_figure(folder: &Path, database: &str, projects: u32, work: &str) -> Option<f64> {
    let results = std::fs::read(folder.join(format!("{database}-{projects}.json"))).ok()?;
    let results: Value = serde_json::from_slice(&results).ok()?;
    let rows = results["rows"].as_array()?;
    rows.iter().find(|row| row["work"] == work)?["figure"].as_f64()
}
