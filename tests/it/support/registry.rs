//! A registry of a test's own: a database, a folder, and the program serving it.

use super::caller::Caller;
use super::database::Database;
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A serving registry. It stops when dropped.
pub struct Registry {
    pub database: Database,
    /// What the program logs.
    pub log_filter: &'static str,
    folder: TempDir,
    server: Option<Child>,
    address: String,
    tokens: HashMap<String, String>,
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Output {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Registry {
    /// A seeded registry with its first accounts.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// As [`Registry::start`], with further arguments to `serve`.
    pub async fn start_with(args: &[&str]) -> Self {
        let mut registry = Self::idle().await;
        registry.serve(args).await;
        registry
    }

    /// A folder and an empty database; nothing serves them yet.
    pub async fn idle() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::create(folder.path()).await;
        Self {
            database,
            log_filter: "warn",
            folder,
            server: None,
            address: String::new(),
            tokens: HashMap::new(),
        }
    }

    /// Starts the server, on a port of its own choice.
    pub async fn serve(&mut self, args: &[&str]) {
        let out = std::fs::File::create(self.path("serve.out")).unwrap();
        let err = std::fs::File::create(self.path("serve.err")).unwrap();
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.args(args).stdout(out).stderr(err).stdin(Stdio::null());
        self.server = Some(command.spawn().unwrap());
        let start = Instant::now();
        loop {
            let printed = std::fs::read_to_string(self.path("serve.out")).unwrap();
            let line = printed.lines().find_map(|line| line.split_once("shortboard serves "));
            if let Some((_, rest)) = line {
                let address = rest.split("/ ").next().unwrap();
                self.address = address.to_owned();
                if reqwest::get(format!("{address}/healthz")).await.is_ok() {
                    return;
                }
            }
            let ended = self.server.as_mut().and_then(|server| server.try_wait().unwrap());
            let log = || std::fs::read_to_string(self.path("serve.err")).unwrap();
            assert!(ended.is_none(), "the server ended: {}", log());
            assert!(start.elapsed() < Duration::from_secs(60), "no server: {}", log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends the server at once, as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().unwrap();
            server.wait().unwrap();
        }
    }

    /// What the server printed so far.
    pub fn printed(&self) -> String {
        std::fs::read_to_string(self.path("serve.out")).unwrap()
    }

    /// The names and passwords of the first accounts, as the first start printed them.
    pub fn first_passwords(&self) -> BTreeMap<String, String> {
        let printed = self.printed();
        let lines = printed.lines().filter(|line| line.starts_with("  "));
        let words = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
        words.map(|words| (words[0].to_owned(), words[1].to_owned())).collect()
    }

    /// What the server logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("serve.err")).unwrap()
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// A path in the registry's folder.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A caller with a token of the account, which must be there.
    pub fn caller(&mut self, account: &str) -> Caller {
        if !self.tokens.contains_key(account) {
            let issued = self.run(&["token", "issue", account]);
            assert_eq!(issued.code, 0, "{}", issued.stderr);
            self.tokens.insert(account.to_owned(), issued.stdout.trim().to_owned());
        }
        Caller::new(&self.address, Some(self.tokens[account].clone()))
    }

    /// A caller with a new account of a role and a scope.
    pub fn account(&mut self, name: &str, role: &str, scope: &str) -> Caller {
        let added = self.run(&["account", "add", name, "--role", role, "--scope", scope]);
        assert_eq!(added.code, 0, "{}", added.stderr);
        self.caller(name)
    }

    /// A caller without a token.
    pub fn nobody(&self) -> Caller {
        Caller::new(&self.address, None)
    }

    /// Runs a command of the program on this registry.
    pub fn run(&self, args: &[&str]) -> Output {
        self.run_with_input(args, "")
    }

    /// As [`Registry::run`], with a standard input.
    pub fn run_with_input(&self, args: &[&str], input: &str) -> Output {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        Output {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The program, on this registry's database and folder, with no setting from outside.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SHORTBOARD_")) {
            command.env_remove(name);
        }
        command
            .current_dir(self.folder.path())
            .env("SHORTBOARD_DATABASE_URL", self.database.url())
            .env("SHORTBOARD_DATA_DIR", self.path("data"))
            .env("SHORTBOARD_LOG", self.log_filter)
            .args(args);
        command
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.kill();
        if self.database.is_postgres() {
            // A runtime of its own: tests drop their registry inside theirs.
            let database = &self.database;
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let mut builder = tokio::runtime::Builder::new_current_thread();
                    builder.enable_all().build().unwrap().block_on(database.drop());
                });
            });
        }
    }
}

/// The built program: named by `SHORTBOARD_TEST_BIN`, or beside the tests.
pub fn program() -> PathBuf {
    if let Ok(path) = std::env::var("SHORTBOARD_TEST_BIN") {
        return path.into();
    }
    let tests = std::env::current_exe().unwrap();
    let program = tests.ancestors().nth(2).unwrap().join("shortboard");
    assert!(program.exists(), "build the program first: cargo build");
    program
}
