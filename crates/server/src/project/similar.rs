//! Likely duplicates of an entry that is being typed.

use crate::app::App;
use crate::extract::Caller;
use crate::params::{Query, parameters, value};
use crate::problem::{Failure, Problem};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use shortboard_domain::card::Card;
use shortboard_domain::fault::Why;
use shortboard_domain::input::Faults;
use shortboard_domain::money::Money;
use shortboard_domain::project_code::ProjectCode;
use shortboard_domain::similar::{Probe, ReasonText};
use shortboard_domain::text;
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// How many duplicates are shown.
const SHOWN: usize = 10;

/// What is known of the entry.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ProbeParams {
    /// Name.
    name: Option<String>,
    /// Region: code, name or alias.
    region: Option<String>,
    /// Project code.
    code: Option<String>,
    /// Owner unit, by name.
    owner_unit: Option<String>,
    /// Total investment, yuan.
    total_investment: Option<String>,
}

parameters! {
    /// The parameters of a look for duplicates.
    SimilarParams {
        /// What is known of the entry.
        probe: ProbeParams,
    }
}

/// Likely duplicates.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarList {
    /// The likeliest first; at most ten.
    items: Vec<SimilarItem>,
}

/// A likely duplicate.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarItem {
    /// The project.
    #[schema(value_type = Card)]
    project: Box<RawValue>,
    /// How likely, from 0 to 1.
    score: f64,
    /// Why.
    reasons: Vec<ReasonText>,
}

/// Look for likely duplicates
///
/// Either `name` or `code` is needed.
#[utoipa::path(
    get,
    path = "/api/v1/projects/similar",
    tag = "projects",
    params(ProbeParams),
    responses(
        (status = 200, body = SimilarList),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<SimilarParams>, Failure>,
) -> Result<Json<SimilarList>, Failure> {
    let sight = caller.sight()?;
    let Query(SimilarParams { probe: given }) = query?;
    let lists = app.store.lists();
    let mut faults = Faults::default();
    let f = &mut faults;
    let probe = Probe {
        name: value(f, "/name", &given.name, |name| text::clean(name, 200)),
        region: value(f, "/region", &given.region, |region| lists.region(region))
            .map(|code| code.to_string()),
        code: value(f, "/code", &given.code, ProjectCode::from_str),
        owner_unit: value(f, "/owner_unit", &given.owner_unit, |name| text::clean(name, 100)),
        credit_code: None,
        total_investment: value(f, "/total_investment", &given.total_investment, Money::from_str),
    };
    if probe.name.is_none() && probe.code.is_none() && faults.is_empty() {
        faults.add("/name", Why::Required);
    }
    let probe = faults.finish(probe)?;
    let mut items = Vec::new();
    for similar in app.store.similar(&sight, &probe, SHOWN).await? {
        let reasons = similar.likeness.reasons.iter().map(|reason| reason.text(caller.lang));
        items.push(SimilarItem {
            project: RawValue::from_string(similar.card).map_err(|error| {
                tracing::error!(%error, "a card is not JSON");
                Failure::Internal
            })?,
            score: (similar.likeness.score * 100.0).round() / 100.0,
            reasons: reasons.collect(),
        });
    }
    Ok(Json(SimilarList { items }))
}
