//! A project's history: every change, with what it changed from what to what.

use crate::app::App;
use crate::extract::{Caller, Id};
use crate::params::{PageParams, Query, parameters, value};
use crate::problem::{Failure, Problem};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};
use shortboard_domain::access::Sight;
use shortboard_domain::card::{Edition, ProjectFile};
use shortboard_domain::change::{Act, Change};
use shortboard_domain::codelist::CodeLists;
use shortboard_domain::fault::Why;
use shortboard_domain::history::History;
use shortboard_domain::input::Faults;
use shortboard_domain::lang::Lang;
use shortboard_domain::project::Project;
use utoipa::ToSchema;

/// What follows from other fields, and what is told apart, is no change of its own.
const FOLLOW: [&str; 8] =
    ["id", "registry_number", "version", "updated_at", "missing", "moves", "warnings", "light"];

parameters! {
    /// The parameters of a history.
    HistoryParams {
        /// Which page.
        page: PageParams,
    }
}

/// A page of a project's history.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryList {
    /// The changes, in the order they were recorded.
    items: Vec<HistoryEntry>,
    /// The cursor of the next page; blank on the last.
    next: Option<String>,
    /// The states of the project over business time, as known now, all of them on every page.
    versions: Vec<HistoryVersion>,
}

/// A recorded change. One that was recorded while the caller could not see the project is told
/// without what it changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryEntry {
    /// Its number: the version of the project that it made.
    pub version: u32,
    /// What was done: `register`, `change_facts`, `submit`, `move` …
    pub action: String,
    /// Who did it.
    pub actor: String,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// From which day it holds.
    #[schema(value_type = String, format = Date)]
    pub effective_on: Date,
    /// What it changed.
    pub changes: Vec<FieldChange>,
    /// The reason given.
    pub reason: Option<String>,
    /// The move that it restates.
    pub corrects: Option<u32>,
    /// The import that made it.
    pub import: Option<i64>,
}

/// A field that changed.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct FieldChange {
    /// RFC 6901 pointer into the project.
    pub pointer: String,
    /// Before.
    #[schema(value_type = serde_json::Value)]
    pub from: Value,
    /// After.
    #[schema(value_type = serde_json::Value)]
    pub to: Value,
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
    /// What was otherwise on the day before.
    changes: Vec<FieldChange>,
}

/// Read a project's history
#[utoipa::path(
    get,
    path = "/api/v1/projects/{id}/history",
    tag = "projects",
    params(("id" = i64, Path), PageParams),
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
    query: Result<Query<HistoryParams>, Failure>,
) -> Result<Json<HistoryList>, Failure> {
    let sight = caller.sight()?;
    let history = app.store.history(&sight, id).await?.ok_or(Failure::NotFound)?;
    let Query(params) = query?;
    let mut faults = Faults::default();
    let limit = usize::try_from(params.page.limit(&mut faults)).unwrap_or(usize::MAX);
    let after = value(&mut faults, "/cursor", &params.page.cursor, |text| {
        text.parse().map_err(|_| Why::NotACursor)
    });
    faults.finish(())?;
    let lists = app.store.reload_lists().await?;
    // A long history takes its time to fold; other requests need not wait for it.
    let told = tokio::task::spawn_blocking(move || {
        Teller { history: &history, lists: &lists, sight: &sight }.page(after.unwrap_or(0), limit)
    });
    told.await.map(Json).map_err(|error| {
        tracing::error!(%error, "a history could not be told");
        Failure::Internal
    })
}

/// Tells a history to somebody.
#[derive(Debug, Clone, Copy)]
pub struct Teller<'a> {
    /// What is told.
    pub history: &'a History,
    /// The names of codes.
    pub lists: &'a CodeLists,
    /// To whom.
    pub sight: &'a Sight,
}

impl Teller<'_> {
    fn page(&self, after: u32, limit: usize) -> HistoryList {
        let rest: Vec<&Change> =
            self.history.changes().iter().filter(|change| change.seq > after).collect();
        let page = &rest[..limit.min(rest.len())];
        let next = page.last().filter(|_| page.len() < rest.len());
        HistoryList {
            items: page.iter().map(|change| self.entry(change)).collect(),
            next: next.map(|last| last.seq.to_string()),
            versions: self.versions(),
        }
    }

    /// A recorded change.
    pub fn entry(&self, change: &Change) -> HistoryEntry {
        let known = self.history.at_version(Date::MAX, change.seq);
        let is_seen = known.is_some_and(|project| self.sight.sees(&project.reach()));
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
            changes: if is_seen { self.changes(change) } else { Vec::new() },
            reason: reason.filter(|_| is_seen),
            corrects,
            import: change.import,
        }
    }

    /// What a change changed in the present, or, where later changes hide it there, on the first
    /// day on which it holds.
    fn changes(&self, change: &Change) -> Vec<FieldChange> {
        let on = |day| {
            let before = self.history.at_version(day, change.seq - 1);
            let after = self.history.at_version(day, change.seq);
            differing(&self.told(before.as_ref(), day), &self.told(after.as_ref(), day))
        };
        let now = on(Date::MAX);
        if now.is_empty() { on(self.history.touches_from(change)) } else { now }
    }

    fn versions(&self) -> Vec<HistoryVersion> {
        let segments = self.history.timeline();
        let touching = self.history.touching();
        let ends = segments.iter().skip(1).map(|next| Some(next.from)).chain([None]);
        let mut before = Map::new();
        let mut versions = Vec::new();
        for (segment, effective_to) in segments.iter().zip(ends) {
            if !self.sight.sees(&segment.project.reach()) {
                continue;
            }
            let told = self.told(Some(&segment.project), segment.from);
            let last = touching.iter().rev().find(|(_, from)| *from <= segment.from);
            versions.push(HistoryVersion {
                effective_from: segment.from,
                effective_to,
                version: last.map_or(1, |(seq, _)| *seq),
                changes: differing(&before, &told),
            });
            before = told;
        }
        versions
    }

    fn told(&self, project: Option<&Project>, day: Date) -> Map<String, Value> {
        project.map(|project| told(project, self.lists, day)).unwrap_or_default()
    }
}

/// A project's file as the fields that are told of it, with the names of a day.
pub fn told(project: &Project, lists: &CodeLists, day: Date) -> Map<String, Value> {
    let edition = Edition { lists, day, version: 0, updated_at: Timestamp::UNIX_EPOCH };
    match serde_json::to_value(ProjectFile::of(project, edition, Lang::Zh)) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// The fields that differ.
pub fn differing(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<FieldChange> {
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
