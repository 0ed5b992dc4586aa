//! Rules about Rust code and what crates depend on.

use super::Breach;
use super::source::{Source, lines_with};

const MOST_LINES: usize = 400;

/// The Rust file does not open with `//!`.
pub fn no_purpose(source: &Source) -> Vec<Breach> {
    if !source.is(&[".rs"]) || source.text.starts_with("//! ") {
        return Vec::new();
    }
    vec![(1, "no `//!` sentence".into())]
}

/// The Rust file is too long to be read at a sitting.
pub fn too_long(source: &Source) -> Vec<Breach> {
    let lines = source.text.lines().count();
    if !source.is(&[".rs"]) || lines <= MOST_LINES {
        return Vec::new();
    }
    vec![(MOST_LINES + 1, format!("{lines} lines"))]
}

/// Code that ships may panic.
pub fn unwraps(source: &Source) -> Vec<Breach> {
    let is_test = source.is(&["/tests.rs"]) || source.path.contains("/tests/");
    if is_test || !source.is_in(&["crates/", "migrations/", "xtask/"]) {
        return Vec::new();
    }
    named(&source.shipped, &[".unwrap()", ".expect("])
}

/// SQL leaks out of the store.
pub fn knows_sql(source: &Source) -> Vec<Breach> {
    // The workspace's manifest holds the versions of all; the tests alter rows behind the program's
    // back, through one file, and the benchmark reads them, through another.
    let exempt = [
        "Cargo.toml",
        "tests/Cargo.toml",
        "tests/it/support/database.rs",
        "tests/bench/database.rs",
    ];
    if source.is_in(&["crates/store/", "migrations/"]) || exempt.contains(&source.path.as_str()) {
        return Vec::new();
    }
    let mut breaches =
        named(&source.code, &["sea_orm", "sea_orm_migration", "sea_query", "sqlx", "rusqlite"]);
    breaches.extend(depends_on(source, &["sea-orm", "sea-query", "sqlx", "rusqlite"]));
    breaches
}

/// The domain reaches for the world outside.
pub fn domain_is_impure(source: &Source) -> Vec<Breach> {
    if !source.is_in(&["crates/domain/"]) {
        return Vec::new();
    }
    let mut breaches = named(
        &source.code,
        &["tokio", "axum", "sea_orm", "std::fs", "std::net", "std::env", "SystemTime"],
    );
    breaches.extend(grouped(&source.code, &["fs", "net", "env"]));
    breaches.extend(depends_on(source, &["tokio", "axum", "sea-orm"]));
    breaches
}

fn named(code: &str, words: &[&str]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for word in words {
        breaches.extend(lines_with(code, word).into_iter().map(|line| (line, format!("`{word}`"))));
    }
    breaches
}

/// The modules that `use std::{…}` names in a group.
fn grouped(code: &str, modules: &[&str]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (at, open) in code.match_indices("std::{") {
        let line = code[..at].matches('\n').count() + 1;
        let group = &code[at + open.len()..];
        let end = group.find(';').unwrap_or(group.len());
        for module in modules {
            if !lines_with(&group[..end], module).is_empty() {
                breaches.push((line, format!("`std::{module}`")));
            }
        }
    }
    breaches
}

