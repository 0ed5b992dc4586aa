//! `cargo xtask bench`: how fast the registry answers, against ceilings of the same run.

use std::path::PathBuf;

use crate::Failure;
use crate::postgres::{Cluster, Installation};
use crate::workspace::{Workspace, run};

/// The size that the goals are for.
const PROJECTS: u32 = 1_000_000;

/// The chart that documentation shows.
const CHART: &str = "docs/performance.svg";

/// Settings for a machine that the registry has to itself. What was committed is on the disk, as
/// ever.
const SETTINGS: [&str; 4] = [
    "shared_buffers=512MB",
    "max_wal_size=4GB",
    "random_page_cost=1.1",
    "effective_cache_size=4GB",
];

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// How many projects.
    pub projects: u32,
    /// `sqlite`, `postgres` for a cluster of its own, or the address of one.
    pub database: String,
    /// What alone is measured, by words of its name.
    pub only: Option<String>,
    /// Whether data are kept and used again.
    pub reuse: bool,
    /// Whether answers are checked instead of times measured.
    pub answers: bool,
    /// Whether earlier results are drawn instead.
    pub chart: bool,
}

impl Default for Options {
    fn default() -> Self {
        let database = "sqlite".into();
        Self {
            projects: PROJECTS,
            database,
            reuse: false,
            only: None,
            answers: false,
            chart: false,
        }
    }
}

/// Runs the command.
pub fn command(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    let options = parse(arguments).map_err(Failure::Usage)?;
    if options.chart {
        return Ok(draw(workspace)?);
    }
    Ok(bench(workspace, &options)?)
}

/// Checks the answers of a small registry on SQLite, with the program that the tests use.
pub fn answers(workspace: &Workspace) -> Result<(), String> {
    bench(workspace, &Options { projects: 10_000, answers: true, ..Options::default() })
}

/// Builds the program, runs the benchmark on it.
pub fn bench(workspace: &Workspace, options: &Options) -> Result<(), String> {
    let is_postgres = options.database.starts_with("postgres");
    // The cluster lives as long as the benchmark runs.
    let (mut cluster, mut pgbench, mut url) = (None, None, options.database.clone());
    if is_postgres {
        let installation = Installation::find_or_install()?;
        pgbench = installation.program("pgbench");
        if options.database == "postgres" {
            let started = Cluster::start_with(&installation, &SETTINGS)?;
            url = started.url();
            cluster = Some(started);
        }
    }
    let (program, mut cargo) = if options.answers {
        // The profile of the tests, so that nothing is built twice.
        let program = workspace.build_program()?;
        (program, workspace.cargo(&["test", "--locked", "-p", "shortboard-tests", "--bench"]))
    } else {
        let program = workspace.build_release()?;
        (program, workspace.cargo(&["bench", "--locked", "-p", "shortboard-tests", "--bench"]))
    };
    let results = results(workspace)?;
    cargo.args(["registry", "--", "--projects", &options.projects.to_string()]);
    cargo.args(["--database", &url]);
    cargo.arg("--results").arg(&results).arg("--data").arg(results.join("data"));
    if let Some(only) = &options.only {
        cargo.args(["--only", only]);
    }
    for (name, is_asked) in [("--reuse", options.reuse), ("--answers", options.answers)] {
        cargo.args(is_asked.then_some(name));
    }
    if let Some(pgbench) = pgbench {
        cargo.arg("--pgbench").arg(pgbench);
    }
    let ran = run(cargo.env("SHORTBOARD_TEST_BIN", program));
    drop(cluster);
    ran
}

fn draw(workspace: &Workspace) -> Result<(), String> {
    let mut cargo = workspace.cargo(&["bench", "--locked", "-p", "shortboard-tests", "--bench"]);
    cargo.args(["registry", "--", "--results"]).arg(results(workspace)?);
    run(cargo.arg("--chart").arg(workspace.path(CHART)))
}

fn results(workspace: &Workspace) -> Result<PathBuf, String> {
    Ok(workspace.target_folder()?.join("bench"))
}

fn parse(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    let mut rest = arguments.iter();
    while let Some(name) = rest.next() {
        let mut value = || rest.next().ok_or(format!("`{name}` needs a value."));
        match name.as_str() {
            "--projects" => {
                let number = value()?;
                options.projects = number
                    .parse()
                    .ok()
                    .filter(|number| *number > 0)
                    .ok_or(format!("`{number}` is not a number of projects."))?;
            }
            "--database" => {
                options.database.clone_from(value()?);
                let database = &options.database;
                let is_known = ["sqlite", "postgres"].contains(&database.as_str())
                    || database.starts_with("postgres://")
                    || database.starts_with("postgresql://");
                if !is_known {
                    return Err(format!("`{database}` is no database of the benchmark."));
                }
            }
            "--only" => options.only = Some(value()?.clone()),
            "--reuse" => options.reuse = true,
            "--answers" => options.answers = true,
            "--chart" => options.chart = true,
            other => return Err(format!("`bench` does not take `{other}`.")),
        }
    }
    if options.reuse && options.database == "postgres" {
        return Err("A throw-away PostgreSQL keeps no data: `--reuse` takes an address.".into());
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Options, String> {
        parse(&words.iter().map(|word| word.to_string()).collect::<Vec<_>>())
    }

    #[test]
    fn the_goals_are_for_a_million_on_sqlite() {
        assert_eq!(parsed(&[]), Ok(Options::default()));
        assert_eq!(Options::default().projects, 1_000_000);
    }

    #[test]
    fn options_are_read() {
        let words = ["--projects", "2000", "--database", "postgres", "--answers"];
        let options = parsed(&words).expect("options");
        assert_eq!((options.projects, options.answers), (2000, true));
        assert_eq!(options.database, "postgres");
        let kept = parsed(&["--reuse", "--database", "postgres://u@127.0.0.1/b"]).expect("options");
        assert!(kept.reuse);
        assert!(parsed(&["--reuse", "--database", "postgres"]).is_err());
        assert!(parsed(&["--database"]).is_err());
    }
}
