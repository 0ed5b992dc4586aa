//! A project's history: every change, with what it changed from what to what.

use crate::app::App;
use crate::extract::{Caller, Id};
use crate::params::{NoParams, Query};
use crate::problem::{Failure, Problem};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};
use shortboard_domain::card::{Edition, ProjectFile};
use shortboard_domain::change::Act;
use shortboard_domain::codelist::CodeLists;
use shortboard_domain::history::History;
use shortboard_domain::lang::Lang;
use utoipa::ToSchema;

/// A project's history.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryList {
    /// The changes, in the order they were recorded.
    items: Vec<HistoryEntry>,
    /// Always blank: a history comes whole.
    next: Option<String>,
    /// The states of the project over business time, as known now.
    versions: Vec<HistoryVersion>,
}

/// A recorded change.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryEntry {
    /// Its number: the version of the project that it made.
    version: u32,
    /// What was done: `register`, `change_facts`, `submit`, `move` …
    action: String,
    /// Who did it.
    actor: String,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
    /// From which day it holds.
    #[schema(value_type = String, format = Date)]
    effective_on: Date,
    /// What it changed.
    changes: Vec<FieldChange>,
    /// The reason given.
    reason: Option<String>,
    /// The move that it restates.
    corrects: Option<u32>,
}

/// A field that changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldChange {
    /// RFC 6901 pointer into the project.
    pointer: String,
    /// Before.
    #[schema(value_type = Object)]
    from: Value,
    /// After.
    #[schema(value_type = Object)]
    to: Value,
}

/// A stretch of business time.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryVersion {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    effective_from: Date,
    /// The first day it no longer holds; blank for the last.
    #[schema(value_type = Option<String>, format = Date)]
    effective_to: Option<Date>,
    /// The change that had the last say in it.
    version: u32,
    /// How the project stood.
    project: ProjectFile,
}

/// Read a project's history
#[utoipa::path(
    get,
    path = "/api/v1/projects/{id}/history",
    tag = "projects",
    params(("id" = i64, Path)),
    responses(
        (status = 200, body = HistoryList),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem),
    )
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    query: Result<Query<NoParams>, Failure>,
) -> Result<Json<HistoryList>, Failure> {
    let sight = caller.sight()?;
    let history = app.store.history(&sight, id).await?.ok_or(Failure::NotFound)?;
    query?;
    let lists = app.store.reload_lists().await?;
    let items = history.changes().iter().map(|change| {
        let (reason, corrects) = match &change.act {
            Act::Return { reason } => (Some(reason.clone()), None),
            Act::Move { reason, .. } => (reason.clone(), None),
            Act::CorrectMove { reason, of, .. } => (Some(reason.clone()), Some(*of)),
            Act::ConfirmStage { of, .. } => (None, Some(*of)),
            _ => (None, None),
        };
        HistoryEntry {
            version: change.seq,
            action: change.act.as_str().to_owned(),
            actor: change.actor.clone(),
            recorded_at: change.recorded_at,
            effective_on: change.effective_on,
            changes: changes(&history, change.seq, &lists),
            reason,
            corrects,
        }
    });
    let items = items.collect();
    Ok(Json(HistoryList { items, next: None, versions: versions(&history, &lists, caller.lang) }))
}

/// What a change changed: the newest state it touches, with and without it.
fn changes(history: &History, seq: u32, lists: &CodeLists) -> Vec<FieldChange> {
    let (before, after) = (history.up_to(seq - 1), history.up_to(seq));
    let Some(change) = after.changes().last() else { return Vec::new() };
    let day = before.touches_from(change).max(change.effective_on);
    let told = |history: &History| {
        // A late record may put the beginning earlier: what held then is what the project began with.
        let began = || history.timeline().into_iter().next().map(|first| first.project);
        let project = history.at(day).or_else(began)?;
        let edition = Edition { lists, day, version: 0, updated_at: Timestamp::UNIX_EPOCH };
        match serde_json::to_value(ProjectFile::of(&project, edition, Lang::Zh)) {
            Ok(Value::Object(fields)) => Some(fields),
            _ => None,
        }
    };
    let old = told(&before).unwrap_or_default();
    let new = told(&after).unwrap_or_default();
    differing(&old, &new)
}

/// The fields that differ; those that follow from others are left out.
fn differing(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<FieldChange> {
    const FOLLOW: [&str; 8] =
        ["id", "registry_number", "version", "updated_at", "missing", "moves", "warnings", "light"];
    let blank = |value: &Value| match value {
        Value::Null => true,
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.values().all(Value::is_null),
        _ => false,
    };
    let mut changes = Vec::new();
    for (name, to) in new.iter().filter(|(name, _)| !FOLLOW.contains(&name.as_str())) {
        let from = old.get(name).cloned().unwrap_or(Value::Null);
        if from != *to && !(blank(&from) && blank(to)) {
            changes.push(FieldChange { pointer: format!("/{name}"), from, to: to.clone() });
        }
    }
    changes
}

fn versions(history: &History, lists: &CodeLists, lang: Lang) -> Vec<HistoryVersion> {
    let segments = history.timeline();
    let ends = segments.iter().skip(1).map(|next| Some(next.from)).chain([None]);
    let mut versions = Vec::new();
    for (segment, effective_to) in segments.iter().zip(ends.collect::<Vec<_>>()) {
        let Some(version) = history.version_at(segment.from) else { continue };
        let recorded = history.changes().iter().find(|change| change.seq == version);
        let Some(updated_at) = recorded.map(|change| change.recorded_at) else { continue };
        let edition = Edition { lists, day: segment.from, version: version.into(), updated_at };
        versions.push(HistoryVersion {
            effective_from: segment.from,
            effective_to,
            version,
            project: ProjectFile::of(&segment.project, edition, lang),
        });
    }
    versions
}
