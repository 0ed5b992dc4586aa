//! The board: for a screen on the wall and for paper, of any day, and two days compared. Every
//! number leads to the projects behind it; nothing here changes anything.

mod changes;
mod compare;
mod days;
mod kind;
mod sankey;
mod view;

pub use changes::list as changes;

use super::layout::{Page, html_with};
use super::texts::Texts;
use super::visit::Visit;
use crate::app::App;
use crate::problem::Failure;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use compare::Comparison;
use days::{DayField, Days};
use shortboard_domain::access::Sight;
use shortboard_domain::stage::Stage;
use shortboard_store::project::{ListFilter, ListQuery};
use view::{BoardView, Largest, Viewer};

/// How many projects are shown as the largest.
const LARGEST: u64 = 10;

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    page: Page,
    t: Texts,
    day: String,
    today: String,
    fields: [DayField; 2],
    /// What the form carries along: nothing.
    asked: [(&'static str, String); 0],
    errors: Vec<(&'static str, String)>,
    without_since: Option<String>,
    /// What is shown; nothing where a day is wrong.
    shown: Option<Shown>,
}

struct Shown {
    board: BoardView,
    stages: Vec<(&'static str, &'static str)>,
    largest: Vec<Largest>,
    by_size: String,
    comparison: Option<Comparison>,
}

/// Shows the board.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let sight = visit.caller()?.sight()?;
    let t = visit.texts();
    let days = Days::of_board(&app, &visit);
    let errors = days.faults();
    let (status, shown) = match errors.is_empty() {
        true => (StatusCode::OK, Some(shown(&app, &visit, &sight, &days).await?)),
        false => (StatusCode::UNPROCESSABLE_ENTITY, None),
    };
    let without_since = days.since.map(|_| {
        let query = visit.query.without(&["since"]);
        super::visit::address(&visit.path, &query)
    });
    html_with(
        status,
        &BoardPage {
            page: Page::new(&visit, t.board_title()),
            t,
            day: days.day.to_string(),
            today: days.today.to_string(),
            fields: days.fields.clone(),
            asked: [],
            errors,
            without_since,
            shown,
        },
    )
}

async fn shown(app: &App, visit: &Visit, sight: &Sight, days: &Days) -> Result<Shown, Failure> {
    let lists = app.store.lists();
    let viewer = Viewer { t: visit.texts(), lists: &lists, days };
    let board = app.store.board(sight, days.when()).await?;
    // Cancelled projects may be large, and nobody builds them.
    let standing = Stage::ALL.iter().copied().filter(|stage| *stage != Stage::Cancelled);
    let filter = ListFilter { stage: standing.collect(), ..ListFilter::default() };
    let stages = filter.stage.iter().map(|stage| stage.as_str()).collect::<Vec<_>>().join(",");
    let query = ListQuery { filter, limit: LARGEST, when: days.when(), ..ListQuery::default() };
    let largest = app.store.projects(sight, &query).await?;
    let largest = viewer.largest(&largest.cards).map_err(|error| {
        tracing::error!(%error, "a card does not read");
        Failure::Internal
    })?;
    let comparison = match days.since {
        Some(since) => Some(Comparison::of(app, visit, sight, days, since).await?),
        None => None,
    };
    Ok(Shown {
        board: viewer.board(&board),
        stages: Stage::ALL.iter().map(|stage| (stage.as_str(), stage.label(visit.lang))).collect(),
        largest,
        by_size: days.projects(&[("stage", &stages), ("sort", "-total_investment")]),
        comparison,
    })
}
