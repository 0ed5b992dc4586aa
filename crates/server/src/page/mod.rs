//! The desk: the pages people work with. They call the same verbs of the store as the API does.

mod accounts;
mod assets;
mod audit;
mod board;
mod departments;
mod desk;
mod failure;
mod form;
mod funding;
mod imports;
mod layout;
mod list;
mod notice;
mod papers;
mod project;
mod register;
pub mod show;
mod sign_in;
pub(crate) mod texts;
mod upload;
mod visit;

pub use texts::Texts;
pub use visit::session_token;

use crate::app::App;
use crate::import::receiving::LARGEST_FORM;
use crate::problem::Failure;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::csrf::CsrfLayer;

/// Every page.
pub fn routes(app: &App) -> Router<App> {
    Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/sign-out", post(sign_in::leave))
        .route("/password", get(sign_in::password).post(sign_in::change_password))
        .route("/", get(desk::show))
        .route("/projects", get(list::show))
        .route("/projects.xlsx", get(list::xlsx))
        .route("/projects.csv", get(list::csv))
        .route("/projects.json", get(list::json))
        .route("/projects/figures", get(list::show_figures))
        .route("/projects/selection", get(list::show_selection))
        .route("/projects/display", post(list::choose_display))
        .route("/projects/views", post(list::save_view))
        .route("/projects/views/{id}/remove", post(list::remove_view))
        .route("/projects/new", get(register::new).post(register::create))
        .route("/projects/alike", get(register::alike))
        .route("/projects/check", post(register::check))
        .route("/projects/keep", post(register::keep))
        .route("/projects/owner-units", get(register::owner_units))
        .route("/projects/{id}/edit", get(register::edit).post(register::change))
        .merge(project::routes())
        .route("/board", get(board::show))
        .route("/board/changes", get(board::changes))
        .route("/notice", get(notice::show))
        .route("/papers", get(papers::show))
        .route("/papers/briefing", get(papers::read))
        .route("/papers/briefing.docx", get(papers::document))
        .merge(accounts::routes())
        .merge(imports::routes())
        .merge(departments::routes())
        .route("/audit", get(audit::show))
        .route("/audit/verify", get(audit::verify))
        .route("/funding", get(funding::table::show))
        .route("/funding/bulk", get(funding::bulk::choose).post(funding::bulk::go_on))
        .route("/funding/matrix", get(funding::matrix::show))
        .route("/funding/{id}", get(funding::edit::open).post(funding::edit::save))
        .layer(from_fn_with_state(app.clone(), visit::enter))
        .layer(CsrfLayer::new())
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .merge(assets::routes())
}

/// Whatever is nowhere: a page for those who read pages, a problem document for programs.
pub async fn not_found(State(app): State<App>, request: Request) -> Response {
    let reads_pages = request.headers().get(header::ACCEPT);
    let reads_pages = reads_pages.and_then(|accept| accept.to_str().ok());
    if !reads_pages.is_some_and(|accept| accept.contains("text/html")) {
        return Failure::NotFound.into_response();
    }
    let (parts, _) = request.into_parts();
    match visit::of(&app, &parts).await {
        Ok(visit) => failure::page(&visit, &Failure::NotFound),
        Err(failure) => failure.into_response(),
    }
}
