//! The command line: help, exit codes, one sentence for what went wrong, settings.

use crate::support::{Output, Registry};

/// Every command, with what it takes at least.
const COMMANDS: [&[&str]; 24] = [
    &["serve"],
    &["migrate"],
    &["migrate", "status"],
    &["migrate", "up"],
    &["seed"],
    &["account"],
    &["account", "add"],
    &["account", "list"],
    &["account", "disable"],
    &["account", "reset"],
    &["token"],
    &["token", "issue"],
    &["token", "list"],
    &["token", "revoke"],
    &["audit"],
    &["audit", "verify"],
    &["audit", "checkpoint"],
    &["backup"],
    &["restore"],
    &["check"],
    &["ledger"],
    &["ledger", "read"],
    &["openapi"],
    &[],
];

/// The command failed with one sentence that holds the words.
#[track_caller]
fn fails(done: &Output, words: &str) {
    assert_eq!(done.code, 1, "{words}: {}{}", done.stdout, done.stderr);
    assert!(done.stderr.starts_with("shortboard: "), "{}", done.stderr);
    assert!(done.stderr.contains(words), "no {words:?} in {}", done.stderr);
    assert_eq!(done.stderr.trim_end().lines().count(), 1, "{}", done.stderr);
}

#[tokio::test]
async fn every_command_helps_and_refuses_what_it_does_not_take() {
    let registry = Registry::idle().await;
    for command in COMMANDS {
        let help = registry.run(&[command, &["--help"]].concat());
        assert_eq!(help.code, 0, "{command:?}: {}", help.stderr);
        assert!(help.stdout.contains("Usage: shortboard"), "{command:?}: {}", help.stdout);
        for option in ["--database", "--config"] {
            assert!(help.stdout.contains(option), "{command:?} has no {option}");
        }
        let wrong = registry.run(&[command, &["--frobnicate"]].concat());
        assert_eq!(wrong.code, 2, "{command:?}: {}", wrong.stderr);
        assert!(wrong.stderr.contains("--frobnicate"), "{}", wrong.stderr);
    }
    let wrong: [&[&str]; 12] = [
        &["frobnicate"],
        &["account"],
        &["account", "add", "li"],
        &["account", "disable"],
        &["token", "issue"],
        &["token", "issue", "li", "--days", "0"],
        &["token", "issue", "li", "--days", "many"],
        &["token", "revoke", "x"],
        &["backup"],
        &["migrate", "down"],
        &["serve", "--listen", "somewhere"],
        &["serve", "--no-seed", "--seeds", "x"],
    ];
    for command in wrong {
        let done = registry.run(command);
        assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{command:?}: {}", done.stderr);
    }
    assert_eq!(registry.run(&["--version"]).stdout, "shortboard 0.1.0\n");
}

#[tokio::test]
async fn a_command_without_a_database_says_so_and_makes_none() {
    let registry = Registry::idle().await;
    let path = registry.path("nothing/here.db");
    let nothing = format!("sqlite://{}", path.display());
    let commands: [&[&str]; 10] = [
        &["check"],
        &["migrate", "status"],
        &["audit", "verify"],
        &["audit", "checkpoint", "-o", "x"],
        &["backup", "-o", "x"],
        &["account", "list"],
        &["account", "add", "li", "--role", "finance"],
        &["account", "disable", "li"],
        &["token", "issue", "li"],
        &["token", "list"],
    ];
    for command in commands {
        fails(&registry.run(&[command, &["--database", &nothing]].concat()), "no database at");
        assert!(!path.exists(), "{command:?} made one");
    }
    // One that is there but empty is of no version yet.
    let status = registry.run(&["migrate", "status", "--database", registry.database.url()]);
    if registry.database.is_postgres() {
        assert_eq!((status.code, status.stdout.as_str()), (0, steps("pending").as_str()));
        fails(&registry.run(&["check"]), "shortboard migrate");
    }
    for _ in 0..2 {
        let up = registry.run(&["migrate", "up"]);
        assert_eq!((up.code, up.stdout.as_str()), (0, steps("done").as_str()), "{}", up.stderr);
    }
    let status = registry.run(&["migrate", "status"]);
    assert_eq!((status.code, status.stdout.as_str()), (0, steps("done").as_str()));
    assert_eq!(registry.run(&["check"]).code, 0);

    // One of a later version is left alone.
    let later = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 1)";
    registry.database.tamper(later).await;
    for command in [&["check"][..], &["migrate"], &["serve", "--listen", "127.0.0.1:0"]] {
        fails(&registry.run(command), "m9999_later");
    }
}

