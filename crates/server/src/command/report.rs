//! `report`: papers as files.

use crate::briefing::{self, Question, Written};
use crate::cli::{PaperFormat, ReportCommand};
use crate::config::Settings;
use shortboard_domain::access::{Drafts, Scope, Sight};
use shortboard_domain::input::Faults;
use shortboard_domain::lang::Lang;
use std::process::ExitCode;

/// Runs the command.
///
/// # Errors
/// What went wrong, as one sentence.
pub async fn run(settings: &Settings, command: ReportCommand) -> anyhow::Result<ExitCode> {
    let ReportCommand::Briefing { as_of, since, format, output, account, lang, annex, issuer } =
        command;
    let store = super::existing(settings).await?;
    let sight = match &account {
        // As a leader of the city sees the registry.
        None => Sight { scope: Scope::City, drafts: Drafts::None },
        Some(name) => {
            let actor = store.account(name).await?.and_then(|account| account.actor());
            let actor = actor.ok_or_else(|| anyhow::anyhow!("there is no account {name}"))?;
            actor.sight()?
        }
    };
    let lang = Lang::from_accept_language(lang.as_str());
    let written = Written { as_of, since, parts: None, annex, issuer };
    let mut faults = Faults::default();
    let question = Question::read(&written, store.today(), &mut faults);
    if let Err(faults) = faults.finish(()) {
        let sentence = |fault: &shortboard_domain::fault::Fault| {
            let option = fault.pointer.trim_start_matches('/').replace('_', "-");
            format!("--{option}: {}", fault.why.message(Lang::En))
        };
        anyhow::bail!("{}", faults.iter().map(sentence).collect::<Vec<_>>().join("; "));
    }
    let failed = |_| anyhow::anyhow!("the briefing could not be written");
    let paper = briefing::briefing(&store, &sight, &question, lang).await.map_err(failed)?;
    let body = match format {
        PaperFormat::Docx => briefing::docx(&paper, lang).map_err(failed)?,
        PaperFormat::Html => briefing::alone(&paper).map_err(failed)?.into_bytes(),
    };
    std::fs::write(&output, body)
        .map_err(|error| anyhow::anyhow!("{}: {error}", output.display()))?;
    Ok(ExitCode::SUCCESS)
}
