//! `cargo xtask test`: every check there is, in order, up to the first that fails.

use std::time::{Duration, Instant};

use crate::postgres::{Cluster, Installation};
use crate::workspace::{Workspace, run};
use crate::{Failure, bench, browser, openapi, tidy};

/// One step of the test command.
pub struct Step {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it does, in a few words.
    pub about: &'static str,
    run: fn(&Workspace, &[String]) -> Result<Outcome, String>,
}

/// How a step ended that did not fail.
enum Outcome {
    Passed,
    Skipped(String),
}

/// What became of a step in this run.
enum Fate {
    Passed(Duration),
    Skipped(String),
    Failed(Duration),
    NotRun,
}

/// The steps, in order.
pub const STEPS: [Step; 9] = [
    Step { name: "format", about: "cargo fmt --check", run: format },
    Step { name: "lint", about: "cargo clippy, warnings denied", run: lint },
    Step { name: "unit", about: "unit, property and store tests", run: unit },
    Step { name: "sqlite", about: "the API tests on SQLite", run: sqlite },
    Step { name: "postgres", about: "the API tests on a throw-away PostgreSQL", run: postgres },
    Step { name: "browser", about: "the pages in Chromium, on SQLite", run: browser },
    Step { name: "bench", about: "the answers of a small benchmark", run: bench },
    Step { name: "openapi", about: "tests/openapi.json is what the program serves", run: openapi },
    Step { name: "tidy", about: "rules of style that no other tool knows", run: tidy },
];

/// Runs the named steps, or all.
pub fn command(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    let (steps, passed_on) = parse(arguments).map_err(Failure::Usage)?;
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    let mut failed = false;
    let mut fates = Vec::new();
    for step in steps {
        if failed {
            fates.push((step, Fate::NotRun));
            continue;
        }
        println!("\n=== {}: {}", step.name, step.about);
        let began = Instant::now();
        let ended = (step.run)(workspace, passed_on);
        let took = began.elapsed();
        fates.push((
            step,
            match ended {
                Ok(Outcome::Passed) => {
                    println!("=== {} passed in {}", step.name, seconds(took));
                    Fate::Passed(took)
                }
                Ok(Outcome::Skipped(why)) if !in_ci => {
                    println!("=== {} skipped: {why}.", step.name);
                    Fate::Skipped(why)
                }
                Ok(Outcome::Skipped(why)) => {
                    println!(
                        "=== {} failed, as a skip is a failure with CI=true: {why}.",
                        step.name
                    );
                    failed = true;
                    Fate::Failed(took)
                }
                Err(why) => {
                    println!("=== {} failed after {}: {why}", step.name, seconds(took));
                    failed = true;
                    Fate::Failed(took)
                }
            },
        ));
    }
    println!("\n=== summary");
    for (step, fate) in &fates {
        println!("{:<10}{}", step.name, told(fate));
    }
    println!("{}", verdict(&fates));
    if failed { Err(Failure::Told) } else { Ok(()) }
}

/// The chosen steps in their order, and what goes to the test programs after `--`.
fn parse(arguments: &[String]) -> Result<(Vec<&'static Step>, &[String]), String> {
    let split = arguments.iter().position(|a| a == "--").unwrap_or(arguments.len());
    let (names, rest) = arguments.split_at(split);
    if let Some(unknown) = names.iter().find(|name| STEPS.iter().all(|s| s.name != **name)) {
        return Err(format!("There is no step `{unknown}`."));
    }
    let chosen = STEPS.iter().filter(|s| names.is_empty() || names.iter().any(|n| n == s.name));
    Ok((chosen.collect(), rest))
}

fn told(fate: &Fate) -> String {
    match fate {
        Fate::Passed(took) => format!("passed   {:>8}", seconds(*took)),
        Fate::Failed(took) => format!("FAILED   {:>8}", seconds(*took)),
        Fate::Skipped(why) => format!("skipped: {why}"),
        Fate::NotRun => "not run".into(),
    }
}

