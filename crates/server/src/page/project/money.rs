//! A project's funding as a table, with what is lacking in words.

use super::words::Words;
use crate::page::show;
use shortboard_domain::card::FundingEntry;
use shortboard_domain::codelist::ListName;
use shortboard_domain::project::Project;

/// The table of funding.
#[derive(Debug, Clone)]
pub struct FundingTable {
    /// A row for each source.
    pub rows: Vec<FundingRow>,
    /// The sum of the amounts, 万元.
    pub amount: String,
    /// The sum of what has arrived, 万元.
    pub arrived: String,
    /// Total, sources and gap or excess in a sentence.
    pub told: String,
    /// Whether money is lacking.
    pub lacks: bool,
}

/// A funding source.
#[derive(Debug, Clone)]
pub struct FundingRow {
    /// Channel.
    pub channel: String,
    /// Amount, 万元.
    pub amount: String,
    /// Year.
    pub year: String,
    /// Status.
    pub status: &'static str,
    /// Arrived, 万元.
    pub arrived: String,
    /// Document number.
    pub document: String,
    /// PPP phase with the list it belongs to.
    pub phase: String,
    /// Note.
    pub note: String,
}

/// The funding of a project.
pub fn table(words: Words<'_>, project: &Project, entries: &[FundingEntry]) -> FundingTable {
    let lang = words.t.0;
    let row = |entry: &FundingEntry| {
        let source = &entry.source;
        let channel = source.channel.as_str();
        let phase = source.ppp_phase.map(|phase| phase.label(lang)).unwrap_or_default();
        let library = entry.ppp_library.map(|library| library.label(lang)).unwrap_or_default();
        FundingRow {
            channel: show::label(words.lists, ListName::Channels, channel, words.day, words.t),
            amount: show::wan(source.amount.fen().into()),
            year: source.year.map(|year| year.to_string()).unwrap_or_default(),
            status: source.status.label(lang),
            arrived: source.arrived.map(|m| show::wan(m.fen().into())).unwrap_or_default(),
            document: source.document_number.clone().unwrap_or_default(),
            phase: words.with_aside(phase, library),
            note: source.note.clone().unwrap_or_default(),
        }
    };
    let gap = project.gap().map(|gap| gap.fen());
    FundingTable {
        rows: entries.iter().map(row).collect(),
        amount: show::wan(project.planned_funding().fen()),
        arrived: show::wan(project.arrived_funding().fen()),
        told: told(words, project, gap),
        lacks: gap.is_some_and(|gap| gap > 0),
    }
}

fn told(words: Words<'_>, project: &Project, gap: Option<i128>) -> String {
    let t = words.t;
    let amount = |label: &str, fen: i128| format!("{label} {}", words.wan(fen));
    let planned = amount(t.fact_planned_funding(), project.planned_funding().fen());
    let Some((total, gap)) = project.facts.total_investment.zip(gap) else {
        return words.joined([planned, t.funding_no_total().to_owned()]);
    };
    let balance = match gap {
        0 => t.funding_even().to_owned(),
        gap if gap < 0 => amount(t.funding_excess(), -gap),
        gap => amount(t.fact_gap(), gap),
    };
    words.joined([amount(t.fact_total(), total.fen().into()), planned, balance])
}
