//! What goes wrong with a page, as a page.

use super::layout::{Page, html_with};
use super::texts::Texts;
use super::visit::Visit;
use crate::problem::{Failure, FieldError};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage {
    page: Page,
    t: Texts,
    detail: String,
    errors: Vec<FieldError>,
}

/// The page of a failure.
pub fn page(visit: &Visit, failure: &Failure) -> Response {
    let problem = failure.problem(visit.lang);
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let template = FailurePage {
        page: Page::new(visit, problem.title),
        t: visit.texts(),
        detail: problem.detail,
        errors: problem.errors,
    };
    html_with(status, &template).unwrap_or_else(|failure| failure.into_response())
}
