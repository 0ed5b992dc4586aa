//! What else keeps the registry honest: the check of its current rows, checkpoints as files, the
//! trail as auditors read it.

use crate::support::{Registry, sample};
use serde_json::{Value, json};

/// A funded project and its number.
async fn funded(registry: &mut Registry) -> i64 {
    let taken = sample::accepted(registry, sample::body("小凌河清淤")).await;
    let source = json!({"channel": "ppp", "amount": "1000000", "status": "approved",
        "arrived": "400000"});
    sample::fund(&registry.caller("finance"), &taken, source).await.id()
}

#[tokio::test]
async fn a_current_row_that_is_not_its_newest_version_is_found() {
    let mut registry = Registry::start().await;
    let id = funded(&mut registry).await;
    let checked = registry.run(&["check"]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    registry.database.tamper("CREATE TABLE kept AS SELECT * FROM project").await;

    let update = |set: &str| vec![format!("UPDATE project SET {set} WHERE id = {id}")];
    let mut cases: Vec<Vec<String>> = [
        "total_investment = total_investment + 1",
        "total_investment = NULL",
        "planned_funding = planned_funding - 1",
        "arrived_funding = planned_funding",
        "stage = 'construction'",
        "stage_since = '2018-01-09'",
        "filing = 'draft'",
        "inferred = NOT inferred",
        "name = 'a'",
        "search = ''",
        "region = '210702'",
        "departments = ',education,'",
        "channels = ''",
        "author = 'finance'",
        "start_year = 1999",
        "version = 9",
        "updated_at = 1",
        "registry_number = 'a'",
        "card = replace(card, '385000000.00', '385000001.00')",
    ]
    .map(update)
    .into();
    cases.push(vec![format!("DELETE FROM project WHERE id = {id}")]);
    for sql in cases {
        assert_eq!(registry.database.tamper(&sql[0]).await, 1, "{sql:?}");
        let checked = registry.run(&["check"]);
        assert_eq!(checked.code, 1, "{sql:?}: {}", checked.stdout);
        let named = format!("shortboard: project {id}: ");
        assert!(checked.stderr.starts_with(&named), "{sql:?}: {}", checked.stderr);
        assert_eq!(checked.stderr.lines().count(), 1, "{}", checked.stderr);
        registry.database.tamper("DELETE FROM project").await;
        registry.database.tamper("INSERT INTO project SELECT * FROM kept").await;
    }
    let surplus = [
        "CREATE TABLE forged AS SELECT * FROM project WHERE id = 1",
        "UPDATE forged SET id = 999999, registry_number = 'forged'",
        "INSERT INTO project SELECT * FROM forged",
    ];
    for sql in surplus {
        registry.database.tamper(sql).await;
    }
    let checked = registry.run(&["check"]);
    assert_eq!(checked.code, 1);
    assert!(checked.stderr.contains("project 999999"), "{}", checked.stderr);
    // Many at once are told, and not without end.
    registry.database.tamper("UPDATE project SET name = 'a'").await;
    let checked = registry.run(&["check"]);
    assert_eq!((checked.code, checked.stderr.lines().count()), (1, 20));
}

#[tokio::test]
async fn only_the_registrys_own_checkpoints_count() {
    let mut registry = Registry::start().await;
    funded(&mut registry).await;
    let path = |name: &str| registry.path(name).to_str().unwrap().to_owned();
    let (first, second) = (path("first.json"), path("second.json"));
    assert_eq!(registry.run(&["audit", "checkpoint", "-o", &first]).code, 0);
    let verify = |file: &str| registry.run(&["audit", "verify", "--checkpoint", file]);
    let finance = registry.run(&["token", "issue", "finance"]);
    assert_eq!(finance.code, 0);
    assert_eq!(verify(&first).code, 0, "{}", verify(&first).stderr);
    assert_eq!(registry.run(&["audit", "checkpoint", "-o", &second]).code, 0);
    assert_eq!(registry.run(&["token", "issue", "finance"]).code, 0);
    for file in [&first, &second] {
        let verified = verify(file);
        assert_eq!(verified.code, 0, "{}", verified.stderr);
        assert!(verified.stdout.contains("and the checkpoint"), "{}", verified.stdout);
    }

    let text = std::fs::read_to_string(&first).unwrap();
    let whole: Value = serde_json::from_str(&text).unwrap();
    let forged = path("forged.json");
    let records = whole["records"].as_i64().unwrap();
    let key = whole["public_key"].as_str().unwrap();
    let changes = [
        ("epoch", json!(2)),
        ("records", json!(records - 1)),
        ("chains", json!(1)),
        ("heads", json!("0".repeat(64))),
        ("made_at", json!("2020-01-01T00:00:00Z")),
        ("signature", json!("0".repeat(128))),
        ("signature", json!("")),
        (
            "public_key",
            json!(format!("{}{}", if key.starts_with('0') { '1' } else { '0' }, &key[1..])),
        ),
        ("public_key", json!("x")),
    ];
    for (field, value) in changes {
        let mut changed = whole.clone();
        changed[field] = value;
        std::fs::write(&forged, changed.to_string()).unwrap();
        let verified = verify(&forged);
        assert_eq!(verified.code, 1, "{field}: {}", verified.stdout);
        assert!(verified.stderr.contains("not signed by this registry's key"), "{field}");
    }
    for text in ["", "{}", "checkpoint", "[]"] {
        std::fs::write(&forged, text).unwrap();
        let verified = verify(&forged);
        assert_eq!(verified.code, 1);
        assert!(verified.stderr.contains("forged.json is no checkpoint"), "{}", verified.stderr);
    }
    let missing = verify(&path("missing.json"));
    assert_eq!(missing.code, 1);
    assert!(missing.stderr.contains("missing.json"), "{}", missing.stderr);

    // Whoever has the database but not the key signs with another one.
    let other = path("other");
    let command = |args: &[&str]| {
        let mut command = registry.command(args);
        command.env("SHORTBOARD_DATA_DIR", &other).output().unwrap()
    };
    let stranger = command(&["audit", "verify", "--checkpoint", &first]);
    let told = String::from_utf8(stranger.stderr).unwrap();
    assert!(stranger.status.code() == Some(1) && told.contains("key is not in"), "{told}");
    assert!(command(&["audit", "checkpoint", "-o", &forged]).status.success());
    let verified = verify(&forged);
    assert_eq!(verified.code, 1, "signed by another key: {}", verified.stdout);

    let key = std::fs::metadata(registry.path("data/signing.key")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&key.permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn auditors_read_the_trail_page_by_page() {
    let mut registry = Registry::start().await;
    let id = funded(&mut registry).await;
    let auditor = registry.caller("auditor");
    let items = |body: &Value| body["items"].as_array().unwrap().clone();

    let chain = auditor.get(&format!("/audit?chain=project:{id}")).await.expect(200);
    let told: Vec<_> = items(&chain.body)
        .iter()
        .map(|item| (item["seq"].as_i64().unwrap(), item["action"].clone(), item["actor"].clone()))
        .collect();
    let expected = [
        (4, json!("add_funding"), json!("finance")),
        (3, json!("accept"), json!("reviewer")),
        (2, json!("submit"), json!("registrar")),
        (1, json!("register"), json!("registrar")),
    ];
    assert_eq!(told, expected);
    let accepted = &items(&chain.body)[1];
    assert_eq!(accepted["effective_on"], "2018-01-10");
    assert_eq!(accepted["prev"], items(&chain.body)[2]["hash"]);

    let whole = auditor.get("/audit?limit=200").await.expect(200);
    assert_eq!(whole.body["next"], json!(null), "more than one page of records");
    let mut paged = Vec::new();
    let mut cursor = String::new();
    while paged.len() < 1000 {
        let page = auditor.get(&format!("/audit?limit=7{cursor}")).await.expect(200);
        assert!(items(&page.body).len() <= 7);
        paged.extend(items(&page.body));
        match page.body["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, items(&whole.body));
    let time = |item: &Value| item["recorded_at"].as_str().unwrap().parse().unwrap();
    let times: Vec<jiff::Timestamp> = paged.iter().map(time).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "newest first");

    let by = |query: &str| {
        let (auditor, path) = (auditor.clone(), format!("/audit?limit=200&{query}"));
        async move { items(&auditor.get(&path).await.expect(200).body) }
    };
    let of_finance = by("actor=finance").await;
    assert_eq!(of_finance.len(), 1);
    assert_eq!(of_finance[0]["chain"], format!("project:{id}"));
    let registry_chain = by("chain=registry").await;
    assert!(registry_chain.iter().all(|item| item["chain"] == "registry"));
    let issued = by("chain=registry&action=issue_token&actor=operator").await;
    assert!(issued.len() >= 4 && issued.len() < registry_chain.len());
    assert_eq!(by("actor=nobody").await, [Value::Null; 0]);
    assert_eq!(by("chain=project:999999").await, [Value::Null; 0]);

    let wrong = [
        "chain=project:x",
        "chain=0",
        "chain=project:-1",
        "cursor=1.2",
        "cursor=a.b.c",
        "limit=0",
        "cursor=99999999999999999999.1.1",
        "actor=%00",
        "action=a%0ab",
    ];
    for query in wrong {
        let refused = auditor.get(&format!("/audit?{query}")).await.expect(422);
        let name = query.split('=').next().unwrap();
        assert_eq!(refused.pointers(), [format!("/{name}")], "{query}");
    }
}
