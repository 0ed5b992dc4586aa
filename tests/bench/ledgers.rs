//! Ledgers by the command line: one is read, imported, imported again and taken back.

use crate::ledger::{self, Names};
use crate::report::Goal;
use crate::scene::Scene;
use crate::spent::Spent;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::PathBuf;

/// The rows that the goals are for, and the most that a ledger here has.
pub const MOST_ROWS: u32 = 100_000;

/// What as many may take, seconds; fewer take their share.
const READ_WITHIN: f64 = 10.0;
const IMPORTED_WITHIN: f64 = 60.0;

/// The most memory of a process that reads, mebibytes.
const READ_IN: f64 = 300.0;

/// How many rows the ledger of a run has.
pub fn rows(scene: &Scene) -> u32 {
    // For its answers alone it need not be long: the program of the tests is slow.
    let most = if scene.options.answers { 1000 } else { MOST_ROWS };
    scene.options.projects.min(most)
}

/// The ledger of a run.
pub async fn made(scene: &Scene) -> Result<PathBuf> {
    let file = scene.folder.join("ledger.xlsx");
    if !file.is_file() {
        let names = Names::read(&mut scene.connect().await?).await?;
        ledger::write(&file, rows(scene), &names)?;
    }
    Ok(file)
}

/// Measures it all, and sees to it that every row arrives.
pub async fn run(scene: &mut Scene) -> Result<()> {
    let (file, rows) = (made(scene).await?, rows(scene));
    let file = file.to_str().context("the folder's name is no text")?;
    // Starting takes its time, however short the ledger is.
    let share = |within: f64| (within * f64::from(rows) / f64::from(MOST_ROWS)).max(1.0);
    let told = |spent: &Spent| format!("{rows} rows of 20 columns; {}", spent.told());

    let spent = scene.program.spend(&["ledger", "read", file, "--json"])?;
    all_read(&spent.printed, rows)?;
    let goal = Goal::Within(share(READ_WITHIN));
    scene.report.row("read a ledger", goal, (spent.seconds, "s"), None, told(&spent));
    let memory = (spent.memory, "MiB");
    let more = "the process that needs most";
    scene.report.row("read a ledger: memory", Goal::Within(READ_IN), memory, None, more);

    let import = ["import", file, "--as", "registrar", "--json"];
    let preview = [&import[..], &["--dry-run"]].concat();
    let spent = scene.program.spend(&preview)?;
    let work = "preview a ledger, nothing carried out";
    scene.report.row(work, Goal::None, (spent.seconds, "s"), None, told(&spent));

    let on_postgres = scene.options.is_postgres();
    let goal = if on_postgres { Goal::None } else { Goal::Within(share(IMPORTED_WITHIN)) };
    let spent = scene.program.spend(&import)?;
    let id = imported(&spent.printed, "new", rows)?;
    scene.report.row("import a ledger", goal, (spent.seconds, "s"), None, told(&spent));
    let memory = (spent.memory, "MiB");
    scene.report.row("import a ledger: memory", Goal::None, memory, None, more);

    let spent = scene.program.spend(&import)?;
    imported(&spent.printed, "unchanged", rows)?;
    let work = "import the same ledger again";
    scene.report.row(work, Goal::None, (spent.seconds, "s"), None, told(&spent));

    let spent = scene.program.spend(&["import", "undo", &id.to_string()])?;
    let work = "take the import back";
    scene.report.row(work, Goal::None, (spent.seconds, "s"), None, told(&spent));
    let left = scene.program.spend(&preview)?;
    imported(&left.printed, "new", rows).context("after it was taken back")?;
    Ok(())
}

/// Whether every row of the ledger was read, each with its name and its total.
fn all_read(printed: &str, rows: u32) -> Result<()> {
    let read: Value = serde_json::from_str(printed).context("what was read is no JSON")?;
    let projects = read["sheets"][0]["projects"].as_array().context("there is no sheet")?;
    ensure!(projects.len() == rows as usize, "{} of {rows} rows were read", projects.len());
    for (number, project) in (0..).zip(projects) {
        let total = format!("{}0000.00", ledger::total(number));
        let is_right = project["row"] == ledger::ABOVE + number + 1
            && project["name"] == ledger::name(number)
            && project["total_investment"] == total;
        ensure!(is_right, "row {number} was read as {project}");
    }
    Ok(())
}

/// The number of an import, all of whose rows are of one kind.
pub fn imported(printed: &str, kind: &str, rows: u32) -> Result<i64> {
    let told: Value = serde_json::from_str(printed).context("what was imported is no JSON")?;
    let counts = &told["import"]["counts"];
    ensure!(counts[kind] == rows, "of {rows} rows that are {kind}, there are {counts}");
    told["import"]["id"].as_i64().context("the import has no number")
}
