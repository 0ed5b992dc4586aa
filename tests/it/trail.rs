//! The trail and the versions, after somebody with the database but not the program was at them.

use crate::support::{Registry, sample};
use reqwest::Method;
use serde_json::json;

/// The tables a test tampers with, to be put back as they were.
const KEPT: [&str; 3] = ["audit_record", "project_version", "project"];

/// Registers two projects of five records each; answers their numbers.
async fn written(registry: &mut Registry) -> (i64, i64) {
    let mut ids = Vec::new();
    for name in ["小凌河清淤", "女儿河清淤"] {
        let taken = sample::accepted(registry, sample::body(name)).await;
        let finance = registry.caller("finance");
        let source = json!({"channel": "ppp", "amount": "1000000", "status": "approved",
            "arrived": "400000", "note": "首批"});
        let funded = sample::fund(&finance, &taken, source).await;
        let part = &funded.body["funding"][0]["id"];
        let path = format!("/projects/{}/funding/{part}", funded.id());
        let patch = json!({"arrived": "500000"});
        let done = finance.change(Method::PATCH, &path, funded.version(), patch).await.expect(200);
        assert_eq!(done.version(), 5);
        ids.push(done.id());
    }
    keep(registry).await;
    (ids[0], ids[1])
}

/// Keeps the tables as they are, to be put back.
async fn keep(registry: &Registry) {
    for table in KEPT {
        registry.database.tamper(&format!("DROP TABLE IF EXISTS kept_{table}")).await;
        let copy = format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}");
        registry.database.tamper(&copy).await;
    }
}

async fn put_back(registry: &Registry) {
    for table in KEPT {
        registry.database.tamper(&format!("DELETE FROM {table}")).await;
        let back = format!("INSERT INTO {table} SELECT * FROM kept_{table}");
        assert!(registry.database.tamper(&back).await > 0);
    }
}

/// Statements that put a changed copy of some rows beside them.
fn copied(table: &str, which: &str, change: &str) -> Vec<String> {
    vec![
        format!("CREATE TABLE forged AS SELECT * FROM {table} WHERE {which}"),
        format!("UPDATE forged SET {change}"),
        format!("INSERT INTO {table} SELECT * FROM forged"),
        "DROP TABLE forged".into(),
    ]
}

/// Statements that undo the last change of a project without a trace within its chain.
fn tail_cut(id: i64) -> Vec<String> {
    let never = i64::MAX;
    vec![
        format!("DELETE FROM audit_record WHERE chain = {id} AND seq = 5"),
        format!("DELETE FROM project_version WHERE project_id = {id} AND seq = 5"),
        format!(
            "UPDATE project_version SET recorded_to = {never}, closed_by = NULL \
             WHERE project_id = {id} AND closed_by = 5"
        ),
    ]
}

/// Does it, expects the verification to name the record, and puts everything back.
async fn found(registry: &Registry, what: &str, statements: &[String], place: &str) {
    let mut touched = 0;
    for sql in statements {
        touched += registry.database.tamper(sql).await;
    }
    assert!(touched > 0, "{what}: nothing was tampered with");
    let verified = registry.run(&["audit", "verify"]);
    assert_eq!(verified.code, 1, "{what}: {}", verified.stdout);
    let line = verified.stderr.trim_end();
    assert!(line.starts_with(&format!("shortboard: {place}: ")), "{what}: {line}, not {place}");
    assert_eq!((line.lines().count(), verified.stdout.as_str()), (1, ""), "{what}");
    put_back(registry).await;
}

