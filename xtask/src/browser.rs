//! The tests in a browser: Chromium from Debian, axe-core from npm, and the pictures of all pages.

use std::path::Path;
use std::process::Command;

use crate::workspace::{Workspace, output, run};
use crate::{Failure, debian};

/// What finds faults of accessibility, exactly this version; npm checks what it gets.
const AXE: &str = "axe-core@4.14.1";

/// Browsers at a time: each takes half a gigabyte.
const THREADS: &str = "2";

/// Programs and the packages that bring them, with letters for Chinese.
const PACKAGES: [(&str, &str); 2] = [("chromium", "chromium"), ("chromedriver", "chromium-driver")];
const LETTERS: [&str; 2] = ["fontconfig", "fonts-noto-cjk"];

/// Finds what the tests need, or installs it where that may be done. The error says what is missing.
pub fn find_or_install(workspace: &Workspace) -> Result<(), String> {
    let mut missing: Vec<&str> = PACKAGES
        .iter()
        .filter(|(program, _)| output(Command::new(program).arg("--version")).is_err())
        .map(|(_, package)| *package)
        .collect();
    if !has_chinese_letters() {
        missing.extend(LETTERS);
    }
    if !missing.is_empty() {
        debian::install(&missing)
            .map_err(|why| format!("{} was not found, and {why}", missing.join(" and ")))?;
    }
    fetch_axe(&workspace.target_folder()?.join("browser/npm"))
}

/// Runs the tests, with what cargo is to pass on.
pub fn test(workspace: &Workspace, passed_on: &[String]) -> Result<(), String> {
    drive(workspace, passed_on)
}

/// Takes pictures of every page.
pub fn shots(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    if !arguments.is_empty() {
        return Err(Failure::Usage("`shots` takes no arguments.".into()));
    }
    find_or_install(workspace).map_err(|why| format!("No pictures: {why}."))?;
    let one = ["--", "--ignored", "--exact", "shots::shots", "--nocapture"];
    Ok(drive(workspace, &one.map(String::from))?)
}

fn drive(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    let program = workspace.build_program()?;
    run(workspace
        .cargo(&["test", "--locked", "-p", "shortboard-tests", "--test", "browser"])
        .args(arguments)
        .env("RUST_TEST_THREADS", THREADS)
        .env("SHORTBOARD_TEST_DATABASE", "sqlite")
        .env("SHORTBOARD_TEST_BIN", program))
}

/// Without them pages are full of boxes, and their lines break elsewhere.
fn has_chinese_letters() -> bool {
    output(Command::new("fc-list").args([":lang=zh", "file"])).is_ok_and(|list| !list.is_empty())
}

/// Has npm put axe-core into the folder, unless it lies there.
fn fetch_axe(folder: &Path) -> Result<(), String> {
    let (name, version) = AXE.split_once('@').unwrap_or((AXE, ""));
    let manifest = folder.join("node_modules").join(name).join("package.json");
    let there = std::fs::read_to_string(manifest).unwrap_or_default();
    if there.contains(&format!("\"version\": \"{version}\"")) {
        return Ok(());
    }
    if output(Command::new("npm").arg("--version")).is_err() {
        debian::install(&["npm"]).map_err(|why| format!("npm was not found, and {why}"))?;
    }
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(folder);
    output(npm.arg(AXE)).map(|_| ()).map_err(|why| format!("{AXE} was not fetched: {why}"))
}
