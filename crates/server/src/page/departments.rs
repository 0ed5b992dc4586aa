//! Departments that came in with ledgers and that no list had: the system administrator confirms each,
//! or says which one it is.

use super::form::Form;
use super::layout::{Page, done_at, html_with};
use super::texts::Texts;
use super::visit::Visit;
use crate::app::App;
use crate::department::{Work, carry_out};
use crate::problem::Failure;
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use shortboard_domain::access::Action;
use shortboard_domain::codelist::{CodeEntry, ListName};
use shortboard_domain::fault::Fault;

#[derive(Template)]
#[template(path = "departments.html")]
struct DepartmentsPage {
    page: Page,
    t: Texts,
    errors: Vec<(String, String)>,
    rows: Vec<Row>,
    /// Those that it may be, for the field to offer.
    names: Vec<String>,
}

impl DepartmentsPage {
    fn is_wrong(&self, field: &str, code: &str) -> bool {
        self.errors.iter().any(|(at, _)| *at == format!("{field}-{code}"))
    }
}

/// A department that waits.
pub struct Row {
    /// Its code, which its fields are known by.
    pub code: String,
    /// The name it came in with.
    pub label: String,
    /// The names most like it.
    pub nearest: String,
    /// The better name and the one that it is, as typed.
    pub name: String,
    pub into: String,
}

/// What was typed for one of them, and what is wrong with it.
struct Typed<'f> {
    code: &'f str,
    form: &'f Form,
    faults: Vec<Fault>,
}

/// The pages of departments.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/departments", get(show))
        .route("/departments/{code}/confirm", post(confirm))
        .route("/departments/{code}/merge", post(merge))
}

async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    visit.caller()?.permit(Action::KeepDepartments)?;
    render(&app, &visit, None).await
}

async fn confirm(
    State(app): State<App>,
    visit: Visit,
    Path(code): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let work = Work::confirm(Some(form.get("name").to_owned()));
    act(&app, &visit, &code, &form, work, "department_confirmed").await
}

async fn merge(
    State(app): State<App>,
    visit: Visit,
    Path(code): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let work = Work::Merge(form.get("into").to_owned());
    act(&app, &visit, &code, &form, Ok(work), "department_merged").await
}

async fn act(
    app: &App,
    visit: &Visit,
    code: &str,
    form: &Form,
    work: Result<Work, Vec<Fault>>,
    done: &str,
) -> Result<Response, Failure> {
    match carry_out(app, visit.caller()?, code, None, work).await {
        Ok(_) => Ok(done_at("/departments", done)),
        Err(Failure::Invalid(faults)) => {
            render(app, visit, Some(Typed { code, form, faults })).await
        }
        Err(failure) => Err(failure),
    }
}

async fn render(app: &App, visit: &Visit, typed: Option<Typed<'_>>) -> Result<Response, Failure> {
    let (t, lists) = (visit.texts(), app.store.reload_lists().await?);
    let row = |entry: &CodeEntry| {
        let label = entry.label.get(t.0).to_owned();
        let given = typed.as_ref().filter(|typed| typed.code == entry.code);
        let value = |field: &str| given.and_then(|given| given.form.given(field));
        let alike = lists.nearest(ListName::Departments, &label);
        let others = alike.into_iter().filter(|other| !other.details.unverified);
        let others = others.map(|other| other.label.get(t.0).to_owned());
        Row {
            name: value("name").unwrap_or(&label).to_owned(),
            into: value("into").unwrap_or_default().to_owned(),
            nearest: super::show::listed(t, others),
            code: entry.code.clone(),
            label,
        }
    };
    let rows: Vec<Row> = lists.unverified().map(row).collect();
    let faults = typed.iter().flat_map(|typed| {
        typed.faults.iter().map(|fault| {
            let field = fault.pointer.trim_start_matches('/');
            (format!("{field}-{}", typed.code), fault.why.message(t.0))
        })
    });
    let errors: Vec<(String, String)> = faults.collect();
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let known = lists.entries_on(ListName::Departments, app.store.today());
    let names = known.filter(|entry| !entry.details.unverified);
    let page = DepartmentsPage {
        page: Page::new(visit, t.departments_title()),
        t,
        errors,
        rows,
        names: names.map(|entry| entry.label.get(t.0).to_owned()).collect(),
    };
    html_with(status, &page)
}
