//! Importing from the command line, and taking an import back there.

use crate::support::Registry;
use crate::support::import::ledger;
use serde_json::{Value, json};

const HEADER: &str = "项目名称,所在地区,任务领域,责任单位,总投资（万元）";

#[tokio::test]
async fn a_ledger_comes_in_and_goes_again_from_the_command_line() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let file = registry.path("台账.csv");
    let lines =
        ["命令行甲,义县,公共服务供给,市民政局,1200", "命令行乙,义县,公共服务供给,市民政局,9"];
    std::fs::write(&file, ledger(HEADER, &lines)).unwrap();
    let file = file.to_str().unwrap();
    let count = async || {
        let list = registrar.get("/projects?q=命令行&count=true").await.expect(200);
        list.body["count"]["value"].as_i64().unwrap()
    };

    let tried = registry.run(&["import", file, "--as", "registrar", "--dry-run", "--json"]);
    assert_eq!((tried.code, tried.stderr.as_str()), (0, ""));
    let told: Value = serde_json::from_str(&tried.stdout).unwrap();
    assert_eq!((&told["import"]["counts"]["new"], &told["wrong"]), (&json!(2), &json!([])));
    assert_eq!(count().await, 0, "a trial stores nothing");
    let imports = registrar.get("/imports").await.expect(200).body;
    assert_eq!(imports["items"], json!([]), "nor does it leave an import behind");

    let done = registry.run(&["import", file, "--as", "registrar", "--json"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let told: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(told["import"]["state"], "done");
    assert_eq!(count().await, 2);
    let id = told["import"]["id"].to_string();
    let again = registry.run(&["import", file, "--as", "registrar"]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert!(again.stdout.lines().any(|line| line.starts_with("2\t")), "{}", again.stdout);

    let undone = registry.run(&["import", "undo", &id]);
    assert_eq!(undone.code, 0, "{}", undone.stderr);
    assert_eq!(count().await, 0);
    for (args, words) in [
        (vec!["import", "undo", &id], "import"),
        (vec!["import", "undo", "999"], "there is no import 999"),
        (vec!["import", file, "--as", "nobody"], "there is no account nobody"),
        (vec!["import", file, "--as", "leader"], "no right"),
        (vec!["import", "nothing.xlsx", "--as", "registrar"], "nothing.xlsx"),
    ] {
        let refused = registry.run(&args);
        assert_eq!(refused.code, 1, "{args:?} {}", refused.stderr);
        assert!(refused.stderr.contains(words), "{args:?} {}", refused.stderr);
        assert_eq!(refused.stderr.trim_end().lines().count(), 1, "{}", refused.stderr);
    }
    assert_eq!(registry.run(&["import", file]).code, 2);
}

#[tokio::test]
async fn a_ledger_with_errors_stays_out_and_says_where() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let file = registry.path("台账.csv");
    let lines =
        ["命令行甲,义县,公共服务供给,市民政局,1200", "命令行乙,义县,公共服务供给,市民政局,约3亿元"];
    std::fs::write(&file, ledger(HEADER, &lines)).unwrap();
    let file = file.to_str().unwrap();
    let refused = registry.run(&["import", file, "--as", "registrar"]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("row 3 column E"), "{}", refused.stderr);
    let list = registrar.get("/projects?q=命令行&count=true").await.expect(200);
    assert_eq!(list.body["count"]["value"], 0);
    let taken = registry.run(&["import", file, "--as", "registrar", "--leave-out-errors"]);
    assert_eq!(taken.code, 0, "{}", taken.stderr);
    let list = registrar.get("/projects?q=命令行&count=true").await.expect(200);
    assert_eq!(list.body["count"]["value"], 1);
}
