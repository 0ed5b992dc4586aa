//! The history of a project in words people read.

use super::Opened;
use super::words::{Changed, Words};
use crate::app::App;
use crate::page::texts::Texts;
use crate::problem::Failure;
use crate::project::history::{HistoryEntry, Teller};
use jiff::Timestamp;
use shortboard_domain::change::Change;
use shortboard_store::project::When;

/// How many changes are told unless all are asked for: telling one takes the whole history.
const TOLD: usize = 100;

/// How many are open to see at once.
const OPEN: usize = 10;

/// A recorded change in words.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What was done.
    pub act: &'static str,
    /// Who did it.
    pub actor: String,
    /// When it was recorded, by the registry's clocks.
    pub recorded: String,
    /// From which day it holds.
    pub effective: String,
    /// The reason given.
    pub reason: String,
    /// What it changed.
    pub changed: Vec<Changed>,
    /// Whether it is the registration, before which there was nothing.
    pub is_first: bool,
}

/// The history, newest first.
#[derive(Debug, Clone)]
pub struct HistoryView {
    /// The newest.
    pub first: Vec<Entry>,
    /// Those after them.
    pub rest: Vec<Entry>,
    /// How many earlier ones are not told here.
    pub untold: usize,
}

/// The history as it was known at a time, of what makes a difference by a day.
///
/// # Errors
/// [`Failure::Internal`]
pub async fn view(
    app: &App,
    opened: &Opened,
    t: Texts,
    (when, all): (When, bool),
) -> Result<HistoryView, Failure> {
    let known = match when.known_at {
        Some(time) => opened.history.known_at(time),
        None => opened.history.clone(),
    };
    let by_then = |change: &Change| when.as_of.is_none_or(|day| known.touches_from(change) <= day);
    let mut told: Vec<Change> =
        known.changes().iter().filter(|change| by_then(change)).cloned().collect();
    let untold = if all { 0 } else { told.len().saturating_sub(TOLD) };
    told.drain(..untold);
    let mut entries = entries(app, opened, t, told).await?;
    entries.reverse();
    let rest = entries.split_off(OPEN.min(entries.len()));
    Ok(HistoryView { first: entries, rest, untold })
}

/// Changes in words, in their order.
///
/// # Errors
/// [`Failure::Internal`]
pub async fn entries(
    app: &App,
    opened: &Opened,
    t: Texts,
    changes: Vec<Change>,
) -> Result<Vec<Entry>, Failure> {
    let (opened, store, day) = (opened.clone(), app.store.clone(), app.store.today());
    // A long history takes its time to fold; other requests need not wait for it.
    let told = tokio::task::spawn_blocking(move || {
        let teller =
            Teller { history: &opened.history, lists: &opened.lists, sight: &opened.sight };
        let words = Words { t, lists: &opened.lists, day };
        let tell = |change: &Change| {
            let entry = teller.entry(change);
            let recorded = clock(store.local(entry.recorded_at));
            tell(words, entry, recorded)
        };
        changes.iter().map(tell).collect()
    });
    told.await.map_err(|error| {
        tracing::error!(%error, "a history could not be told");
        Failure::Internal
    })
}

fn tell(words: Words<'_>, entry: HistoryEntry, recorded: String) -> Entry {
    Entry {
        act: act(words.t, &entry.action),
        recorded,
        effective: entry.effective_on.to_string(),
        reason: entry.reason.unwrap_or_default(),
        changed: words.changed(&entry.changes),
        is_first: entry.version == 1,
        actor: entry.actor,
    }
}

/// A time as the registry's clocks show it, to the minute.
pub fn local(app: &App, time: Timestamp) -> String {
    clock(app.store.local(time))
}

fn clock(time: jiff::civil::DateTime) -> String {
    time.strftime("%Y-%m-%d %H:%M").to_string()
}

/// What an act is called.
fn act(t: Texts, word: &str) -> &'static str {
    match word {
        "register" => t.act_register(),
        "change_facts" => t.act_change_facts(),
        "submit" => t.act_submit(),
        "accept" => t.act_accept(),
        "return" => t.act_return(),
        "move" => t.act_move(),
        "correct_move" => t.act_correct_move(),
        "confirm_stage" => t.act_confirm_stage(),
        "set_matter" => t.act_set_matter(),
        "add_funding" => t.act_add_funding(),
        "change_funding" => t.act_change_funding(),
        "remove_funding" => t.act_remove_funding(),
        "relabel" => t.act_relabel(),
        _ => t.act_other(),
    }
}
