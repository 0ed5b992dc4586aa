//! The imports there are, and the form that uploads another ledger.

use super::{defaults, state, tag};
use crate::app::App;
use crate::import::form;
use crate::import::upload::Upload;
use crate::page::form::Form;
use crate::page::layout::{Page, html_with};
use crate::page::list::filters::Choice;
use crate::page::show;
use crate::page::texts::Texts;
use crate::page::upload::File;
use crate::page::visit::Visit;
use crate::problem::Failure;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use std::collections::BTreeMap;

/// How many imports a page shows.
const ROWS: u64 = 50;

#[derive(Template)]
#[template(path = "imports.html")]
struct ImportsPage {
    page: Page,
    t: Texts,
    errors: Vec<(String, String)>,
    choices: Vec<Choice>,
    imports: Vec<Line>,
    older: Option<String>,
}

/// An import in the list.
struct Line {
    id: i64,
    file: String,
    state: &'static str,
    tag: &'static str,
    rows: String,
    account: String,
    at: String,
}

/// Shows the imports.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    page(&app, &visit, &Form::default(), StatusCode::OK, Vec::new()).await
}

/// Takes a ledger and leads to its preview.
pub async fn upload(
    State(app): State<App>,
    visit: Visit,
    form: Form,
    file: File,
) -> Result<Response, Failure> {
    let t = visit.texts();
    let wrong = |field: &str, message: String| vec![(field.to_owned(), message)];
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(received) = file.take() else {
        let errors = wrong("file", t.imports_none_chosen().to_owned());
        return page(&app, &visit, &form, refused, errors).await;
    };
    let given: BTreeMap<String, String> = ["region", "area", "department"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), form.given(name)?.to_owned())))
        .collect();
    let mut faults = Vec::new();
    let settings = form::defaults(&app.store.lists(), &given, &mut faults);
    if !faults.is_empty() {
        let told = faults.iter().map(|fault| {
            (fault.pointer.trim_start_matches('/').to_owned(), fault.why.message(visit.lang))
        });
        return page(&app, &visit, &form, refused, told.collect()).await;
    }
    let upload = Upload { file: received, settings, key: None };
    let started = app.imports.start(&visit.caller()?.actor, upload).await?;
    Ok(Redirect::to(&format!("/imports/{}", started.id)).into_response())
}

async fn page(
    app: &App,
    visit: &Visit,
    form: &Form,
    status: StatusCode,
    errors: Vec<(String, String)>,
) -> Result<Response, Failure> {
    let t = visit.texts();
    let before = visit.query.given("before").and_then(|id| id.parse().ok());
    let found = app.imports.list(&visit.caller()?.actor, before, ROWS).await?;
    let is_full = found.len() as u64 == ROWS;
    let older = found.last().filter(|_| is_full).map(|last| last.import.id);
    let line = |standing: &crate::import::Standing| Line {
        id: standing.import.id,
        file: standing.import.name.clone(),
        state: state(t, standing.state()),
        tag: tag(standing.state()),
        rows: show::count(standing.said.rows),
        account: standing.import.account.clone(),
        at: app.store.local(standing.import.created_at).strftime("%Y-%m-%d %H:%M").to_string(),
    };
    let template = ImportsPage {
        page: Page::new(visit, t.imports_title()),
        t,
        errors,
        choices: defaults(app, visit, form),
        imports: found.iter().map(line).collect(),
        older: older.map(|id| format!("/imports?before={id}")),
    };
    html_with(status, &template)
}
