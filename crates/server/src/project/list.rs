//! The list of projects.

use crate::app::App;
use crate::extract::Caller;
use crate::kept::Asked;
use crate::params::{
    CountParams, FilterParams, PageParams, Query, SortParams, WhenParams, parameters,
};
use crate::problem::{Failure, Problem};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use shortboard_domain::card::Card;
use shortboard_domain::input::Faults;
use shortboard_store::project::{Count, ListPage, ListQuery};
use utoipa::ToSchema;

parameters! {
    /// The parameters of the list.
    ListParams {
        /// Which projects.
        filter: FilterParams,
        /// Of which time.
        when: WhenParams,
        /// In which order.
        sort: SortParams,
        /// Whether they are counted.
        count: CountParams,
        /// Which page.
        page: PageParams,
    }
}

/// A page of projects.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectList {
    /// The projects.
    pub items: Vec<Card>,
    /// The cursor of the next page; blank on the last.
    pub next: Option<String>,
    /// How many there are in all, with `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// List projects
#[utoipa::path(
    get,
    path = "/api/v1/projects",
    tag = "projects",
    params(FilterParams, WhenParams, SortParams, CountParams, PageParams),
    responses(
        (status = 200, body = ProjectList),
        (status = 304, description = "As the caller has it, by `If-None-Match`"),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    asked: Asked,
    query: Result<Query<ListParams>, Failure>,
) -> Result<Response, Failure> {
    let sight = caller.sight()?;
    let Query(params) = query?;
    app.answers
        .give(&app, &caller, asked, async || {
            let query = question(&app, &params)?;
            let page = app.store.projects(&sight, &query).await?;
            Ok(body(page))
        })
        .await
}

/// What the parameters ask of the list.
///
/// # Errors
/// [`Failure::Invalid`]
pub fn question(app: &App, params: &ListParams) -> Result<ListQuery, Failure> {
    let mut faults = Faults::default();
    let sort = params.sort.sort(&mut faults);
    let query = ListQuery {
        filter: params.filter.build(&app.store.lists(), &mut faults),
        sort,
        cursor: params.page.cursor(sort, &mut faults),
        limit: params.page.limit(&mut faults),
        count: params.count.count(&mut faults),
        when: params.when.build(&app.store, &mut faults),
    };
    Ok(faults.finish(query)?)
}

/// The cards are kept as JSON: a page is put together, not serialised.
fn body(page: ListPage) -> String {
    let next = page.next.map(|cursor| cursor.encode());
    let next = serde_json::to_string(&next).unwrap_or_default();
    let count = match page.count {
        Some(count) => format!(",\"count\":{}", serde_json::to_string(&count).unwrap_or_default()),
        None => String::new(),
    };
    format!("{{\"items\":[{}],\"next\":{next}{count}}}", page.cards)
}
