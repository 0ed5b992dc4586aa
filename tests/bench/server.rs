//! The program under measurement: its commands, and its server with the default log.

use crate::client::{Ask, Connection};
use crate::spent::{self, Spent};
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Waits until its standard input closes, which it does however the benchmark ends, and then ends
/// the process.
const KEEPER: &str = "trap '' INT TERM HUP; while read -r line; do :; done; kill \"$1\"";

/// How long a start may take before it is given up.
const START_WITHIN: Duration = Duration::from_secs(600);

/// The program with its database and folder.
pub struct Program {
    binary: PathBuf,
    folder: PathBuf,
    database: String,
}

/// A serving program. It ends when dropped.
pub struct Server {
    child: Child,
    _keeper: Keeper,
    /// `HOST:PORT`.
    pub address: String,
}

impl Program {
    /// The program named by `SHORTBOARD_TEST_BIN`.
    pub fn new(folder: &Path, database: &str) -> Result<Self> {
        let binary = std::env::var_os("SHORTBOARD_TEST_BIN")
            .context("SHORTBOARD_TEST_BIN does not name the program")?;
        let binary = std::path::absolute(PathBuf::from(binary))?;
        Ok(Self { binary, folder: folder.to_owned(), database: database.to_owned() })
    }

    /// The program, with no setting from outside but these.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SHORTBOARD_")) {
            command.env_remove(name);
        }
        command
            .current_dir(&self.folder)
            .env("SHORTBOARD_DATABASE_URL", &self.database)
            .env("SHORTBOARD_DATA_DIR", self.folder.join("data"))
            .args(arguments);
        command
    }

    /// Runs a command with an input, to its end; answers what it printed.
    pub fn run(&self, arguments: &[&str], input: &str) -> Result<String> {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("the program could not be started")?;
        if let Some(mut stdin) = child.stdin.take() {
            // A command that reads nothing may have ended already.
            let _ = stdin.write_all(input.as_bytes());
        }
        let keeper = Keeper::of(&child)?;
        let output = child.wait_with_output()?;
        drop(keeper);
        if !output.status.success() {
            let told = String::from_utf8_lossy(&output.stderr);
            bail!("`{}` failed: {}", arguments.join(" "), told.trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs a command to its end, and answers what it took.
    pub fn spend(&self, arguments: &[&str]) -> Result<Spent> {
        // More than a pipe would hold.
        let (printed, told) = (self.folder.join("printed"), self.folder.join("told"));
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(File::create(&printed)?).stderr(File::create(&told)?);
        let since = Instant::now();
        let mut child = command.spawn().context("the program could not be started")?;
        let keeper = Keeper::of(&child)?;
        let spent = Spent::by(&mut child, since);
        drop(keeper);
        let spent = spent.with_context(|| {
            let told = std::fs::read_to_string(&told).unwrap_or_default();
            let told: String = told.chars().take(500).collect();
            format!("`{}` failed: {}", arguments.join(" "), told.trim())
        })?;
        Ok(Spent { printed: std::fs::read_to_string(&printed)?, ..spent })
    }

    /// What requests carry as their caller: a new token of the account.
    pub fn token(&self, account: &str) -> Result<Arc<str>> {
        Ok(format!("Bearer {}", self.run(&["token", "issue", account], "")?.trim()).into())
    }

    /// Starts the server; the log goes to a file.
    pub fn serve(&self) -> Result<Server> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?.to_string();
        drop(listener);
        let log = File::create(self.folder.join("serve.log"))?;
        let mut command = self.command(&["serve", "--listen", &address, "--no-seed"]);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = command.spawn().context("the server could not be started")?;
        let keeper = Keeper::of(&child)?;
        Ok(Server { child, _keeper: keeper, address })
    }
}

/// Sees to it that a process does not outlive the benchmark.
struct Keeper(Child);

impl Keeper {
    fn of(child: &Child) -> Result<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "keeper", &child.id().to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // In a group of its own, so that Ctrl-C in the terminal does not reach it.
        Ok(Self(command.process_group(0).spawn().context("`sh` could not be started")?))
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // Before its input closes: the process has ended, and its number may be another's by now.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// Waits until a question is answered as expected.
    pub async fn until_answered(&mut self, ask: &Ask) -> Result<Connection> {
        let start = Instant::now();
        while start.elapsed() < START_WITHIN {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status}; serve.log says why");
            }
            if let Ok(mut connection) = Connection::open(&self.address).await {
                connection.ask(ask).await?;
                return Ok(connection);
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        bail!("the server did not answer within {START_WITHIN:?}")
    }

    /// A figure of the process in mebibytes: `VmRSS` what it holds in memory, `VmHWM` the most it
    /// held so far.
    pub fn memory(&self, figure: &str) -> Result<f64> {
        spent::memory(self.child.id(), figure).context("no such figure")
    }

    /// Ends the process at once.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
