//! What changed between two days.

use crate::app::App;
use crate::extract::Caller;
use crate::kept::Asked;
use crate::params::{FilterParams, PageParams, Query, parameters, value};
use crate::problem::{Failure, Problem};
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use shortboard_domain::card::Card;
use shortboard_domain::fault::Why;
use shortboard_domain::input::{self, Faults};
use shortboard_store::project::{ChangeKind, ChangeQuery, ChangesPage, Standing};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// The two days.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct DaysParams {
    /// The first day, `YYYY-MM-DD`. Required.
    from: Option<String>,
    /// The second day, `YYYY-MM-DD`; today by default.
    to: Option<String>,
}

parameters! {
    /// The parameters of a comparison.
    ChangesParams {
        /// The two days.
        days: DaysParams,
        /// Which projects.
        filter: FilterParams,
        /// Which page.
        page: PageParams,
    }
}

/// A page of changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangesList {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The second day.
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// How many projects changed in each way, over all pages; a project may count in two.
    #[schema(value_type = BTreeMap<String, i64>)]
    counts: BTreeMap<ChangeKind, i64>,
    /// The changed projects.
    items: Vec<ChangesItem>,
    /// The cursor of the next page; blank on the last.
    next: Option<String>,
}

/// A project that changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangesItem {
    /// How it changed.
    changes: Vec<ChangeKind>,
    /// How it stood on the first day; blank when it was not in the library.
    before: Option<Standing>,
    /// How it stood on the second day; blank when it is not in the library.
    after: Option<Standing>,
    /// The project, as of the second day; of one that left, as of the first.
    #[schema(value_type = Card)]
    project: Box<RawValue>,
}

/// Compare two days
///
/// What entered the library, left it, moved to another stage, and was re-funded. A filter asks for
/// the projects that it lets through on either day.
#[utoipa::path(
    get,
    path = "/api/v1/changes",
    tag = "projects",
    params(DaysParams, FilterParams, PageParams),
    responses(
        (status = 200, body = ChangesList),
        (status = 304, description = "As the caller has it, by `If-None-Match`"),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    asked: Asked,
    query: Result<Query<ChangesParams>, Failure>,
) -> Result<Response, Failure> {
    let sight = caller.sight()?;
    let Query(params) = query?;
    app.answers
        .give(&app, &caller, asked, async || {
            let query = question(&app, &params)?;
            let page = app.store.changes(&sight, &query).await?;
            let list = ChangesList::of(&query, page)?;
            Ok(serde_json::to_string(&list).unwrap_or_default())
        })
        .await
}

fn question(app: &App, params: &ChangesParams) -> Result<ChangeQuery, Failure> {
    let mut faults = Faults::default();
    let f = &mut faults;
    let from = value(f, "/from", &params.days.from, input::day);
    if params.days.from.is_none() {
        f.add("/from", Why::Required);
    }
    let to = value(f, "/to", &params.days.to, input::day).unwrap_or(app.store.today());
    if let Some(from) = from.filter(|from| *from > to) {
        f.add("/to", Why::TooEarly { earliest: from.to_string() });
    }
    let query = ChangeQuery {
        from: from.unwrap_or(to),
        to,
        filter: params.filter.build(&app.store.lists(), f),
        passages: Vec::new(),
        after: value(f, "/cursor", &params.page.cursor, |text| {
            text.parse().map_err(|_| Why::NotACursor)
        })
        .unwrap_or(0),
        limit: usize::try_from(params.page.limit(f)).unwrap_or(usize::MAX),
    };
    Ok(faults.finish(query)?)
}

impl ChangesList {
    fn of(query: &ChangeQuery, page: ChangesPage) -> Result<Self, Failure> {
        let mut items = Vec::new();
        for item in page.items {
            items.push(ChangesItem {
                changes: item.changes,
                before: item.before,
                after: item.after,
                project: RawValue::from_string(item.card).map_err(|error| {
                    tracing::error!(%error, "a card is not JSON");
                    Failure::Internal
                })?,
            });
        }
        let next = page.next.map(|after| after.to_string());
        Ok(Self { from: query.from, to: query.to, counts: page.counts, items, next })
    }
}
