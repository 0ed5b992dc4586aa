//! Accounts and tokens: made on the command line, opening what they may, never kept in clear.

use crate::support::{Caller, Registry};

#[tokio::test]
async fn a_first_start_prints_each_password_once_and_a_second_goes_on() {
    let mut registry = Registry::start().await;
    let first = registry.first_passwords();
    let names: Vec<&str> = first.keys().map(String::as_str).collect();
    let expected =
        ["auditor", "finance", "leader", "registrar", "reviewer", "secadmin", "sysadmin"];
    assert_eq!(names, expected);
    let mut passwords: Vec<&String> = first.values().collect();
    passwords.sort_unstable();
    passwords.dedup();
    assert_eq!(passwords.len(), 7, "each has a password of its own");
    assert!(passwords.iter().all(|password| password.len() >= 16));
    let leader = registry.caller("leader");
    let before = leader.get("/projects?limit=200").await.expect(200);

    registry.kill();
    registry.serve(&[]).await;
    let again = registry.printed();
    assert!(again.contains("shortboard serves http://127.0.0.1:"), "{again}");
    assert_eq!(again.lines().count(), 1, "{again}");
    let leader = registry.caller("leader");
    let after = leader.get("/projects?limit=200").await.expect(200);
    assert_eq!(after.body, before.body);

    let other = Registry::start_with(&["--no-seed"]).await;
    assert_eq!(other.first_passwords().len(), 7);
    assert!(
        other.first_passwords().values().all(|password| !first.values().any(|p| p == password))
    );
}

#[tokio::test]
async fn an_empty_start_has_accounts_and_nothing_else() {
    let mut registry = Registry::start_with(&["--no-seed"]).await;
    let registrar = registry.caller("registrar");
    let list = registrar.get("/projects?count=true").await.expect(200);
    assert_eq!(list.body["count"]["value"], 0);
    for path in ["/targets", "/areas", "/codelists/regions", "/codelists/departments"] {
        let list = registrar.get(path).await.expect(200);
        assert_eq!(list.body["items"], serde_json::json!([]), "{path}");
    }
    let stages = registrar.get("/codelists/stages").await.expect(200);
    assert_eq!(stages.body["items"].as_array().unwrap().len(), 8);
    for proof in [&["audit", "verify"][..], &["check"]] {
        assert_eq!(registry.run(proof).code, 0);
    }
    // Seeds may follow; the accounts stay as they are.
    assert_eq!(registry.run(&["seed"]).code, 0);
    let twice = registry.run(&["seed"]);
    assert!(twice.stdout.contains("0 codes, 0 projects and 0 targets"), "{}", twice.stdout);
    registry.kill();
    registry.serve(&[]).await;
    assert_eq!(registry.printed().lines().count(), 1);
    let leader = registry.caller("leader");
    let list = leader.get("/projects?count=true").await.expect(200);
    assert!(list.body["count"]["value"].as_i64().unwrap() > 60);
}

#[tokio::test]
async fn what_was_seeded_first_is_served_with_accounts() {
    let mut registry = Registry::idle().await;
    assert_eq!(registry.run(&["seed", "--demo", "3"]).code, 0);
    registry.serve(&[]).await;
    assert_eq!(registry.first_passwords().len(), 7, "{}", registry.printed());
}

