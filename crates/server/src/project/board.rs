//! The board: all the summaries that leaders look at, in one call.

use crate::app::App;
use crate::extract::Caller;
use crate::kept::Asked;
use crate::params::{Query, WhenParams, parameters};
use crate::problem::{Failure, Problem};
use axum::extract::State;
use axum::response::Response;
use shortboard_domain::input::Faults;
use shortboard_store::project::Board;

parameters! {
    /// The parameters of the board.
    BoardParams {
        /// Of which time.
        when: WhenParams,
    }
}

/// All the summaries of the leadership board
///
/// By stage, area, region, group, channel, and by area and stage, each as `/summary` answers it.
#[utoipa::path(
    get,
    path = "/api/v1/board",
    tag = "projects",
    params(WhenParams),
    responses(
        (status = 200, body = Board),
        (status = 304, description = "As the caller has it, by `If-None-Match`"),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller,
    asked: Asked,
    query: Result<Query<BoardParams>, Failure>,
) -> Result<Response, Failure> {
    let sight = caller.sight()?;
    let Query(params) = query?;
    app.answers
        .give(&app, &caller, asked, async || {
            let mut faults = Faults::default();
            let when = params.when.build(&app.store, &mut faults);
            faults.finish(())?;
            let board = app.store.board(&sight, when).await?;
            Ok(serde_json::to_string(&board).unwrap_or_default())
        })
        .await
}
