//! What the command line asks of the benchmark.

use std::path::PathBuf;

/// The options, as `cargo xtask bench` gives them.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How many made-up projects.
    pub projects: u32,
    /// The database: `sqlite` for a file of the benchmark's own, or `postgres://…`.
    pub database: String,
    /// Where data are kept.
    pub data: PathBuf,
    /// Where results are written.
    pub results: PathBuf,
    /// Whether data of an earlier run are used again.
    pub reuse: bool,
    /// What alone is measured, by words of its name; all when empty. No results are written then.
    pub only: String,
    /// Whether answers are checked and nothing is measured.
    pub answers: bool,
    /// PostgreSQL's own load generator.
    pub pgbench: Option<PathBuf>,
    /// The chart to be drawn from earlier results.
    pub chart: Option<PathBuf>,
    /// Whether this process is the constant.
    pub constant: bool,
}

impl Options {
    /// Reads the command line. The error is a sentence.
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut rest = arguments.iter();
        while let Some(name) = rest.next() {
            let mut value = || rest.next().cloned().ok_or(format!("`{name}` needs a value."));
            match name.as_str() {
                // Cargo's own word to every bench target.
                "--bench" => {}
                "--projects" => {
                    let number = value()?;
                    options.projects =
                        number.parse().map_err(|_| format!("{number} is no number."))?;
                }
                "--database" => options.database = value()?,
                "--data" => options.data = value()?.into(),
                "--results" => options.results = value()?.into(),
                "--reuse" => options.reuse = true,
                "--answers" => options.answers = true,
                "--only" => options.only = value()?,
                "--pgbench" => options.pgbench = Some(value()?.into()),
                "--chart" => options.chart = Some(value()?.into()),
                "--constant" => options.constant = true,
                other => return Err(format!("`{other}` is not an option of the benchmark.")),
            }
        }
        let is_whole = options.constant || options.chart.is_some() || options.projects > 0;
        if is_whole { Ok(options) } else { Err("`cargo xtask bench` runs the benchmark.".into()) }
    }

    /// Whether some work is to be measured.
    pub fn asks_for(&self, work: &str) -> bool {
        self.only.is_empty() || self.only.split(',').any(|only| work.contains(only.trim()))
    }

    /// Whether the database is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.database.starts_with("postgres")
    }

    /// The database in one word, as results are named.
    pub fn database_word(&self) -> &'static str {
        if self.is_postgres() { "postgres" } else { "sqlite" }
    }
}
