//! Rules about the text of any file.

use super::Breach;
use super::source::{Source, lines_with};

/// Written in halves, so that this file keeps the rule.
const MARKS: [&str; 5] = [
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("X", "XX"),
];

const MACHINE_FOLDERS: [&str; 3] =
    [concat!("/", "root/"), concat!("/", "home/"), concat!("/", "work/")];

const FOREIGN: [&str; 4] = [
    concat!("<script src=\"", "http"),
    concat!("<script src=\"", "//"),
    concat!("<link rel=\"stylesheet\" href=\"", "http"),
    concat!("/", "/cdn"),
];

/// The file says that something is unfinished.
pub fn unfinished(source: &Source) -> Vec<Breach> {
    if !is_written_by_us(source) {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    for mark in MARKS {
        breaches.extend(lines_with(&source.text, mark).into_iter().map(|l| (l, mark.to_string())));
    }
    breaches
}

/// A line has a tab, or white space at its end.
pub fn stray_space(source: &Source) -> Vec<Breach> {
    if !source.is(&[".rs", ".md", ".toml"]) {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    for (number, line) in source.text.split('\n').enumerate() {
        if line.contains('\t') {
            breaches.push((number + 1, "a tab".into()));
        } else if line.ends_with(char::is_whitespace) {
            breaches.push((number + 1, "white space at the end".into()));
        }
    }
    breaches
}

/// The file does not end with one newline.
pub fn bad_ending(source: &Source) -> Vec<Breach> {
    let text = &source.text;
    let last = text.lines().count();
    if text.is_empty() || text.ends_with('\n') && !text.ends_with("\n\n") && text != "\n" {
        return Vec::new();
    }
    let what = if text.ends_with('\n') { "empty lines at the end" } else { "no newline" };
    vec![(last, what.into())]
}

/// The file names a folder that other machines do not have.
pub fn machine_path(source: &Source) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        for folder in MACHINE_FOLDERS {
            let is_absolute = |(at, _): (usize, &str)| {
                let before = line[..at].chars().next_back();
                !before.is_some_and(|l| l.is_alphanumeric() || "_-.~*{}/".contains(l))
            };
            if line.match_indices(folder).any(is_absolute) {
                breaches.push((number + 1, format!("`{folder}`")));
            }
        }
    }
    breaches
}

/// A page loads a script or a style from another server.
pub fn foreign(source: &Source) -> Vec<Breach> {
    if !source.is(&[".html"]) && !source.path.contains("/templates/") {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        for start in FOREIGN.iter().filter(|start| line.contains(**start)) {
            breaches.push((number + 1, format!("`{start}`")));
        }
    }
    breaches
}

/// Whether people write the file, by its name; data and generated files are not.
fn is_written_by_us(source: &Source) -> bool {
    source.is(&[".rs", ".md", ".toml", ".html", ".css", ".js", ".sql", ".sh", ".yml", ".ci/run"])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines where the rule is broken by a file with this path and text.
    fn lines(rule: fn(&Source) -> Vec<Breach>, path: &str, text: &str) -> Vec<usize> {
        rule(&Source::new(path, text)).into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn marks_of_unfinished_work_are_found() {
        for mark in MARKS {
            let bad = format!("a\n// {mark} b\n");
            for path in ["crates/a.rs", "README.md", "assets/a.css", ".ci/run"] {
                assert_eq!(lines(unfinished, path, &bad), [2], "{path}: {bad}");
            }
            assert_eq!(lines(unfinished, "seeds/a.csv", &bad), []);
            assert_eq!(lines(unfinished, "a.rs", &format!("a{mark} 项{mark}")), []);
        }
    }

    #[test]
    fn tabs_and_white_space_at_line_ends_are_found() {
        let bad = ["a \n", "a\u{3000}\n", "a\r\n", "\ta\n"].concat();
        assert_eq!(lines(stray_space, "a.rs", &bad), [1, 2, 3, 4]);
        assert_eq!(lines(stray_space, "a.md", "a  \nb\n"), [1]);
        assert_eq!(lines(stray_space, "a.toml", "a\n  b\n\n"), []);
        assert_eq!(lines(stray_space, "a.csv", &bad), []);
    }

    #[test]
    fn a_file_that_does_not_end_with_one_newline_is_found() {
        assert_eq!(lines(bad_ending, "a.csv", "a\nb"), [2]);
        assert_eq!(lines(bad_ending, "a.csv", "a\n\n"), [2]);
        assert_eq!(lines(bad_ending, "a.csv", "\n"), [1]);
        assert_eq!(lines(bad_ending, "a.csv", "a\n"), []);
        assert_eq!(lines(bad_ending, "a.csv", ""), []);
    }

    #[test]
    fn paths_of_a_machine_are_found() {
        for folder in MACHINE_FOLDERS {
            let bad = format!("a\nfile:{folder}b\n\"{folder}\"\n{folder}\n");
            assert_eq!(lines(machine_path, "seeds/a.json", &bad), [2, 3, 4], "{folder}");
            let good = format!("https://a.example{folder} ..{folder} ~{folder}\n");
            assert_eq!(lines(machine_path, "a.md", &good), [], "{folder}");
        }
    }

    #[test]
    fn scripts_of_another_server_are_found() {
        for start in FOREIGN {
            let bad = format!("<head>\n{start}.example/a.js\"></script>\n");
            let found = lines(foreign, "crates/server/templates/base.html", &bad);
            assert!(found.contains(&2), "{start}");
            assert_eq!(lines(foreign, "docs/a.md", &bad), [], "{start}");
        }
        let good = "<script src=\"/assets/a.js\"></script>\n";
        assert_eq!(lines(foreign, "crates/server/templates/base.html", good), []);
    }
}
