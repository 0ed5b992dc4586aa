//! A throw-away PostgreSQL cluster on loopback, gone when it is dropped or when this process dies.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::debian;
use crate::workspace::output;

const START_WITHIN: Duration = Duration::from_secs(60);
const STOP_WITHIN: Duration = Duration::from_secs(30);

/// Waits until its standard input closes, which it does however the parent ends; then stops the
/// server ("fast", in the end "immediate") and removes the folder. It is in a process group of
/// its own, so that Ctrl-C in the terminal does not reach it. Removing is tried again, as an
/// `initdb` that has lost its parent may still be writing.
const KEEPER: &str = r#"
trap '' INT TERM HUP
while read -r line; do :; done
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
    kill -INT "$pid"
    tenths=0
    while kill -0 "$pid" 2>/dev/null && [ "$tenths" -lt 200 ]; do
        [ "$tenths" -eq 100 ] && kill -QUIT "$pid"
        tenths=$((tenths + 1))
        sleep 0.1
    done
fi
tries=0
until rm -rf "$1" || [ "$tries" -eq 50 ]; do
    tries=$((tries + 1))
    sleep 0.2
done
"#;

/// PostgreSQL's server programs, and the account they run as.
pub struct Installation {
    programs: PathBuf,
    account: Option<(u32, u32)>,
}

impl Installation {
    /// Finds the server, or installs it where that may be done. The error says why there is none.
    pub fn find_or_install() -> Result<Self, String> {
        let programs = match find() {
            Some(programs) => programs,
            None => {
                debian::install_postgresql()
                    .map_err(|why| format!("PostgreSQL's server was not found, and {why}"))?;
                find().ok_or("PostgreSQL's server was installed, but is not where it should be")?
            }
        };
        if !debian::is_root() {
            return Ok(Self { programs, account: None });
        }
        let account = debian::account("postgres")
            .ok_or("PostgreSQL refuses to run as root, and there is no user `postgres`")?;
        Ok(Self { programs, account: Some(account) })
    }

    /// Where a program of the installation lies, if it is there.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        Some(self.programs.join(name)).filter(|program| program.is_file())
    }

    /// One of the server's programs, as its account, in a folder that the account can read.
    fn command(&self, program: &str, folder: &Path) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(folder).env("HOME", folder).stdin(Stdio::null());
        if let Some((user, group)) = self.account {
            // As root this also drops the supplementary groups.
            command.uid(user).gid(group);
        }
        command
    }

    /// A new folder that only the server's account can read.
    fn make_folder(&self) -> Result<PathBuf, String> {
        // Root's own temporary folder may be closed to the server's account.
        let parent = if self.account.is_some() { "/tmp".into() } else { std::env::temp_dir() };
        let folder = (0..100)
            .map(|number| parent.join(format!("shortboard-pg-{}-{number}", std::process::id())))
            .find(|folder| DirBuilder::new().mode(0o700).create(folder).is_ok())
            .ok_or_else(|| format!("No folder could be made in {}.", parent.display()))?;
        if let Some((user, group)) = self.account {
            chown(&folder, Some(user), Some(group)).map_err(|error| {
                let _ = fs::remove_dir(&folder);
                format!("{} could not be given to `postgres`: {error}.", folder.display())
            })?;
        }
        Ok(folder)
    }
}

/// A running cluster.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    keeper: Child,
    server: Option<Child>,
}

impl Cluster {
    /// Makes a cluster and starts it; returns when it accepts connections.
    pub fn start(installation: &Installation) -> Result<Self, String> {
        Self::start_with(installation, &[])
    }