/// Once everything is put back, everything holds: what was found was what had been done.
fn holds(registry: &Registry) {
    let verified = registry.run(&["audit", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.stderr);
}

#[tokio::test]
async fn a_record_altered_removed_moved_or_inserted_is_named() {
    let mut registry = Registry::start().await;
    let (id, other) = written(&mut registry).await;
    let record = |seq: i64| format!("project:{id} record {seq}");
    let update = |seq: i64, set: &str| {
        vec![format!("UPDATE audit_record SET {set} WHERE chain = {id} AND seq = {seq}")]
    };
    let altered = [
        (1, "body = replace(body, '小凌河清淤', '小凌河')"),
        (4, "body = replace(body, '首批', '次批')"),
        (3, "actor = 'registrar'"),
        (2, "action = 'accept'"),
        (3, "effective_on = '2018-01-11'"),
        (3, "effective_on = NULL"),
        (2, "recorded_at = recorded_at + 1"),
        (2, "epoch = 2"),
        (5, "subject = 'a'"),
        (3, "versions = ''"),
        (3, "prev = ''"),
        (3, "hash = prev"),
        (5, "hash = ''"),
    ];
    for (seq, set) in altered {
        found(&registry, set, &update(seq, set), &record(seq)).await;
    }
    let swapped: Vec<String> = [(2, "seq = 99"), (3, "seq = 2"), (99, "seq = 3")]
        .map(|(a, b)| update(a, b).remove(0))
        .into();
    found(&registry, "two records swapped", &swapped, &record(2)).await;
    for seq in [1, 2, 4] {
        let delete = vec![format!("DELETE FROM audit_record WHERE chain = {id} AND seq = {seq}")];
        found(&registry, "a record removed", &delete, &record(seq)).await;
    }
    // The tail's record alone: its versions bear witness.
    let delete = vec![format!("DELETE FROM audit_record WHERE chain = {id} AND seq = 5")];
    found(&registry, "the last record removed", &delete, &record(4)).await;
    let one = format!("chain = {id} AND seq = 5");
    let inserted = copied("audit_record", &one, "seq = 6, action = 'submit'");
    found(&registry, "a record inserted", &inserted, &record(6)).await;
    let moved = update(2, &format!("chain = {other}, seq = 6"));
    found(&registry, "a record moved to a later chain", &moved, &record(2)).await;
    let moved = vec![format!(
        "UPDATE audit_record SET chain = {id}, seq = 6 WHERE chain = {other} AND seq = 5"
    )];
    found(&registry, "a record moved to an earlier chain", &moved, &record(6)).await;
    let moved = update(5, "chain = 999999, seq = 1");
    found(&registry, "a record moved to a chain of its own", &moved, &record(4)).await;
    let exchanged = [(id, 900_000), (other, id), (900_000, other)]
        .map(|(from, to)| format!("UPDATE audit_record SET chain = {to} WHERE chain = {from}"));
    found(&registry, "two chains exchanged", &exchanged, &record(1)).await;
    let accounts = "action = 'add_account' AND subject = 'finance'".to_owned();
    let role = vec![format!(
        "UPDATE audit_record SET body = replace(body, 'finance', 'leader') WHERE {accounts}"
    )];
    let at = registry.caller("auditor").get("/audit?action=add_account&limit=200").await;
    let items = at.body["items"].as_array().unwrap().iter();
    let seq = items.clone().find(|item| item["subject"] == "finance").unwrap()["seq"].clone();
    found(&registry, "a record of the registry", &role, &format!("registry record {seq}")).await;
    holds(&registry);
}

#[tokio::test]
async fn a_version_altered_removed_or_inserted_is_named() {
    let mut registry = Registry::start().await;
    let (id, other) = written(&mut registry).await;
    let record = |seq: i64| format!("project:{id} record {seq}");
    let altered = [
        "card = replace(card, '小凌河', '大凌河')",
        "total_investment = 1",
        "total_investment = NULL",
        "planned_funding = planned_funding + 1",
        "arrived_funding = 0",
        "stage = 'operation'",
        "stage_since = '2018-01-11'",
        "filing = 'draft'",
        "name = 'a'",
        "search = ''",
        "region = '210702'",
        "author = 'finance'",
        "departments = ',education,'",
        "channels = ''",
        "inferred = NOT inferred",
        "registry_number = 'a'",
        "start_year = 2000",
        "version = 9",
        "updated_at = updated_at - 1",
        "recorded_from = recorded_from - 1",
        "recorded_to = recorded_to - 1",
        "closed_by = 4",
        "effective_to = '9998-12-31'",
        "effective_from = '2018-01-11'",
        "seq = 6",
        "project_id = 999999",
    ];
    for set in altered {
        let sql = format!("UPDATE project_version SET {set} WHERE project_id = {id} AND seq = 5");
        found(&registry, set, &[sql], &record(5)).await;
    }
    let ended = format!("WHERE project_id = {id} AND closed_by = 5");
    let reopened = [format!("UPDATE project_version SET recorded_to = {} {ended}", i64::MAX)];
    found(&registry, "a version opened again", &reopened, &record(4)).await;
    let delete = format!("DELETE FROM project_version WHERE project_id = {id} AND seq = 5");
    found(&registry, "a version removed", &[delete], &record(5)).await;
    let which = format!("project_id = {id} AND seq = 5");
    let inserted = copied("project_version", &which, "effective_from = '2016-01-01'");
    found(&registry, "a version inserted", &inserted, &record(5)).await;
    let inserted = copied("project_version", &which, "seq = 7");
    found(&registry, "a version of no record", &inserted, &record(7)).await;
    let inserted = copied("project_version", &which, "project_id = 999999");
    found(&registry, "a version of no project", &inserted, "project:999999 record 5").await;
    let which = format!("project_id = {other} AND seq = 5");
    let swapped = [
        format!("DELETE FROM project_version WHERE project_id = {id} AND seq = 5"),
        copied("project_version", &which, &format!("project_id = {id}")).join(";"),
    ];
    found(&registry, "another project's version", &swapped, &record(5)).await;
    holds(&registry);
}

#[tokio::test]
async fn what_a_chain_cannot_prove_a_checkpoint_does() {
    let mut registry = Registry::start().await;
    let (id, _) = written(&mut registry).await;
    let file = registry.path("checkpoint.json");
    let file = file.to_str().unwrap();
    assert_eq!(registry.run(&["audit", "checkpoint", "-o", file]).code, 0);
    keep(&registry).await;
    let against = ["audit", "verify", "--checkpoint", file];
    assert_eq!(registry.run(&against).code, 0);

    // Whoever has the public key alone can check it, and nobody with another one.
    let text = std::fs::read_to_string(file).unwrap();
    let checkpoint: serde_json::Value = serde_json::from_str(&text).unwrap();
    let key = checkpoint["public_key"].as_str().unwrap();
    let by_key = |key: &str| registry.run(&[&against[..], &["--public-key", key]].concat());
    assert_eq!(by_key(key).code, 0);
    assert_eq!(by_key(&"00".repeat(32)).code, 1);
    assert_eq!(by_key("none").code, 1);

    let removed = [
        format!("DELETE FROM audit_record WHERE chain = {id}"),
        format!("DELETE FROM project_version WHERE project_id = {id}"),
        format!("DELETE FROM project WHERE id = {id}"),
    ];
    for (what, statements) in [("tail", tail_cut(id)), ("chain", removed.into())] {
        for sql in statements {
            assert!(registry.database.tamper(&sql).await > 0, "{sql}");
        }
        let alone = registry.run(&["audit", "verify"]);
        assert_eq!(alone.code, 0, "a {what} was thought to need a checkpoint: {}", alone.stderr);
        let compared = registry.run(&against);
        assert_eq!(compared.code, 1, "{what}: {}", compared.stdout);
        assert!(
            compared.stderr.starts_with("shortboard: checkpoint record 1: "),
            "{}",
            compared.stderr
        );
        // The current row, or what lists read, still tells of what was cut off.
        assert_eq!(registry.run(&["check"]).code, 1, "{what}");
        put_back(&registry).await;
    }
    assert_eq!(registry.run(&against).code, 0);

    // The registry's own chain speaks of each checkpoint that the database keeps.
    assert_eq!(registry.database.tamper("DELETE FROM checkpoint").await, 1);
    let forgotten = registry.run(&["audit", "verify"]);
    assert_eq!(forgotten.code, 1, "{}", forgotten.stdout);
}

#[tokio::test]
async fn what_belongs_to_no_project_is_checked_too() {
    let mut registry = Registry::start().await;
    registry.caller("leader");
    assert_eq!(registry.run(&["check"]).code, 0);
    for (what, sql) in [
        ("account", "UPDATE account SET role = 'registrar' WHERE name = 'leader'"),
        ("token", "UPDATE token SET account_id = account_id + 1"),
        ("code", "UPDATE code_entry SET entry = REPLACE(entry, '黑山县', '白山县')"),
        ("targets of", "DELETE FROM target WHERE code = (SELECT MIN(code) FROM target)"),
    ] {
        assert!(registry.database.tamper(sql).await > 0, "{sql}");
        let checked = registry.run(&["check"]);
        assert_eq!(checked.code, 1, "{what}: {}", checked.stdout);
        assert!(checked.stderr.contains(&format!("shortboard: {what} ")), "{}", checked.stderr);
    }
}

#[tokio::test]
async fn an_auditor_is_told_the_first_breach() {
    let mut registry = Registry::start().await;
    let (id, _) = written(&mut registry).await;
    let auditor = registry.caller("auditor");
    let holds = auditor.get("/audit/verify").await.expect(200);
    assert_eq!(holds.body["ok"], true);
    assert_eq!(holds.body["breach"], json!(null));
    for count in ["chains", "records", "versions"] {
        assert!(holds.body[count].as_i64().unwrap() > 60, "{}", holds.body);
    }
    let sql = format!("UPDATE audit_record SET actor = 'leader' WHERE chain = {id} AND seq = 2");
    assert_eq!(registry.database.tamper(&sql).await, 1);
    let broken = auditor.get("/audit/verify").await.expect(200);
    assert_eq!(broken.body["ok"], false);
    assert_eq!(broken.body["breach"]["chain"], format!("project:{id}"));
    assert_eq!(broken.body["breach"]["seq"], 2);
}
