//! What a command takes: time, computing time, and memory, its own and that of the processes it
//! starts.

use anyhow::{Result, bail};
use std::process::Child;
use std::time::{Duration, Instant};

/// How often a process is looked at. What it holds at the most, the system itself remembers.
const EVERY: Duration = Duration::from_millis(10);

/// Clock ticks of a second, in which Linux tells computing time.
const TICKS: f64 = 100.0;

/// What a command took.
#[derive(Debug, Clone, Default)]
pub struct Spent {
    /// Seconds from its start to its end.
    pub seconds: f64,
    /// Seconds that it computed, with the processes it started and waited for.
    pub computing: f64,
    /// The most memory of a single one of its processes, mebibytes.
    pub memory: f64,
    /// What it printed.
    pub printed: String,
}

impl Spent {
    /// Waits for a process to end while looking at what it takes. Its output has to go elsewhere.
    pub fn by(child: &mut Child, since: Instant) -> Result<Self> {
        let mut spent = Self::default();
        let process = child.id();
        loop {
            let children = children(process);
            for one in children.into_iter().chain([process]) {
                spent.memory = memory(one, "VmHWM").unwrap_or(0.0).max(spent.memory);
            }
            spent.computing = computing(process).unwrap_or(spent.computing);
            if let Some(status) = child.try_wait()? {
                spent.seconds = since.elapsed().as_secs_f64();
                if !status.success() {
                    bail!("it ended with {status}");
                }
                return Ok(spent);
            }
            std::thread::sleep(EVERY);
        }
    }

    /// Seconds and computing seconds, in words.
    pub fn told(&self) -> String {
        format!("{:.1} s of computing", self.computing)
    }
}

/// A figure of a process in mebibytes: `VmRSS` what it holds in memory, `VmHWM` the most it held so
/// far.
pub fn memory(process: u32, figure: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
    let kib: f64 = line?.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1024.0)
}

/// The processes that a process has started and that have not ended.
fn children(process: u32) -> Vec<u32> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else {
        return Vec::new();
    };
    let files = threads.flatten().map(|thread| thread.path().join("children"));
    let lists = files.filter_map(|file| std::fs::read_to_string(file).ok());
    lists
        .flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|number| number.parse().ok())
        .collect()
}

/// Computing seconds of a process and of those it has waited for.
fn computing(process: u32) -> Option<f64> {
    let line = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name stands in brackets and may hold anything.
    let (_, fields) = line.rsplit_once(')')?;
    let fields = fields.split_whitespace().skip(11).take(4);
    let ticks: f64 = fields.filter_map(|field| field.parse::<f64>().ok()).sum();
    Some(ticks / TICKS)
}