    /// As [`Cluster::start`], with settings such as `shared_buffers=512MB`.
    pub fn start_with(installation: &Installation, settings: &[&str]) -> Result<Self, String> {
        let folder = installation.make_folder()?;
        let keeper = Command::new("sh")
            .args([OsStr::new("-c"), OsStr::new(KEEPER), OsStr::new("keeper"), folder.as_os_str()])
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                let _ = fs::remove_dir(&folder);
                format!("`sh` could not be started: {error}.")
            })?;
        let mut cluster = Self { folder, port: 0, keeper, server: None };
        let mut initdb = installation.command("initdb", &cluster.folder);
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8"]);
        output(initdb.args(["--locale=C.UTF-8", "--no-sync", "--pgdata=data"]))?;
        // Another process may take the free port before the server does.
        let mut started = cluster.start_server(installation, settings);
        for _ in 0..2 {
            if started.is_err() && cluster.log().contains("could not bind") {
                started = cluster.start_server(installation, settings);
            }
        }
        started.map(|()| cluster)
    }

    /// The administrator's address, for making a database a test.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn start_server(
        &mut self,
        installation: &Installation,
        settings: &[&str],
    ) -> Result<(), String> {
        self.port = free_port()?;
        let log = fs::File::create(self.folder.join("server.log"))
            .map_err(|error| format!("The server's log could not be made: {error}."))?;
        let server = installation
            .command("postgres", &self.folder)
            .args(["-D", "data"])
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            .args(["-c", &format!("port={}", self.port)])
            .args(["-c", "max_connections=200", "-c", "fsync=on"])
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("`postgres` could not be started: {error}."))?;
        self.server = Some(server);
        self.wait_until_ready()
    }

    fn wait_until_ready(&mut self) -> Result<(), String> {
        let deadline = Instant::now() + START_WITHIN;
        while Instant::now() < deadline {
            if let Some(Ok(Some(status))) = self.server.as_mut().map(Child::try_wait) {
                return Err(format!("`postgres` ended with {status}:\n{}", self.log()));
            }
            if self.is_ready() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(format!("`postgres` accepted no connection in time:\n{}", self.log()))
    }

    /// The eighth line of the server's lock file is its state, which `pg_ctl` goes by, too.
    fn is_ready(&self) -> bool {
        let lock = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap_or_default();
        lock.lines().nth(7).is_some_and(|state| state.trim() == "ready")
            && TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok()
    }

    /// The last lines that the server wrote.
    fn log(&self) -> String {
        let log = fs::read(self.folder.join("server.log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        if let Some(server) = &mut self.server {
            let deadline = Instant::now() + STOP_WITHIN;
            while matches!(server.try_wait(), Ok(None)) && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ = server.kill();
            let _ = server.wait();
        }
        let _ = self.keeper.wait();
    }
}

fn free_port() -> Result<u16, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("There is no free port on loopback: {error}."))
}

/// The folder of `initdb` and `postgres`: what pg_config says, the PATH, Debian's newest.
fn find() -> Option<PathBuf> {
    let configured = output(Command::new("pg_config").arg("--bindir")).ok();
    let path = std::env::var_os("PATH").unwrap_or_default();
    configured
        .map(|folder| PathBuf::from(folder.trim()))
        .into_iter()
        .chain(std::env::split_paths(&path))
        .chain(debians())
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

fn debians() -> Vec<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let names = versions.filter_map(|entry| entry.file_name().into_string().ok());
    newest_first(names.collect())
        .into_iter()
        .map(|version| Path::new("/usr/lib/postgresql").join(version).join("bin"))
        .collect()
}

fn newest_first(mut versions: Vec<String>) -> Vec<String> {
    let numbers = |version: &String| -> Vec<u32> {
        version.split('.').map_while(|part| part.parse().ok()).collect()
    };
    versions.sort_by_key(|version| std::cmp::Reverse(numbers(version)));
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_numbers() {
        let versions = ["9.6", "15", "common", "16"].map(String::from).to_vec();
        assert_eq!(newest_first(versions), ["16", "15", "9.6", "common"]);
    }

    #[test]
    fn a_cluster_is_gone_when_it_is_dropped() {
        let Some(programs) = find() else { return };
        let account = if debian::is_root() { debian::account("postgres") } else { None };
        if debian::is_root() && account.is_none() {
            return;
        }
        let cluster = Cluster::start(&Installation { programs, account }).expect("a cluster");
        let (folder, port) = (cluster.folder.clone(), cluster.port);
        assert!(cluster.url().ends_with(&format!("@127.0.0.1:{port}/postgres")));
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _cluster = cluster;
            panic!("a test that fails");
        }));
        assert!(panicked.is_err());
        assert!(!folder.exists());
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
    }
}
