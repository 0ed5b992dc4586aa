//! The whole list as files, by the command line.

use crate::report::Goal;
use crate::scene::Scene;
use anyhow::{Context, Result, ensure};
use calamine::Reader;
use std::path::Path;

/// What a hundred thousand projects may take, seconds; others take their share, and a second at least.
const WITHIN: f64 = 15.0;
const PROJECTS: f64 = 100_000.0;

/// The most memory, mebibytes, however many they are.
const IN_MEMORY: f64 = 100.0;

/// The most projects whose workbook is opened and counted: the reader holds all its cells.
const COUNTED: usize = 200_000;

/// Measures each form of file, and sees to it that every project is in it.
pub async fn run(scene: &mut Scene) -> Result<()> {
    let mut expected = None;
    for form in ["json", "csv", "xlsx"] {
        let file = scene.folder.join(format!("list.{form}"));
        let path = file.to_str().context("the folder's name is no text")?;
        let spent = scene.program.spend(&["export", "--format", form, "-o", path])?;
        let bytes = file.metadata()?.len();
        let found = match form {
            "json" => Some(in_json(&file)?),
            "csv" => Some(in_csv(&file)?),
            _ => in_workbook(&file, expected.unwrap_or_default())?,
        };
        std::fs::remove_file(&file)?;
        let all = *expected.get_or_insert(found.unwrap_or_default());
        let least = scene.options.projects as usize;
        ensure!(all >= least, "{form}: {all} projects of at least {least}");
        ensure!(found.is_none_or(|found| found == all), "{form}: {found:?} of {all} projects");
        let told = format!("{all} projects, {} MiB; {}", bytes >> 20, spent.told());
        let goal = Goal::Within((WITHIN * all as f64 / PROJECTS).max(1.0));
        let work = format!("export {form}");
        scene.report.row(&work, goal, (spent.seconds, "s"), None, told);
        let (work, goal) = (format!("{work}: memory"), Goal::Within(IN_MEMORY));
        scene.report.row(&work, goal, (spent.memory, "MiB"), None, "");
    }
    Ok(())
}

/// A project a line, and at the end how many they are.
fn in_json(file: &Path) -> Result<usize> {
    let text = std::fs::read_to_string(file)?;
    let mut lines = 0;
    for line in text.lines().filter(|line| line.starts_with("{\"id\":")) {
        let project = line.trim_end_matches(',');
        let project: serde_json::Value = serde_json::from_str(project).context("no JSON")?;
        lines += usize::from(project["id"].is_i64());
    }
    let told =
        text.trim_end().rsplit_once("\"count\":").map(|(_, count)| count.trim_end_matches('}'));
    let told: usize = told.context("no count")?.parse()?;
    ensure!(lines == told, "{lines} projects where {told} are told");
    Ok(told)
}

/// Lines end outside quotes alone.
fn in_csv(file: &Path) -> Result<usize> {
    let text = std::fs::read_to_string(file)?;
    let (mut is_quoted, mut lines) = (false, 0);
    for letter in text.bytes() {
        match letter {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => lines += 1,
            _ => {}
        }
    }
    // The first line holds the headings.
    Ok(lines - 1)
}

/// How many rows of a workbook begin with the number they should have; `None` of too many.
fn in_workbook(file: &Path, expected: usize) -> Result<Option<usize>> {
    if expected > COUNTED {
        return Ok(None);
    }
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(file)?;
    let mut found = 0;
    for sheet in workbook.sheet_names() {
        let cells = workbook.worksheet_range(&sheet)?;
        let mut next = 1.0;
        for row in cells.rows() {
            if matches!(row.first(), Some(calamine::Data::Float(number)) if *number == next) {
                next += 1.0;
                found += 1;
            }
        }
    }
    Ok(Some(found))
}
