//! The document the registry rests on: its task areas and its targets.

use crate::app::App;
use crate::extract::Caller;
use crate::notice::{self, AreaItem, TargetItem};
use crate::params::{NoParams, Query};
use crate::problem::{Failure, Problem};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// The targets.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetList {
    /// The targets, in the document's order.
    items: Vec<TargetItem>,
    /// Always blank: the targets come whole.
    next: Option<String>,
}

/// The task areas.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaList {
    /// The areas, in the document's order.
    items: Vec<AreaItem>,
    /// Always blank: the areas come whole.
    next: Option<String>,
}

/// List the targets
#[utoipa::path(
    get,
    path = "/api/v1/targets",
    tag = "reference",
    responses(
        (status = 200, body = TargetList),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn targets(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<NoParams>, Failure>,
) -> Result<Json<TargetList>, Failure> {
    let sight = caller.sight()?;
    query?;
    let items = notice::targets(&app, &sight).await?;
    Ok(Json(TargetList { items, next: None }))
}

/// List the task areas
#[utoipa::path(
    get,
    path = "/api/v1/areas",
    tag = "reference",
    responses(
        (status = 200, body = AreaList),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn areas(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<NoParams>, Failure>,
) -> Result<Json<AreaList>, Failure> {
    let sight = caller.sight()?;
    query?;
    let items = notice::areas(&app, &sight).await?;
    Ok(Json(AreaList { items, next: None }))
}
