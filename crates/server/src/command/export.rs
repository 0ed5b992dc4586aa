//! `export`: the list of projects as a file, made from the database itself.

use crate::cli::ExportArgs;
use crate::config::Settings;
use crate::params::{FilterParams, SortParams, WhenParams};
use crate::problem::Failure;
use crate::sheet::api::{BookParams, ColumnParams, SheetParams};
use crate::sheet::file::{self, Format};
use futures_util::{StreamExt, pin_mut};
use shortboard_domain::access::Actor;
use shortboard_domain::lang::Lang;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

/// What a shell is told of wrong usage.
const WRONG_USAGE: u8 = 2;

/// Writes the file under another name first, so that one that breaks off is never taken for whole.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn run(settings: &Settings, args: ExportArgs) -> anyhow::Result<ExitCode> {
    let (format, output, account) = (args.format, args.output.clone(), args.account.clone());
    if let Some(wrong) = unfit(format, &args) {
        eprintln!("shortboard: {wrong}");
        return Ok(ExitCode::from(WRONG_USAGE));
    }
    // One page is read after the other: more connections would only keep more of it in memory.
    let settings = Settings { connections: 2, ..settings.clone() };
    let store = super::existing(&settings).await?;
    let actor = match account {
        None => Actor::operator(),
        Some(name) => {
            let account = store.account(&name).await?.and_then(|account| account.actor());
            account.ok_or_else(|| anyhow::anyhow!("there is no account {name}"))?
        }
    };
    let lang = if args.lang == "en" { Lang::En } else { Lang::Zh };
    let listing = match asked(args).listing(&store, actor.sight()?, lang) {
        Ok(listing) => listing,
        Err(Failure::Invalid(faults)) => {
            for fault in faults {
                let name = fault.pointer.trim_start_matches('/').replace('_', "-");
                eprintln!("shortboard: --{name}: {}", fault.why.message(Lang::En));
            }
            return Ok(ExitCode::from(WRONG_USAGE));
        }
        Err(failure) => return Err(failed(&failure)),
    };
    let partial = output.with_added_extension("partial");
    let file = File::create(&partial).map_err(|error| at(&partial, &error))?;
    let written = match format {
        Format::Xlsx => {
            file::workbook(&store, &listing, file).await.map_err(|failure| failed(&failure))
        }
        _ => {
            let mut out = BufWriter::new(file);
            let texts = file::texts(&store, listing, format);
            pin_mut!(texts);
            let mut written = Ok(());
            while let (Ok(()), Some(text)) = (&written, texts.next().await) {
                written = match text {
                    Ok(text) => out.write_all(&text).map_err(|error| at(&partial, &error)),
                    Err(failure) => Err(failed(&failure)),
                };
            }
            let whole = |()| out.into_inner().map_err(|error| at(&partial, error.error()));
            written.and_then(whole)
        }
    };
    let finished = written.and_then(|file| {
        file.sync_all().map_err(|error| at(&partial, &error))?;
        std::fs::rename(&partial, &output).map_err(|error| at(&output, &error))
    });
    if finished.is_err() {
        // What is left of it is of no use to anybody.
        let _ = std::fs::remove_file(&partial);
    }
    finished?;
    println!("The list is in {}", output.display());
    Ok(ExitCode::SUCCESS)
}

/// What the form of the file has no use for.
fn unfit(format: Format, args: &ExportArgs) -> Option<&'static str> {
    match format {
        Format::Csv if args.sheets.is_some() => Some("--sheets goes with --format xlsx alone"),
        Format::Json if args.sheets.is_some() => Some("--sheets goes with --format xlsx alone"),
        Format::Json if args.columns.is_some() => Some("--columns does not go with --format json"),
        _ => None,
    }
}

fn asked(args: ExportArgs) -> BookParams {
    BookParams {
        filter: FilterParams {
            stage: args.stage,
            filing: args.filing,
            area: args.area,
            region: args.region,
            group: args.group,
            department: args.department,
            channel: args.channel,
            light: args.light,
            q: args.q,
            min_investment: args.min_investment,
            max_investment: args.max_investment,
            start_year: args.start_year,
            author: args.author,
            stayed_since: args.stayed_since,
            need: args.need,
        },
        when: WhenParams { as_of: args.as_of, known_at: args.known_at },
        sort: SortParams { sort: args.sort },
        columns: ColumnParams { columns: args.columns },
        sheets: SheetParams { sheets: args.sheets },
    }
}

fn failed(failure: &Failure) -> anyhow::Error {
    anyhow::anyhow!("the list could not be written: {}", failure.problem(Lang::En).detail)
}

fn at(path: &Path, error: &std::io::Error) -> anyhow::Error {
    anyhow::anyhow!("{}: {error}", path.display())
}
