//! The developers' commands, run as `cargo xtask COMMAND`.

mod bench;
mod browser;
mod debian;
mod openapi;
mod postgres;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

/// Why a command did not succeed.
pub enum Failure {
    /// The command line was not understood: help is shown, the exit code is 2.
    Usage(String),
    /// What was asked for failed, in a sentence: the exit code is 1.
    Failed(String),
    /// What was asked for failed, and the last line printed says so: the exit code is 1.
    Told,
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self::Failed(sentence)
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Failed(sentence)) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
        Err(Failure::Told) => ExitCode::FAILURE,
        Err(Failure::Usage(sentence)) => {
            eprintln!("{sentence}\n\n{}", help());
            ExitCode::from(2)
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<(), Failure> {
    let Some((command, rest)) = arguments.split_first() else {
        return Err(Failure::Usage("A command is missing.".into()));
    };
    match command.as_str() {
        "test" => test::command(&Workspace::find()?, rest),
        "openapi" => openapi::command(&Workspace::find()?, rest),
        "bench" => bench::command(&Workspace::find()?, rest),
        "shots" => browser::shots(&Workspace::find()?, rest),
        "tidy" => tidy::command(&Workspace::find()?, rest),
        "help" | "--help" | "-h" => {
            println!("{}", help());
            Ok(())
        }
        other => Err(Failure::Usage(format!("There is no command `{other}`."))),
    }
}

fn help() -> String {
    let mut help = String::from(
        "cargo xtask test [STEP…] [-- ARGUMENTS]   run the named steps, or all; ARGUMENTS go to the test programs
cargo xtask openapi                       write tests/openapi.json from the program
cargo xtask openapi --check               say whether tests/openapi.json is what the program serves
cargo xtask shots                         take pictures of every page; target/shots has them
cargo xtask tidy                          check the rules of style that no other tool knows
cargo xtask bench                         measure a million projects on SQLite; target/bench has the results
    --projects N                          so many projects instead
    --database postgres|URL               on a throw-away PostgreSQL, or on an empty database
    --reuse                               keep the data in target/bench/data, and take those of an earlier run
    --only WORDS,…                        measure what has these words in its name, and write no results
    --answers                             check answers instead, with the debug build
    --chart                               draw docs/performance.svg from earlier results instead

The steps of `test`, in order. With CI=true a skipped step is a failure.",
    );
    for step in &test::STEPS {
        help.push_str(&format!("\n    {:<10}{}", step.name, step.about));
    }
    help
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(arguments: &[&str]) -> bool {
        let arguments: Vec<String> = arguments.iter().map(|a| a.to_string()).collect();
        matches!(dispatch(&arguments), Err(Failure::Usage(_)))
    }

    #[test]
    fn what_is_not_understood_is_a_usage_error() {
        assert!(usage(&[]));
        assert!(usage(&["tset"]));
        assert!(usage(&["test", "sqlight"]));
        assert!(usage(&["test", "--only", "sqlite"]));
        assert!(usage(&["openapi", "--chekc"]));
        assert!(usage(&["shots", "now"]));
        assert!(usage(&["tidy", "now"]));
        assert!(usage(&["bench", "--projects"]));
        assert!(usage(&["bench", "--projects", "none"]));
        assert!(usage(&["bench", "--projects", "0"]));
        assert!(usage(&["bench", "--database", "mysql"]));
        assert!(usage(&["bench", "--quick"]));
    }

    #[test]
    fn help_names_every_step() {
        for step in &test::STEPS {
            assert!(help().contains(&format!("\n    {} ", step.name)), "{}", step.name);
        }
    }
}
