//! The README's tour, run as it is printed.

use crate::support::{Registry, program};
use std::process::{Command, Stdio};

#[tokio::test]
async fn the_tour_runs_as_it_is_printed() {
    let registry = Registry::start().await;
    let readme = include_str!("../../README.md");
    let blocks: Vec<&str> = readme
        .split("```sh tour\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert!(blocks.len() >= 7, "the tour has lost its way");
    let script = blocks
        .join("\n")
        .replace("cargo run -q --", &program().display().to_string())
        .replace("tests/fixtures/", concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/"))
        .replace("http://127.0.0.1:8080", registry.address());

    let like = registry.command(&[]);
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &script]).current_dir(like.get_current_dir().unwrap());
    for (name, value) in like.get_envs() {
        match value {
            Some(value) => bash.env(name, value),
            None => bash.env_remove(name),
        };
    }
    let output = bash.stdin(Stdio::null()).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}\n{printed}");

    let lines: Vec<&str> = printed.lines().collect();
    let said = |text: &str| lines.iter().any(|line| line.contains(text));
    assert!(said("\"score\":0.85"), "the landfill of the notice is a likely duplicate");
    assert!(said("\"gap\":\"185000000.00\""), "{printed}");
    assert!(said("missing: Project code"), "{printed}");
    assert!(said("\"stage\":\"construction\",\"stage_since\":\"2018-03-15\""), "{printed}");
    assert!(said("\"counts\":{\"entered\":1}"), "{printed}");
    assert!(said("The trail holds"), "{printed}");
    assert!(said("111 projects are in order"), "{printed}");
}
