//! The parent: starts the child process, listens to it, and ends it when it is time.

use super::child;
use super::lines::{self, Line};
use shortboard_ledger::open::Unreadable;
use shortboard_ledger::reading::Event;
use shortboard_ledger::understand::Mapping;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::Semaphore;

/// Children at a time: each may take 300 MB and a core.
static CHILDREN: Semaphore = Semaphore::const_new(2);

/// How long the child may keep us waiting, all in all.
const PATIENCE: Duration = Duration::from_secs(child::SECONDS);

/// Bytes of a line: a row of the widest sheet whose cells hold as much as Excel lets them, in Chinese,
/// would be larger; no ledger comes near it.
const LINE: usize = 16 << 20;

/// Bytes of the child's last words that are logged.
const LAST_WORDS: u64 = 4096;

/// The signal of a process that has computed for too long.
const SIGXCPU: i32 = 24;

/// The signal by which a system that is short of memory ends a process.
const SIGKILL: i32 = 9;

/// Why a ledger was not read.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file is no ledger that can be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The program could not do its part.
    #[error("{0}")]
    Failed(#[from] io::Error),
}

/// Reads a ledger and hands on what was understood, as it comes.
///
/// # Errors
/// [`LedgerError`]; what `take` returns breaks the reading off.
pub async fn read(
    file: &Path,
    name: &str,
    mapping: &Mapping,
    take: &mut (dyn FnMut(Event) -> io::Result<()> + Send),
) -> Result<(), LedgerError> {
    // The child would not say it in words of its own.
    std::fs::File::open(file)?;
    let _turn = CHILDREN.acquire().await.map_err(io::Error::other)?;
    let mut child = start(file, name)?;
    if let Some(mut stdin) = child.stdin.take() {
        let mapping = serde_json::to_vec(mapping).map_err(io::Error::other)?;
        // A child that died before it listened says so below.
        let _ = stdin.write_all(&mapping).await;
    }
    let last_words = child.stderr.take().map(|stderr| {
        tokio::spawn(async move {
            let mut words = Vec::new();
            let mut stderr = stderr.take(LAST_WORDS);
            let _ = stderr.read_to_end(&mut words).await;
            let _ = tokio::io::copy(&mut stderr.into_inner(), &mut tokio::io::sink()).await;
            String::from_utf8_lossy(&words).into_owned()
        })
    });
    let heard = match child.stdout.take() {
        Some(stdout) => listen(stdout, take).await,
        None => Err(io::Error::other("the child process has no output").into()),
    };
    if !matches!(heard, Ok(true)) {
        // It has ended by itself where its output has, and is waited for in any case.
        if heard.is_err() {
            let _ = child.start_kill();
        }
        let status = child.wait().await?;
        let words = match last_words {
            Some(words) => words.await.map_err(io::Error::other)?,
            None => String::new(),
        };
        return Err(heard.err().unwrap_or_else(|| died(name, status, &words).into()));
    }
    child.wait().await?;
    Ok(())
}

/// Listens until the child says that it has read all, `true`, or falls silent, `false`.
async fn listen(
    stdout: ChildStdout,
    take: &mut (dyn FnMut(Event) -> io::Result<()> + Send),
) -> Result<bool, LedgerError> {
    let mut stdout = BufReader::with_capacity(64 << 10, stdout);
    let mut line = Vec::new();
    let mut patience = PATIENCE;
    loop {
        line.clear();
        let began = Instant::now();
        // Only the waiting counts: what is done with an event may take its time.
        let read = tokio::time::timeout(patience, next(&mut stdout, &mut line)).await;
        patience = patience.saturating_sub(began.elapsed());
        match read {
            Err(_) => {
                tracing::warn!("a ledger took too long: the process that read it is ended");
                return Err(Unreadable::too_slow(PATIENCE.as_secs()).into());
            }
            Ok(read) => {
                if !read? {
                    return Ok(false);
                }
            }
        }
        match lines::parse(&line) {
            Ok(Line::Event(event)) => take(event)?,
            Ok(Line::Read) => return Ok(true),
            Ok(Line::Unreadable(why)) => return Err(why.into()),
            Err(error) => return Err(io::Error::other(error).into()),
        }
    }
}

/// The next line without its end; `false` where there is none, or none that ends.
async fn next(
    stdout: &mut BufReader<ChildStdout>,
    line: &mut Vec<u8>,
) -> Result<bool, LedgerError> {
    loop {
        let found = stdout.fill_buf().await?;
        if found.is_empty() {
            return Ok(false);
        }
        let end = found.iter().position(|byte| *byte == b'\n');
        let part = found.get(..end.unwrap_or(found.len())).unwrap_or_default();
        if line.len() + part.len() > LINE {
            return Err(Unreadable::too_much_memory().into());
        }
        line.extend_from_slice(part);
        let used = part.len() + usize::from(end.is_some());
        stdout.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

fn start(file: &Path, name: &str) -> io::Result<Child> {
    Command::new(program()?)
        .args([OsStr::new("ledger"), OsStr::new("parse")])
        .args([OsStr::new("--name"), OsStr::new(name)])
        .args([OsStr::new("--"), file.as_os_str()])
        .env_clear()
        .envs(child::ALLOCATOR)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}

/// This program: on Linux the very one that runs, even after an upgrade has put another in its place.
fn program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}

/// What it means that the child ended without saying how.
fn died(name: &str, status: ExitStatus, words: &str) -> Unreadable {
    tracing::warn!(file = name, %status, words = words.trim(), "a ledger ended the process that read it");
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal = None;
    match signal {
        Some(SIGXCPU) => Unreadable::too_slow(PATIENCE.as_secs()),
        Some(SIGKILL) => Unreadable::too_much_memory(),
        _ if words.contains("memory allocation of") => Unreadable::too_much_memory(),
        _ => Unreadable::damaged(None),
    }
}