#[tokio::test]
async fn accounts_are_added_listed_disabled_and_reset() {
    let mut registry = Registry::start().await;
    let refused = |args: &[&str], input: &str, words: &str| {
        let done = registry.run_with_input(args, input);
        assert_eq!((done.code, done.stdout.as_str()), (1, ""), "{args:?}: {}", done.stdout);
        assert!(done.stderr.contains(words), "{args:?}: {}", done.stderr);
        assert_eq!(done.stderr.trim_end().lines().count(), 1, "{}", done.stderr);
    };
    let add = |name, role, scope| ["account", "add", name, "--role", role, "--scope", scope];
    refused(&add("li", "boss", "city"), "", "(registrar)");
    refused(&add("li", "finance", "planet"), "", "region:CODE");
    refused(&add("li", "finance", "region:999999"), "", "999999");
    refused(&add("li", "finance", "group:"), "", "groups");
    refused(&add("", "finance", "city"), "", "no name");
    refused(&add("a b", "finance", "city"), "", "no name");
    refused(&add("operator", "finance", "city"), "", "no name");
    refused(&add("a\u{202e}b", "finance", "city"), "", "no name");
    let long = "n".repeat(65);
    refused(&add(&long, "finance", "city"), "", "no name");
    refused(&add("finance", "leader", "city"), "", "already");
    refused(&["account", "disable", "nobody"], "", "no account nobody");
    refused(&["account", "reset", "nobody"], "", "no account nobody");
    refused(&["token", "issue", "nobody"], "", "no account nobody");
    refused(&["token", "revoke", "99"], "", "no token 99");
    let stdin = |name| ["account", "add", name, "--role", "finance", "--password-stdin"];
    for password in ["", "\n", "short\n", "nine char\n"] {
        refused(&stdin("li"), password, "at least 10");
    }

    // The scope may be given by name; a given password is final, so nothing is printed.
    let added = registry.run_with_input(&stdin("王芳"), "correct horse battery\nmore\n");
    assert_eq!((added.code, added.stdout.as_str()), (0, ""), "{}", added.stderr);
    let named = registry.run(&add("li", "registrar", "region:黑山县"));
    assert_eq!(named.code, 0, "{}", named.stderr);
    assert!(named.stdout.starts_with("li: the first password is "), "{}", named.stdout);
    let list = registry.run(&["account", "list"]).stdout;
    assert!(list.contains("li\tregistrar\tregion:210726\tenabled\n"), "{list}");
    assert!(list.contains("王芳\tfinance\tcity\tenabled\n"), "{list}");
    assert_eq!(list.lines().count(), 9);

    // A first password that must be changed does not hold up tokens; disabling does.
    let li = registry.caller("li");
    li.get("/projects").await.expect(200);
    assert_eq!(registry.run(&["account", "disable", "li"]).code, 0);
    li.get("/projects").await.expect(401);
    assert!(
        registry
            .run(&["account", "list"])
            .stdout
            .contains("li\tregistrar\tregion:210726\tdisabled")
    );
    let reset = registry.run(&["account", "reset", "li"]);
    assert!(reset.stdout.starts_with("li: the new password is "), "{}", reset.stdout);
    assert_ne!(reset.stdout, named.stdout);
    assert!(
        registry.run(&["account", "list"]).stdout.contains("li\tregistrar\tregion:210726\tenabled")
    );
    let told = registry.caller("auditor").get("/audit?chain=registry&limit=9").await.expect(200);
    let actions: Vec<&str> = told.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["subject"] == "li")
        .map(|item| item["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["reset_account", "disable_account", "issue_token", "add_account"]);
}

#[tokio::test]
async fn tokens_are_issued_listed_revoked_and_end() {
    let mut registry = Registry::start().await;
    let issued = registry.run(&["token", "issue", "leader", "--days", "1"]);
    assert_eq!((issued.code, issued.stderr.as_str()), (0, ""));
    let token = issued.stdout.strip_suffix('\n').unwrap();
    assert!(token.len() > 40 && token.bytes().all(|b| b.is_ascii_graphic()), "{token:?}");
    let leader = Caller::new(registry.address(), Some(token.to_owned()));
    leader.get("/projects").await.expect(200);
    for wrong in [&token[..token.len() - 1], &format!("{token}x"), &token.to_lowercase(), "sb_"] {
        let caller = Caller::new(registry.address(), Some(wrong.to_owned()));
        caller.get("/projects").await.expect(401);
    }

    let list = registry.run(&["token", "list"]).stdout;
    let row: Vec<&str> = list.lines().next().unwrap().split('\t').collect();
    assert_eq!((row[1], row[3]), ("leader", "open"));
    assert_eq!(registry.run(&["token", "revoke", row[0]]).code, 0);
    leader.get("/projects").await.expect(401);
    assert!(registry.run(&["token", "list"]).stdout.contains("revoked"));

    let finance = registry.caller("finance");
    finance.get("/projects").await.expect(200);
    assert_eq!(
        registry.database.tamper("UPDATE token SET expires_at = 1 WHERE revoked_at IS NULL").await,
        1
    );
    finance.get("/projects").await.expect(401);
    assert!(
        registry
            .run(&["token", "list"])
            .stdout
            .contains("finance\t1970-01-01T00:00:00.000001Z\texpired")
    );
}

#[tokio::test]
async fn secrets_are_neither_kept_nor_logged_in_clear() {
    let mut registry = Registry::idle().await;
    registry.log_filter = "trace";
    registry.serve(&[]).await;
    let mut secrets: Vec<String> = registry.first_passwords().into_values().collect();
    let given = "correct horse battery staple";
    let args = ["account", "add", "li", "--role", "leader", "--password-stdin"];
    let mut logs = registry.run_with_input(&args, &format!("{given}\n")).stderr;
    let issued = registry.run(&["token", "issue", "li"]);
    logs.push_str(&issued.stderr);
    let token = issued.stdout.trim().to_owned();
    let caller = Caller::new(registry.address(), Some(token.clone()));
    caller.get("/projects?q=a").await.expect(200);
    caller.get("/audit").await.expect(403);
    let reset = registry.run(&["account", "reset", "li"]);
    logs.push_str(&reset.stderr);
    let password = reset.stdout.split("password is ").nth(1).unwrap();
    secrets.extend([given.into(), token, password.split(',').next().unwrap().to_owned()]);
    let auditor = registry.caller("auditor");
    let trail = auditor.get("/audit?limit=200").await.expect(200).body.to_string();

    let file = registry.path("registry.backup");
    assert_eq!(registry.run(&["backup", "-o", file.to_str().unwrap()]).code, 0);
    let mut places = vec![
        ("backup", std::fs::read(&file).unwrap()),
        ("log of the commands", logs.into_bytes()),
        ("log of the server", registry.log().into_bytes()),
        ("trail", trail.into_bytes()),
    ];
    for name in ["it.db", "it.db-wal", "data/signing.key"] {
        places.extend(std::fs::read(registry.path(name)).ok().map(|bytes| ("database", bytes)));
    }
    assert!(places.iter().any(|(name, bytes)| *name == "log of the server" && bytes.len() > 1000));
    for (place, bytes) in places {
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} is in the {place}");
        }
    }
}