/// The lines of a manifest that name these packages, or packages that start so.
fn depends_on(source: &Source, packages: &[&str]) -> Vec<Breach> {
    if !source.is(&["/Cargo.toml"]) {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default();
        let words = line.split(|l: char| !(l.is_alphanumeric() || l == '-' || l == '_'));
        for word in words {
            if packages.iter().any(|package| word.replace('_', "-").starts_with(package)) {
                breaches.push((number + 1, format!("`{word}`")));
            }
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines where the rule is broken by a file with this path and text.
    fn lines(rule: fn(&Source) -> Vec<Breach>, path: &str, text: &str) -> Vec<usize> {
        rule(&Source::new(path, text)).into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn a_rust_file_without_purpose_is_found() {
        for bad in ["fn main() {}\n", "// A comment.\n", "\n//! Late.\n", "//!\n", ""] {
            assert_eq!(lines(no_purpose, "tests/it/main.rs", bad), [1], "{bad:?}");
        }
        assert_eq!(lines(no_purpose, "build.rs", "//! Purpose.\n"), []);
        assert_eq!(lines(no_purpose, "README.md", "# Title\n"), []);
    }

    #[test]
    fn a_file_of_401_lines_is_found() {
        assert_eq!(lines(too_long, "a.rs", &"\n".repeat(401)), [401]);
        assert_eq!(lines(too_long, "a.rs", &"\n".repeat(400)), []);
        assert_eq!(lines(too_long, "a.md", &"\n".repeat(401)), []);
    }

    #[test]
    fn unwraps_are_found_outside_tests_alone() {
        let bad = "fn f() {\n    a.unwrap();\n    b\n        .expect(\"c\");\n}\n";
        for path in ["crates/domain/src/a.rs", "migrations/src/lib.rs", "xtask/src/main.rs"] {
            assert_eq!(lines(unwraps, path, bad), [2, 4], "{path}");
        }
        assert_eq!(lines(unwraps, "tests/it/main.rs", bad), []);
        assert_eq!(lines(unwraps, "crates/store/src/tests.rs", bad), []);
        let good = format!(
            "// a.unwrap()\nb.unwrap_or(\".unwrap()\");\n#[cfg(test)]\nmod t {{\n{bad}}}\n"
        );
        assert_eq!(lines(unwraps, "crates/domain/src/a.rs", &good), []);
        let after = format!("{good}c.unwrap();\n");
        assert_eq!(lines(unwraps, "crates/domain/src/a.rs", &after), [11]);
    }

    #[test]
    fn sql_is_found_outside_the_store() {
        let bad = "use sea_orm::Value;\n\nfn f() { sqlx::query }\n";
        assert_eq!(lines(knows_sql, "crates/server/src/a.rs", bad), [1, 3]);
        assert_eq!(lines(knows_sql, "tests/it/a.rs", bad), [1, 3]);
        assert_eq!(lines(knows_sql, "crates/store/src/a.rs", bad), []);
        assert_eq!(lines(knows_sql, "migrations/src/a.rs", bad), []);
        assert_eq!(lines(knows_sql, "crates/server/src/a.rs", "\"sqlx=warn\"; // sqlx\n"), []);
        let bad = "[dependencies]\nsea-orm.workspace = true\na = { package = \"sqlx-core\" }\n";
        assert_eq!(lines(knows_sql, "crates/server/Cargo.toml", bad), [2, 3]);
        assert_eq!(lines(knows_sql, "crates/store/Cargo.toml", bad), []);
        assert_eq!(lines(knows_sql, "Cargo.toml", bad), []);
    }

    #[test]
    fn an_impure_domain_is_found() {
        for bad in [
            "use tokio::spawn;",
            "use axum::Json;",
            "use sea_orm::Value;",
            "std::fs::read(a)",
            "use std::net::IpAddr;",
            "std::env::var(a)",
            "use std::time::SystemTime;",
            "use std::time::{Duration, SystemTime};",
            "use std::{\n    fmt,\n    fs::{self, File},\n};",
            "use std::{env, fmt};",
        ] {
            assert_eq!(lines(domain_is_impure, "crates/domain/src/a.rs", bad), [1], "{bad}");
            assert_eq!(lines(domain_is_impure, "crates/server/src/a.rs", bad), [], "{bad}");
        }
        let good = "use std::{fmt, str};\nuse std::collections::{BTreeMap};\nlet net = 1;\n";
        assert_eq!(lines(domain_is_impure, "crates/domain/src/a.rs", good), []);
        let bad = "# tokio\nserde = \"1\"\ntokio = \"1\"\n";
        assert_eq!(lines(domain_is_impure, "crates/domain/Cargo.toml", bad), [3]);
    }
}
