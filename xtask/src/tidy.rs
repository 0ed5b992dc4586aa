//! `cargo xtask tidy`: the rules of style that no other tool knows, as tests over the repository's files.

mod assets;
mod code;
mod decisions;
mod source;
mod text;

use crate::Failure;
use crate::workspace::{Workspace, output};
use source::Source;

/// A rule that one file keeps or breaks.
struct Rule {
    /// What is asked of the file.
    asks: &'static str,
    /// Where it is broken: line and what is there.
    broken: fn(&Source) -> Vec<Breach>,
}

/// A line that breaks a rule, and what is wrong there.
type Breach = (usize, String);

const RULES: &[Rule] = &[
    Rule { asks: "a Rust file opens with `//!` and its purpose", broken: code::no_purpose },
    Rule { asks: "a Rust file has at most 400 lines", broken: code::too_long },
    Rule { asks: "no unwrap and no expect outside tests", broken: code::unwraps },
    Rule { asks: "only crates/store and migrations know SQL", broken: code::knows_sql },
    Rule { asks: "crates/domain does no input or output", broken: code::domain_is_impure },
    Rule { asks: "no mark of unfinished work", broken: text::unfinished },
    Rule { asks: "no tabs, and no white space at the end of a line", broken: text::stray_space },
    Rule { asks: "a file ends with one newline", broken: text::bad_ending },
    Rule { asks: "no path of somebody's machine", broken: text::machine_path },
    Rule { asks: "a page loads scripts and styles from its own server", broken: text::foreign },
    Rule { asks: "pages ask for nothing newer than Chromium 86", broken: assets::too_new },
];

/// Runs all rules.
pub fn command(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    if !arguments.is_empty() {
        return Err(Failure::Usage("`tidy` takes no arguments.".into()));
    }
    Ok(check(workspace)?)
}

/// Fails with every breach if there is one.
pub fn check(workspace: &Workspace) -> Result<(), String> {
    let paths = listed(workspace)?;
    let mut breaches = decisions::misnamed(&paths);
    let mut read = 0;
    for path in &paths {
        if let Some(source) = Source::read(workspace, path)? {
            read += 1;
            breaches.extend(breaches_of(&source));
        }
    }
    if breaches.is_empty() {
        println!("tidy: {read} files, {} rules kept.", RULES.len() + 1);
        return Ok(());
    }
    Err(format!("tidy found {} breaches:\n{}", breaches.len(), breaches.join("\n")))
}

/// What git knows or would add: tracked, or untracked and not ignored.
fn listed(workspace: &Workspace) -> Result<Vec<String>, String> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed = output(workspace.command("git").args(arguments))?;
    let mut paths: Vec<String> =
        listed.split('\0').filter(|path| !path.is_empty()).map(String::from).collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

fn breaches_of(source: &Source) -> Vec<String> {
    let mut told = Vec::new();
    for rule in RULES {
        for (line, what) in (rule.broken)(source) {
            told.push(format!("{}:{line}: {what} ({})", source.path, rule.asks));
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breach_names_file_line_and_rule() {
        let source =
            Source::new("crates/store/src/lib.rs", "//! Store.\n\nfn f() { x.unwrap() }\n");
        assert_eq!(
            breaches_of(&source),
            ["crates/store/src/lib.rs:3: `.unwrap()` (no unwrap and no expect outside tests)"]
        );
        let good = Source::new("crates/store/src/lib.rs", "//! Store.\n");
        assert!(breaches_of(&good).is_empty());
    }
}
