//! The desk: the pages people work with. They call the same verbs of the store as the API does.

mod assets;
mod failure;
mod form;
mod funding;
mod layout;
mod show;
mod sign_in;
mod texts;
mod visit;

use crate::app::App;
use crate::problem::Failure;
use axum::Router;
use axum::extract::{Request, State};
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
        .route("/funding", get(funding::table::show))
        .route("/funding/{id}", get(funding::edit::open).post(funding::edit::save))
        .layer(from_fn_with_state(app.clone(), visit::enter))
        .layer(CsrfLayer::new())
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
