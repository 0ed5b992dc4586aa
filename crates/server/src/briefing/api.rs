//! The briefing as files, for programs.

use super::question::{Question, Written};
use super::{alone, briefing, docx};
use crate::app::App;
use crate::extract::Caller;
use crate::params::{Query, parameters};
use crate::problem::{Failure, Problem};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shortboard_domain::input::Faults;
use utoipa::IntoParams;

/// What a briefing is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct AskedParams {
    /// Its day, `YYYY-MM-DD`; today by default.
    as_of: Option<String>,
    /// The earlier day that it is compared with, `YYYY-MM-DD`.
    since: Option<String>,
    /// Its parts, a comma list of `stage`, `area`, `region`, `group`, `funding`, `change` and
    /// `attention`; all by default.
    parts: Option<String>,
    /// By what the table of projects is grouped: `stage` (default) or `area`; `none` for no table.
    annex: Option<String>,
    /// The office that issues it.
    issuer: Option<String>,
}

parameters! {
    /// The parameters of a briefing.
    BriefingParams {
        /// What is asked for.
        asked: AskedParams,
    }
}

impl AskedParams {
    fn question(self, app: &App) -> Result<Question, Failure> {
        let written = Written {
            as_of: self.as_of,
            since: self.since,
            parts: self.parts,
            annex: self.annex,
            issuer: self.issuer,
        };
        let mut faults = Faults::default();
        let question = Question::read(&written, app.store.today(), &mut faults);
        Ok(faults.finish(question)?)
    }
}

/// The briefing as a Word document
///
/// Accepted projects within the caller's scope, in the caller's language, in the form of
/// GB/T 9704-2012.
#[utoipa::path(
    get,
    path = "/api/v1/reports/briefing.docx",
    tag = "reports",
    params(AskedParams),
    responses(
        (status = 200, description = "The document", body = [u8],
         content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn document(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<BriefingParams>, Failure>,
) -> Result<Response, Failure> {
    let sight = caller.sight()?;
    let question = query?.0.asked.question(&app)?;
    let paper = briefing(&app.store, &sight, &question, caller.lang).await?;
    Ok(file(docx(&paper, caller.lang)?, &question))
}

/// The briefing as a page
///
/// The same as one HTML file, to be read and printed.
#[utoipa::path(
    get,
    path = "/api/v1/reports/briefing.html",
    tag = "reports",
    params(AskedParams),
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html"),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<BriefingParams>, Failure>,
) -> Result<Response, Failure> {
    let sight = caller.sight()?;
    let question = query?.0.asked.question(&app)?;
    let paper = briefing(&app.store, &sight, &question, caller.lang).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
    ];
    Ok((headers, alone(&paper)?).into_response())
}

/// A Word document as an answer.
pub fn file(document: Vec<u8>, question: &Question) -> Response {
    let name = format!("attachment; filename=\"briefing-{}.docx\"", question.day);
    let headers = [
        (header::CONTENT_TYPE, super::docx::MEDIA_TYPE.to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    (headers, document).into_response()
}
