//! `import`: a ledger into the registry, and an import taken back.

use crate::cli::{ImportArgs, ImportCommand};
use crate::config::Settings;
use crate::import::form::defaults;
use crate::import::receiving::{LARGEST_FILE, Receiving};
use crate::import::said::Settings as Settled;
use crate::import::show::{ImportFile, RowShown};
use crate::import::upload::Upload;
use crate::import::{Imports, Standing};
use crate::problem::Failure;
use shortboard_domain::access::Actor;
use shortboard_domain::import::{ImportState, RowKind};
use shortboard_domain::lang::Lang;
use shortboard_store::Store;
use std::io::{IsTerminal, Read};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use tokio::task::JoinHandle;

/// The language of the command line.
const LANG: Lang = Lang::En;

/// Runs the command.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn run(settings: &Settings, args: ImportArgs) -> anyhow::Result<ExitCode> {
    let store = super::existing(settings).await?;
    let imports = Imports::new(store.clone());
    match (&args.command, &args.file, &args.account) {
        (Some(ImportCommand::Undo { id, account }), _, _) => {
            undo(&store, &imports, *id, account.as_deref()).await
        }
        (None, Some(file), Some(account)) => {
            let actor = actor(&store, account).await?;
            import(&store, &imports, &actor, file, &args).await
        }
        _ => anyhow::bail!("name the file, and with --as the account that imports it"),
    }
}

async fn actor(store: &Store, name: &str) -> anyhow::Result<Actor> {
    let account = store.account(name).await?;
    let actor = account.and_then(|account| account.actor());
    actor.ok_or_else(|| anyhow::anyhow!("there is no account {name}, or it is disabled"))
}