fn verdict(fates: &[(&Step, Fate)]) -> String {
    let names = |wanted: fn(&Fate) -> bool| -> Vec<&str> {
        fates.iter().filter(|(_, fate)| wanted(fate)).map(|(step, _)| step.name).collect()
    };
    let failed = names(|fate| matches!(fate, Fate::Failed(_)));
    let skipped = names(|fate| matches!(fate, Fate::Skipped(_)));
    let passed = names(|fate| matches!(fate, Fate::Passed(_))).len();
    if !failed.is_empty() {
        format!("FAILED: {}.", failed.join(", "))
    } else if passed == 0 {
        format!("NOTHING RAN, skipped: {}.", skipped.join(", "))
    } else if skipped.is_empty() {
        format!("PASSED: {passed} of {} steps, none skipped.", STEPS.len())
    } else {
        format!("PASSED: {passed} of {} steps, but skipped: {}.", STEPS.len(), skipped.join(", "))
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn format(workspace: &Workspace, _: &[String]) -> Result<Outcome, String> {
    if !workspace.cargo_has("fmt") {
        return Ok(absent("cargo fmt", "rustfmt"));
    }
    run(&mut workspace.cargo(&["fmt", "--all", "--check"]))
        .map_err(|why| format!("{why} `cargo fmt --all` mends it."))?;
    Ok(Outcome::Passed)
}

fn lint(workspace: &Workspace, _: &[String]) -> Result<Outcome, String> {
    if !workspace.cargo_has("clippy") {
        return Ok(absent("cargo clippy", "clippy"));
    }
    let what = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    run(&mut workspace.cargo(&what))?;
    Ok(Outcome::Passed)
}

fn absent(command: &str, component: &str) -> Outcome {
    Outcome::Skipped(format!(
        "`{command}` is not installed (`rustup component add {component}` adds it)"
    ))
}

fn unit(workspace: &Workspace, passed_on: &[String]) -> Result<Outcome, String> {
    let what = ["test", "--workspace", "--locked", "--exclude", "shortboard-tests"];
    run(workspace.cargo(&what).args(passed_on))?;
    Ok(Outcome::Passed)
}

fn sqlite(workspace: &Workspace, passed_on: &[String]) -> Result<Outcome, String> {
    suite(workspace, "sqlite", passed_on)
}

fn postgres(workspace: &Workspace, passed_on: &[String]) -> Result<Outcome, String> {
    let installation = match Installation::find_or_install() {
        Ok(installation) => installation,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let cluster = Cluster::start(&installation)?;
    suite(workspace, &cluster.url(), passed_on)
}

/// The tests of the API, on this database.
fn suite(workspace: &Workspace, database: &str, passed_on: &[String]) -> Result<Outcome, String> {
    let program = workspace.build_program()?;
    run(workspace
        .cargo(&["test", "--locked", "-p", "shortboard-tests", "--test", "it"])
        .args(passed_on)
        .env("SHORTBOARD_TEST_DATABASE", database)
        .env("SHORTBOARD_TEST_BIN", program))?;
    Ok(Outcome::Passed)
}

fn browser(workspace: &Workspace, passed_on: &[String]) -> Result<Outcome, String> {
    if let Err(why) = browser::find_or_install(workspace) {
        return Ok(Outcome::Skipped(why));
    }
    browser::test(workspace, passed_on)?;
    Ok(Outcome::Passed)
}

fn bench(workspace: &Workspace, _: &[String]) -> Result<Outcome, String> {
    bench::answers(workspace)?;
    Ok(Outcome::Passed)
}

fn openapi(workspace: &Workspace, _: &[String]) -> Result<Outcome, String> {
    openapi::check(workspace)?;
    Ok(Outcome::Passed)
}

fn tidy(workspace: &Workspace, _: &[String]) -> Result<Outcome, String> {
    tidy::check(workspace)?;
    Ok(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| word.to_string()).collect()
    }

    #[test]
    fn steps_run_in_their_own_order() {
        let words = arguments(&["tidy", "format", "--", "--nocapture"]);
        let (steps, passed_on) = parse(&words).expect("steps");
        assert_eq!(steps.iter().map(|s| s.name).collect::<Vec<_>>(), ["format", "tidy"]);
        assert_eq!(passed_on, ["--", "--nocapture"]);
        assert_eq!(parse(&[]).expect("all").0.len(), STEPS.len());
    }

    #[test]
    fn the_verdict_names_what_failed_and_what_was_skipped() {
        let passed = || Fate::Passed(Duration::ZERO);
        let [format, lint, ..] = &STEPS;
        assert!(verdict(&[(format, passed()), (lint, passed())]).ends_with("none skipped."));
        let skipped = [(format, passed()), (lint, Fate::Skipped("why".into()))];
        assert_eq!(verdict(&skipped), "PASSED: 1 of 9 steps, but skipped: lint.");
        assert_eq!(verdict(&skipped[1..]), "NOTHING RAN, skipped: lint.");
        let failed = [(format, Fate::Failed(Duration::ZERO)), (lint, Fate::NotRun)];
        assert_eq!(verdict(&failed), "FAILED: format.");
    }
}
