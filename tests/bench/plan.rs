//! The list's own statements without the program: PostgreSQL's load generator runs what `explain`
//! tells of some varied lists.

use crate::lists::{Urn, VARIED};
use crate::load::CONNECTIONS;
use crate::report::Goal;
use crate::scene::Scene;
use anyhow::{Context, Result, ensure};
use std::process::Command;

/// How many varied lists are run; the generator draws one of them at random.
const SCRIPTS: usize = 24;

/// Measures the statements, if the database and the program allow it.
pub async fn run(scene: &mut Scene) -> Result<()> {
    let work = "list by stage, varied, against its statement alone";
    let (goal, unit) = (Goal::Part(0.5, "pgbench"), "answers/s");
    let Some(pgbench) = scene.options.pgbench.clone().filter(|_| scene.options.is_postgres())
    else {
        scene.report.skipped(work, goal, unit, "PostgreSQL only");
        return Ok(());
    };
    let urn = Urn::of(scene);
    let mut command = Command::new(pgbench);
    command.args(["-n", "-M", "prepared", "-j", "2"]);
    command.args(["-c", &CONNECTIONS.to_string()]);
    command.args(["-T", &scene.timing.load.as_secs().to_string()]);
    let drawn = (0..).map(|number| urn.draw(number));
    // A statement holds the right of one caller: the leader's lists carry one more condition.
    for (number, drawn) in drawn.take(SCRIPTS).enumerate() {
        let account = scene.account(&drawn.caller);
        let explained = match scene.program.run(&["explain", &drawn.path, "--as", account], "") {
            Ok(explained) => explained,
            Err(error) => {
                scene.report.skipped(work, goal, unit, format!("{error:#}"));
                return Ok(());
            }
        };
        let statements = statements(&explained);
        ensure!(!statements.is_empty(), "`explain` tells no statement of {}", drawn.path);
        let file = scene.folder.join(format!("statement-{number}.sql"));
        std::fs::write(&file, statements)?;
        command.arg("-f").arg(file);
    }
    command.arg(&scene.url);
    let output = command.output().context("pgbench could not be started")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "pgbench failed: {}", complaint.trim());
    let line = printed.lines().find_map(|line| line.strip_prefix("tps = "));
    let bare: f64 = line
        .and_then(|line| line.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .context("pgbench told no figure")?;
    let list = scene.report.rows.iter().find(|row| row.work == VARIED);
    let list = list.and_then(|row| row.figure).context("the list was not measured")?;
    let told = format!("pgbench: {bare:.0} a second, prepared, {SCRIPTS} statements at random");
    scene.report.row(work, goal, (list, unit), Some(list / bare), told);
    Ok(())
}

/// The statements that `explain` printed; the lines of their plans are indented.
fn statements(explained: &str) -> String {
    let lines = explained.lines().filter(|line| !line.starts_with(' ') && !line.is_empty());
    lines.map(|line| format!("{line}\n")).collect()
}