async fn import(
    store: &Store,
    imports: &Imports,
    actor: &Actor,
    file: &Path,
    args: &ImportArgs,
) -> anyhow::Result<ExitCode> {
    let started = imports.start(actor, upload(store, file, args)?).await.map_err(sentence)?;
    let id = started.id;
    if let Some(reading) = started.reading {
        wait(imports, actor, id, "read", reading).await?;
    }
    let standing = imports.state(actor, id).await.map_err(sentence)?;
    if let (ImportState::Failed, Some(why)) = (standing.state(), &standing.said.failure) {
        imports.throw_away(actor, id).await.map_err(sentence)?;
        anyhow::bail!("{}: {}", file.display(), why.text(LANG));
    }
    let open = [RowKind::Error, RowKind::Duplicate].map(|kind| standing.said.count(kind));
    let is_in_order = open == [0, 0];
    if !is_in_order || args.dry_run {
        tell(imports, actor, &standing, args).await?;
        imports.throw_away(actor, id).await.map_err(sentence)?;
        return Ok(if is_in_order { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let version = Some(standing.import.version);
    let work = imports.carry_out(actor, id, version).await.map_err(sentence)?;
    wait(imports, actor, id, "carried out", work).await?.map_err(sentence)?;
    let standing = imports.state(actor, id).await.map_err(sentence)?;
    tell(imports, actor, &standing, args).await?;
    Ok(ExitCode::SUCCESS)
}

async fn undo(
    store: &Store,
    imports: &Imports,
    id: i64,
    account: Option<&str>,
) -> anyhow::Result<ExitCode> {
    let import = store.import(id).await?;
    let import = import.ok_or_else(|| anyhow::anyhow!("there is no import {id}"))?;
    let actor = actor(store, account.unwrap_or(&import.account)).await?;
    let work = imports.take_back(&actor, id, None).await.map_err(sentence)?;
    wait(imports, &actor, id, "taken back", work).await?.map_err(sentence)?;
    println!("import {id} of {} is taken back", import.name);
    Ok(ExitCode::SUCCESS)
}

/// The file, put where the import expects it, with what is settled beforehand.
fn upload(store: &Store, file: &Path, args: &ImportArgs) -> anyhow::Result<Upload> {
    let at = |error: std::io::Error| anyhow::anyhow!("{}: {error}", file.display());
    let mut input = std::fs::File::open(file).map_err(at)?;
    let called = file.file_name().unwrap_or_default().to_string_lossy();
    let mut receiving = Receiving::begin(&called)?;
    let mut buffer = vec![0; 1024 * 1024];
    loop {
        let read = input.read(&mut buffer).map_err(at)?;
        if read == 0 {
            break;
        }
        if !receiving.take(&buffer[..read])? {
            anyhow::bail!("{}: larger than {} MiB", file.display(), LARGEST_FILE / 1024 / 1024);
        }
    }
    let given = [("region", &args.region), ("area", &args.area), ("department", &args.department)];
    let given = given.into_iter().filter_map(|(field, name)| Some((field.into(), name.clone()?)));
    let mut faults = Vec::new();
    let settings = defaults(&store.lists(), &given.collect(), &mut faults);
    if let Some(fault) = faults.first() {
        anyhow::bail!("{}", fault.why.message(LANG));
    }
    let settings = Settled { leave_out_errors: args.leave_out_errors, ..settings };
    Ok(Upload { file: receiving.end()?, settings, key: None })
}

/// Waits for work; on a terminal, it is told how far it has come.
async fn wait<T>(
    imports: &Imports,
    actor: &Actor,
    id: i64,
    done: &str,
    mut work: JoinHandle<T>,
) -> anyhow::Result<T> {
    let tells = std::io::stderr().is_terminal();
    loop {
        match tokio::time::timeout(Duration::from_millis(500), &mut work).await {
            Ok(ended) => {
                if tells {
                    eprint!("\r\u{1b}[K");
                }
                return Ok(ended?);
            }
            Err(_) if tells => {
                let standing = imports.state(actor, id).await.map_err(sentence)?;
                if let Some(progress) = standing.progress {
                    eprint!("\r\u{1b}[K{} of {} rows {done}", progress.done, progress.of);
                }
            }
            Err(_) => {}
        }
    }
}

/// Tells what the preview shows or what was done: the counts, and where something is wrong.
async fn tell(
    imports: &Imports,
    actor: &Actor,
    standing: &Standing,
    args: &ImportArgs,
) -> anyhow::Result<()> {
    let id = standing.import.id;
    let file = ImportFile::of(standing, LANG);
    let wrong = [RowKind::Error, RowKind::Duplicate].map(|kind| kind.as_str().to_owned());
    let (mut from, mut rows) = (0, Vec::new());
    loop {
        let found = imports.rows(actor, id, &wrong, from, 500).await.map_err(sentence)?;
        let Some(last) = found.last() else { break };
        from = last.position + 1;
        for row in &found {
            rows.push(RowShown::of(row, standing, LANG).map_err(sentence)?);
        }
    }
    if args.json {
        let told = serde_json::json!({"import": file, "wrong": rows});
        println!("{}", serde_json::to_string_pretty(&told)?);
        return Ok(());
    }
    println!("{} ({})", file.file.name, standing.state().label(LANG));
    for kind in RowKind::ALL {
        println!("{}\t{}", standing.said.count(*kind), kind.label(LANG));
    }
    for sheet in file.sheets.iter().filter(|sheet| sheet.reason.is_some()) {
        println!("{}: {}", sheet.name, sheet.reason.as_deref().unwrap_or_default());
    }
    for row in rows {
        let place = format!("{} row {}", row.sheet, row.row);
        for error in &row.errors {
            let column = error.column.as_deref().map(|c| format!(" column {c}"));
            eprintln!("{place}{}: {}", column.unwrap_or_default(), error.message);
        }
        for likely in &row.likely {
            let number = &likely.registry_number;
            eprintln!("{place}: {} may be {number} {}", row.name, likely.name);
        }
    }
    if standing.state() == ImportState::Done {
        println!("import {id}: take it back with `shortboard import undo {id}`");
    }
    Ok(())
}

fn sentence(failure: Failure) -> anyhow::Error {
    let problem = failure.problem(LANG);
    let errors: Vec<String> = problem.errors.into_iter().map(|error| error.message).collect();
    match errors.as_slice() {
        [] => anyhow::anyhow!("{}", problem.detail),
        errors => anyhow::anyhow!("{}: {}", problem.detail, errors.join("; ")),
    }
}
