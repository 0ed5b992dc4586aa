//! `migrate`, `seed`, `backup`, `restore`, `check`: the database as a whole.

use crate::cli::{MigrateWhat, SeedArgs};
use crate::config::Settings;
use crate::seed;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::process::ExitCode;

/// Brings the database to this version, or says where it stands.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn migrate(settings: &Settings, what: MigrateWhat) -> anyhow::Result<ExitCode> {
    let store = match what {
        MigrateWhat::Status => super::there(settings).await?,
        MigrateWhat::Up => settings.store().await?,
    };
    if what == MigrateWhat::Up {
        store.migrate().await?;
    }
    for step in store.taken_steps().await? {
        println!("{step}\tdone");
    }
    for step in store.pending_steps().await? {
        println!("{step}\tpending");
    }
    Ok(ExitCode::SUCCESS)
}

/// Loads the seeds, and demonstration data when asked.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn seed(settings: &Settings, args: SeedArgs) -> anyhow::Result<ExitCode> {
    let store = settings.store().await?;
    store.migrate().await?;
    let seeds = seed::Seeds::read(args.seeds.as_deref())?;
    println!("Loaded {}", seed::load(&store, seeds).await?);
    if let Some(count) = args.demo {
        seed::demo::load(&store, count, args.random_seed).await?;
        println!("Loaded {count} made-up projects");
    }
    Ok(ExitCode::SUCCESS)
}

/// Copies the registry to a file.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn back_up(settings: &Settings, output: &Path) -> anyhow::Result<ExitCode> {
    let store = super::existing(settings).await?;
    // Under another name first, so that a backup that breaks off is never taken for a whole one.
    let partial = output.with_added_extension("partial");
    // For its owner alone: it holds hashes of passwords and tokens.
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&partial).map_err(|error| at(&partial, error))?;
    let mut out = BufWriter::new(file);
    let rows = store.back_up(&mut out).await?;
    out.into_inner().map_err(|error| at(&partial, error.into_error()))?.sync_all()?;
    std::fs::rename(&partial, output).map_err(|error| at(output, error))?;
    println!("{rows} rows copied to {}", output.display());
    Ok(ExitCode::SUCCESS)
}

/// Puts a backup into an empty database and verifies it.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn restore(settings: &Settings, file: &Path) -> anyhow::Result<ExitCode> {
    let input = BufReader::new(File::open(file).map_err(|error| at(file, error))?);
    let store = settings.store().await?;
    let rows = store.restore(input).await?;
    let found = store.verify(None).await?;
    if let Some(breach) = found.breach {
        anyhow::bail!("{} record {}: {}", breach.chain, breach.seq, breach.what);
    }
    println!("{rows} rows restored; the trail of {} records holds", found.records);
    Ok(ExitCode::SUCCESS)
}

/// Checks the database against the rules.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn check(settings: &Settings) -> anyhow::Result<ExitCode> {
    let store = super::existing(settings).await?;
    let found = store.check().await?;
    if found.problems.is_empty() {
        println!("{} projects are in order", found.projects);
        return Ok(ExitCode::SUCCESS);
    }
    for problem in &found.problems {
        eprintln!("shortboard: {problem}");
    }
    Ok(ExitCode::FAILURE)
}

/// A file's text.
///
/// # Errors
/// A sentence that names the file.
pub fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).map_err(|error| at(path, error))
}

fn at(path: &Path, error: std::io::Error) -> anyhow::Error {
    anyhow::anyhow!("{}: {error}", path.display())
}
