//! `cargo xtask openapi`: the API's description, held fixed by a file that reviewers read.

use std::fs;

use crate::Failure;
use crate::workspace::{Workspace, output};

const FILE: &str = "tests/openapi.json";
const HOW_TO_UPDATE: &str =
    "If the change is meant, `cargo xtask openapi` writes the file anew; commit it.";
const LINES_SHOWN: usize = 5;
const WIDTH_SHOWN: usize = 160;

/// Writes the file, or with `--check` compares it.
pub fn command(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    match arguments {
        [] => {
            let described = describe(workspace)?;
            fs::write(workspace.path(FILE), described)
                .map_err(|error| format!("{FILE} could not be written: {error}."))?;
            println!("Wrote {FILE}.");
        }
        [flag] if flag == "--check" => {
            check(workspace)?;
            println!("{FILE} is what the program serves.");
        }
        _ => return Err(Failure::Usage("`openapi` takes `--check` or nothing.".into())),
    }
    Ok(())
}

/// Fails with the first differing lines if the file is not what the program serves.
pub fn check(workspace: &Workspace) -> Result<(), String> {
    let described = describe(workspace)?;
    let stored = fs::read_to_string(workspace.path(FILE))
        .map_err(|error| format!("{FILE} could not be read: {error}. {HOW_TO_UPDATE}"))?;
    match difference(&stored, &described) {
        None => Ok(()),
        Some(difference) => {
            Err(format!("{FILE} is not what the program serves.\n{difference}\n{HOW_TO_UPDATE}"))
        }
    }
}

/// The description that the program prints, ending with one newline.
fn describe(workspace: &Workspace) -> Result<String, String> {
    let program = workspace.build_program()?;
    let printed = output(workspace.command(program).arg("openapi"))?;
    Ok(format!("{}\n", printed.trim_end()))
}

/// The first differing lines: `-` as stored, `+` as served.
fn difference(stored: &str, served: &str) -> Option<String> {
    if stored == served {
        return None;
    }
    let stored: Vec<&str> = stored.split('\n').collect();
    let served: Vec<&str> = served.split('\n').collect();
    let same = stored.iter().zip(&served).take_while(|(a, b)| a == b).count();
    let mut told = format!("From line {}:", same + 1);
    for (sign, lines) in [('-', &stored), ('+', &served)] {
        for line in lines.iter().skip(same).take(LINES_SHOWN) {
            told.push_str(&format!("\n  {sign} {}", shortened(line)));
        }
    }
    Some(told)
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(WIDTH_SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(difference("{\n}\n", "{\n}\n"), None);
    }

    #[test]
    fn the_first_differing_lines_are_shown() {
        let told = difference("{\n1\n2\n}\n", "{\n1\n3\n}\n").expect("a difference");
        assert!(told.starts_with("From line 3:\n  - 2\n"), "{told}");
        assert!(told.contains("\n  + 3\n"), "{told}");
    }

    #[test]
    fn a_missing_last_newline_and_an_added_line_are_differences() {
        assert!(difference("{}", "{}\n").is_some());
        assert!(difference("{\n", "{\n}\n").is_some_and(|told| told.contains("+ }")));
    }

    #[test]
    fn long_lines_are_cut_between_letters() {
        let line = "项".repeat(WIDTH_SHOWN + 1);
        assert_eq!(shortened(&line).chars().count(), WIDTH_SHOWN + 1);
        assert!(shortened(&line).ends_with('…'));
    }
}
