//! Backups: taken while the registry serves, whole, and put back into an empty database alone.

use crate::support::{Caller, Output, Registry, sample};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn restore(registry: &Registry, file: &Path) -> Output {
    registry.run(&["restore", file.to_str().unwrap()])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_while_serving_is_the_registry() {
    let mut registry = Registry::start().await;
    let taken = sample::accepted(&mut registry, sample::body("备份中的项目")).await;
    sample::fund(&registry.caller("finance"), &taken, json!({"channel": "ppp", "amount": 5})).await;
    let token = registry.run(&["token", "issue", "leader"]).stdout.trim().to_owned();
    let file = registry.path("registry.backup");

    let (registrar, stop) = (registry.caller("registrar"), Arc::new(AtomicBool::new(false)));
    let until = Arc::clone(&stop);
    let writer = tokio::spawn(async move {
        let mut number = 0;
        while !until.load(Ordering::Relaxed) {
            let body = sample::body(&format!("备份时的项目{number}"));
            registrar.post("/projects", body).await.expect(201);
            number += 1;
        }
        number
    });
    let backup = registry.run(&["backup", "-o", file.to_str().unwrap()]);
    stop.store(true, Ordering::Relaxed);
    assert_eq!(backup.code, 0, "{}", backup.stderr);
    assert!(writer.await.unwrap() > 0, "nobody wrote while the backup was taken");
    assert!(!registry.path("registry.backup.partial").exists());

    let mut restored = Registry::idle().await;
    let done = restore(&restored, &file);
    assert_eq!(done.code, 0, "{}", done.stderr);
    for proof in [&["audit", "verify"][..], &["check"]] {
        let proof = restored.run(proof);
        assert_eq!(proof.code, 0, "{}", proof.stderr);
    }
    restored.serve(&[]).await;
    assert!(!restored.printed().contains("password"), "{}", restored.printed());
    // The same token opens the same lists.
    let here = Caller::new(registry.address(), Some(token.clone()));
    let there = Caller::new(restored.address(), Some(token));
    for path in [
        "/projects?limit=200&count=true",
        "/summary?by=stage,channel",
        "/targets",
        "/areas",
        "/projects?limit=200&as_of=2018-01-09",
        "/changes?from=2017-01-01",
        "/codelists/regions",
    ] {
        assert_eq!(there.get(path).await.expect(200).body, here.get(path).await.expect(200).body);
    }
    let history = format!("/projects/{}/history", taken.id());
    assert_eq!(there.get(&history).await.expect(200).body, here.get(&history).await.body);
    let officer = restored.account("officer", "registrar", "city");
    officer.post("/projects", sample::body("恢复之后")).await.expect(201);
    let full = restore(&restored, &file);
    assert_eq!(full.code, 1);
    assert!(full.stderr.contains("is not empty"), "{}", full.stderr);

    // The other way to keep it: a file, whatever the database was.
    let moved = format!("sqlite://{}", registry.path("moved.db").display());
    let done = registry.run(&["restore", file.to_str().unwrap(), "--database", &moved]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let verified = registry.run(&["audit", "verify", "--database", &moved]);
    assert_eq!(verified.code, 0, "{}", verified.stderr);
    let again = registry.path("again.backup");
    let done = registry.run(&["backup", "-o", again.to_str().unwrap(), "--database", &moved]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let rows = |path: &Path| {
        let text = std::fs::read_to_string(path).unwrap();
        let mut lines: Vec<String> =
            text.lines().filter(|line| line.starts_with('[')).map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    assert!(rows(&again) == rows(&file), "moved to another database, it is not the same");
}

#[tokio::test]
async fn what_is_no_whole_backup_is_refused_and_leaves_nothing() {
    let registry = Registry::start().await;
    let file = registry.path("registry.backup");
    assert_eq!(registry.run(&["backup", "-o", file.to_str().unwrap()]).code, 0);
    let whole = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let without = |from: usize, to: usize| [&lines[..from], &lines[to..]].concat().join("\n");
    let last = lines.len() - 1;
    let row = lines.iter().position(|line| line.starts_with('[')).unwrap();

    let empty = Registry::idle().await;
    let broken = empty.path("broken.backup");
    let cases = [
        ("its last line is missing", without(last, last + 1)),
        ("cut in the middle", without(lines.len() / 2, last + 1)),
        ("cut within a line", whole[..whole.floor_char_boundary(whole.len() / 2)].to_owned()),
        ("only its first line", lines[0].to_owned()),
        ("a row is missing", without(row, row + 1)),
        ("a row is there twice", [&lines[..=row], &lines[row..]].concat().join("\n")),
        ("empty", String::new()),
        ("something else", "PK\u{3}\u{4}".to_owned()),
        ("a row of too few values", whole.replacen(lines[row], "[1]", 1)),
        ("of a later version", whole.replacen("m0001", "m9999", 1)),
        ("of a table there is none of", whole.replacen("\"target\"", "\"goal\"", 1)),
    ];
    for (what, text) in cases {
        std::fs::write(&broken, text).unwrap();
        let refused = restore(&empty, &broken);
        assert_eq!(refused.code, 1, "{what}: {}", refused.stdout);
        assert!(refused.stderr.starts_with("shortboard: "), "{what}: {}", refused.stderr);
        assert_eq!(refused.stderr.lines().count(), 1, "{what}: {}", refused.stderr);
    }
    std::fs::write(&broken, b"\xff\xfe\x00").unwrap();
    assert_eq!(restore(&empty, &broken).code, 1);
    let missing = restore(&empty, &empty.path("missing"));
    assert!(missing.code == 1 && missing.stderr.contains("missing"), "{}", missing.stderr);
    // None of it stayed: the whole one still finds an empty place.
    let done = restore(&empty, &file);
    assert_eq!(done.code, 0, "{}", done.stderr);

    // Whoever alters a row of a backup is found out as in the database.
    let other = Registry::idle().await;
    std::fs::write(&broken, whole.replacen("朝凌客专", "朝凌高铁", 1)).unwrap();
    let altered = restore(&other, &broken);
    assert_eq!(altered.code, 1);
    assert!(altered.stderr.contains("record 1: the record was altered"), "{}", altered.stderr);
}

#[tokio::test]
async fn a_backup_says_what_keeps_it_from_being_written() {
    let registry = Registry::start().await;
    let nowhere = registry.path("no/such/folder/registry.backup");
    let refused = registry.run(&["backup", "-o", nowhere.to_str().unwrap()]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("no/such/folder"), "{}", refused.stderr);
    let nothing = format!("sqlite://{}", registry.path("nothing.db").display());
    let refused = registry.run(&["backup", "-o", "x.backup", "--database", &nothing]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("there is no database"), "{}", refused.stderr);
    assert!(!registry.path("x.backup").exists() && !registry.path("nothing.db").exists());
}
