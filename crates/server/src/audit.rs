//! The audit trail, for auditors.

use crate::app::App;
use crate::extract::Caller;
use crate::params::{NoParams, PageParams, Query, parameters, value};
use crate::problem::{Failure, Problem};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shortboard_domain::access::{Action, Permit};
use shortboard_domain::fault::Why;
use shortboard_domain::input::Faults;
use shortboard_domain::text;
use shortboard_store::Verification;
use shortboard_store::trail::{Record, RecordFilter, chain_of};
use utoipa::{IntoParams, ToSchema};

/// Which records.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct RecordParams {
    /// `registry`, or `project:12`.
    pub chain: Option<String>,
    /// The account that recorded it.
    pub actor: Option<String>,
    /// What was done, such as `move`.
    pub action: Option<String>,
}

parameters! {
    /// The parameters of the trail.
    AuditParams {
        /// Which records.
        records: RecordParams,
        /// Which page.
        page: PageParams,
    }
}

/// A page of the trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordList {
    /// The records, newest first.
    pub items: Vec<Record>,
    /// The cursor of the next page; blank on the last.
    pub next: Option<String>,
}

/// Read the trail
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "audit",
    params(RecordParams, PageParams),
    responses(
        (status = 200, body = RecordList),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<AuditParams>, Failure>,
) -> Result<Json<RecordList>, Failure> {
    let permit = caller.permit(Action::ReadTrail)?;
    let Query(params) = query?;
    Ok(Json(records(&app, &permit, &params.records, &params.page).await?))
}

/// A page of the trail.
///
/// # Errors
/// [`Failure::Invalid`], and what the store returns.
pub async fn records(
    app: &App,
    permit: &Permit,
    which: &RecordParams,
    page: &PageParams,
) -> Result<RecordList, Failure> {
    let mut faults = Faults::default();
    let f = &mut faults;
    let filter = RecordFilter {
        chain: value(f, "/chain", &which.chain, |name| {
            chain_of(name).ok_or_else(|| Why::UnknownCode {
                list: "chains",
                given: name.chars().take(60).collect(),
                nearest: vec!["registry".into(), "project:ID".into()],
            })
        }),
        actor: value(f, "/actor", &which.actor, |name| text::clean(name, 100)),
        action: value(f, "/action", &which.action, |word| text::clean(word, 100)),
        before: value(f, "/cursor", &page.cursor, place),
    };
    let limit = page.limit(f);
    let filter = faults.finish(filter)?;
    let mut records = app.store.records(permit, &filter, limit + 1).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = records.len() > limit;
    records.truncate(limit);
    let next = records
        .last()
        .filter(|_| more)
        .map(|(_, (time, chain, seq))| format!("{time}.{chain}.{seq}"));
    Ok(RecordList { items: records.into_iter().map(|(record, _)| record).collect(), next })
}

/// A place in the trail's order of time.
fn place(text: &str) -> Result<(i64, i64, i64), Why> {
    let numbers: Result<Vec<i64>, _> = text.split('.').map(str::parse).collect();
    match numbers.as_deref() {
        Ok([time, chain, seq]) => Ok((*time, *chain, *seq)),
        _ => Err(Why::NotACursor),
    }
}

/// Verify the trail
///
/// Every record against the one before it, every version against the record that wrote it. A tail
/// that was cut off needs a checkpoint to be found: `shortboard audit verify --checkpoint FILE`.
#[utoipa::path(
    get,
    path = "/api/v1/audit/verify",
    tag = "audit",
    responses(
        (status = 200, body = Verification),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn verify(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<NoParams>, Failure>,
) -> Result<Json<Verification>, Failure> {
    caller.permit(Action::ReadTrail)?;
    query?;
    Ok(Json(app.store.verify(None).await?))
}
