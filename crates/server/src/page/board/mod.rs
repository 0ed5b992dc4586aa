//! The board: for a screen on the wall and for paper, of any day, and two days compared. Every
//! number leads to the projects behind it; nothing here changes anything.

mod changes;
mod compare;
mod days;
mod kind;
mod listed;
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
use listed::{Panel, Which};
use shortboard_domain::access::Sight;
use shortboard_domain::stage::Stage;
use view::{BoardView, Viewer};

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
    panels: Vec<Panel>,
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
    let mut panels = Vec::new();
    for which in Which::ALL {
        panels.push(viewer.panel(app, sight, which).await?);
    }
    let comparison = match days.since {
        Some(since) => Some(Comparison::of(app, visit, sight, days, since).await?),
        None => None,
    };
    Ok(Shown {
        board: viewer.board(&board),
        stages: Stage::ALL.iter().map(|stage| (stage.as_str(), stage.label(visit.lang))).collect(),
        panels,
        comparison,
    })
}