#[tokio::test]
async fn an_unknown_or_wrong_setting_stops_the_start() {
    let registry = Registry::idle().await;
    let variables = [
        ("SHORTBOARD_FOO", "1", "no setting foo"),
        ("SHORTBOARD_LISTEN", "somewhere", "listen"),
        ("SHORTBOARD_LISTEN", "127.0.0.1:99999", "listen"),
        ("SHORTBOARD_LOG", "a=b=c", "log"),
        ("SHORTBOARD_LOG_FORMAT", "xml", "log_format"),
        ("SHORTBOARD_TIME_ZONE", "Moon/Base", "time_zone"),
        ("SHORTBOARD_TRUSTED_PROXIES", "10.0.0.1, proxy", "trusted_proxies"),
        ("SHORTBOARD_CONNECTIONS", "0", "connections"),
        ("SHORTBOARD_CONNECTIONS", "many", "connections"),
        ("SHORTBOARD_PUBLIC_URL", "registry.example", "public_url"),
        ("SHORTBOARD_DATABASE_URL", "mysql://localhost/x", "database_url"),
        ("SHORTBOARD_CONFIG", "missing.toml", "missing.toml"),
    ];
    let run = |command: &mut std::process::Command| {
        let done = command.output().unwrap();
        Output {
            code: done.status.code().unwrap_or(-1),
            stdout: String::from_utf8(done.stdout).unwrap(),
            stderr: String::from_utf8(done.stderr).unwrap(),
        }
    };
    for (variable, value, named) in variables {
        for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["check"]] {
            fails(&run(registry.command(command).env(variable, value)), named);
        }
    }
    let file = registry.path("settings.toml");
    let files = [
        ("colour = \"red\"", "no setting colour"),
        ("listen = 8080", "listen"),
        ("trusted_proxies = 7", "trusted_proxies"),
        ("connections = \"8\"", "connections"),
        ("[server]\nlisten = \"127.0.0.1:80\"", "no setting server"),
        ("listen = ", "cannot be read"),
        ("log = \"a\"\nlog = \"b\"", "cannot be read"),
        ("time_zone = \"Moon\"", "time_zone"),
    ];
    for (text, named) in files {
        std::fs::write(&file, text).unwrap();
        fails(&registry.run(&["check", "--config", file.to_str().unwrap()]), named);
    }
    // The environment has the say before the file, the command line before both.
    let (first, last) = (registry.path("first.db"), registry.path("last.db"));
    std::fs::write(&file, format!("database_url = \"sqlite://{}\"", first.display())).unwrap();
    let mut command = registry.command(&["migrate", "--config", file.to_str().unwrap()]);
    assert_eq!(run(command.env_remove("SHORTBOARD_DATABASE_URL")).code, 0);
    assert!(first.exists());
    let url = format!("sqlite://{}", last.display());
    let mut command = registry.command(&["migrate", "--config", file.to_str().unwrap()]);
    assert_eq!(run(command.env("SHORTBOARD_DATABASE_URL", &url)).code, 0);
    assert!(last.exists());
    std::fs::remove_file(&last).unwrap();
    let args = ["migrate", "--config", file.to_str().unwrap(), "--database", &url];
    assert_eq!(registry.run(&args).code, 0);
    assert!(last.exists());
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let registry = Registry::start_with(&["--no-seed"]).await;
    let taken = registry.address().strip_prefix("http://").unwrap().to_owned();
    fails(&registry.run(&["serve", "--listen", &taken]), &taken);
    let refused = registry.run(&["serve", "--listen", "127.0.0.1:0", "--data-dir", "/proc/none"]);
    fails(&refused, "/proc/none");
}

#[tokio::test]
async fn a_command_that_goes_well_says_nothing_on_the_side() {
    let registry = Registry::start().await;
    let commands: [&[&str]; 7] = [
        &["check"],
        &["audit", "verify"],
        &["migrate", "status"],
        &["migrate", "up"],
        &["account", "list"],
        &["token", "issue", "leader"],
        &["backup", "-o", "registry.backup"],
    ];
    for command in commands {
        let done = registry.command(command).env_remove("SHORTBOARD_LOG").output().unwrap();
        assert!(done.status.success(), "{command:?}");
        assert_eq!(String::from_utf8(done.stderr).unwrap(), "", "{command:?}");
    }
}

/// What `migrate` prints when all steps stand alike.
fn steps(state: &str) -> String {
    [
        "m0001_registry",
        "m0002_reading",
        "m0003_search",
        "m0004_summary",
        "m0005_step",
        "m0006_need",
        "m0007_desk",
        "m0008_passage",
        "m0009_import",
    ]
    .map(|step| format!("{step}\t{state}\n"))
    .concat()
}
