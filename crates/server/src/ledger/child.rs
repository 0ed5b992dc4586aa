//! The child process: sets itself limits, reads one file, writes what it understood.

use super::lines;
use rlimit::Resource;
use shortboard_ledger::open::{self, Limits, Unreadable};
use shortboard_ledger::reading::Event;
use shortboard_ledger::understand::{self, Mapping};
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::process::ExitCode;

/// Memory that a child may use, all in all. A hundred thousand rows of twenty columns take less.
const MEMORY: u64 = 300 << 20;

/// What the program takes before it reads anything is not the file's.
const OWN_MEMORY: u64 = 16 << 20;

/// Seconds that a child may compute: what it waits for is the parent's to measure.
pub const SECONDS: u64 = 60;

/// Open files: the three every process has, and the ledger. So nothing else can be opened, neither a
/// file nor a connection.
const FILES: u64 = 4;

/// How the child's allocator is set up: memory counts when it is used, not when it is set aside.
pub const ALLOCATOR: [(&str, &str); 2] =
    [("MIMALLOC_ARENA_EAGER_COMMIT", "0"), ("MIMALLOC_EAGER_COMMIT", "0")];

/// Reads a file; the mapping comes as JSON on the standard input.
pub fn run(file: &Path, name: &str) -> ExitCode {
    match read(file, name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn read(file: &Path, name: &str) -> std::io::Result<()> {
    let mut mapping = String::new();
    std::io::stdin().lock().read_to_string(&mut mapping)?;
    let mapping: Mapping = serde_json::from_str(&mapping)?;
    let file = File::open(file)?;
    confine()?;
    let mut out = BufWriter::with_capacity(64 << 10, std::io::stdout().lock());
    let mut broken = None;
    let ended = open::sheets_of(file, name, &Limits::default(), &mut |sheet| {
        let mut sink = |event: Event| {
            serde_json::to_writer(&mut out, &event)?;
            out.write_all(b"\n")
        };
        understand::sheet(&sheet, &mapping, &mut sink).map_err(|error| {
            broken = Some(error);
            Unreadable::damaged(None)
        })
    });
    // Nobody listens any more.
    if let Some(error) = broken {
        return Err(error);
    }
    writeln!(out, "{}", lines::last(ended.as_ref().copied())?)?;
    out.flush()
}

/// Gives up whatever reading a file does not need.
fn confine() -> std::io::Result<()> {
    let limits = [
        (Resource::DATA, MEMORY - OWN_MEMORY, 0),
        // At the first limit the signal is one that tells why, at the second it only kills.
        (Resource::CPU, SECONDS, 1),
        (Resource::NOFILE, FILES, 0),
        (Resource::CORE, 0, 0),
        (Resource::FSIZE, 0, 0),
    ];
    for (resource, limit, grace) in limits {
        // Systems other than Linux know fewer of them.
        if resource.is_supported() {
            resource.set(limit, limit + grace)?;
        }
    }
    Ok(())
}
