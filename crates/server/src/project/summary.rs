//! Summaries of projects.

use crate::app::App;
use crate::extract::Caller;
use crate::kept::Asked;
use crate::params::{FilterParams, Query, WhenParams, parameters};
use crate::problem::{Failure, Problem};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use shortboard_domain::fault::Why;
use shortboard_domain::input::Faults;
use shortboard_store::project::{Dimension, Summary};
use utoipa::IntoParams;

/// What is counted by.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ByParams {
    /// One or two of `stage`, `area`, `region`, `group`, `channel`, `department`, a comma list;
    /// `stage` by default.
    by: Option<String>,
}

impl ByParams {
    fn build(&self, faults: &mut Faults) -> Vec<Dimension> {
        let mut by = Vec::new();
        for word in self.by.as_deref().unwrap_or("stage").split(',').map(str::trim) {
            match word.parse::<Dimension>() {
                Ok(dimension) if by.contains(&dimension) => {
                    faults.add("/by", Why::Repeated { given: word.to_owned() });
                }
                Ok(dimension) => by.push(dimension),
                Err(()) => faults.add("/by", unknown(word)),
            }
        }
        if by.len() > 2 {
            faults.add("/by", Why::TooMany { max: 2 });
        }
        by
    }
}

fn unknown(word: &str) -> Why {
    Why::UnknownCode {
        list: "by",
        given: word.chars().take(60).collect(),
        nearest: Dimension::ALL.iter().map(|word| word.as_str().to_owned()).collect(),
    }
}

parameters! {
    /// The parameters of a summary.
    SummaryParams {
        /// What is counted by.
        by: ByParams,
        /// Which projects.
        filter: FilterParams,
        /// Of which time.
        when: WhenParams,
    }
}

/// Count and sum projects
///
/// By `channel`: the projects that have it and that channel's money, no total or gap, and a blank
/// row for the untagged. By `department`: each named one. Both overlap, and say so.
#[utoipa::path(
    get,
    path = "/api/v1/summary",
    tag = "projects",
    params(ByParams, FilterParams, WhenParams),
    responses(
        (status = 200, body = Summary),
        (status = 304, description = "As the caller has it, by `If-None-Match`"),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller,
    asked: Asked,
    query: Result<Query<SummaryParams>, Failure>,
) -> Result<Response, Failure> {
    let sight = caller.sight()?;
    let Query(params) = query?;
    app.answers
        .give(&app, &caller, asked, async || {
            let mut faults = Faults::default();
            let by = params.by.build(&mut faults);
            let filter = params.filter.build(&app.store.lists(), &mut faults);
            let when = params.when.build(&app.store, &mut faults);
            faults.finish(())?;
            let summary = app.store.summary(&sight, &by, &filter, when).await?;
            Ok(serde_json::to_string(&summary).unwrap_or_default())
        })
        .await
}
