//! What is done with an import: settings, choices, carrying out, taking back.

use super::one;
use crate::app::App;
use crate::extract::Id;
use crate::import::Revision;
use crate::import::said::Choice;
use crate::page::form::Form;
use crate::page::layout::done_at;
use crate::page::visit::Visit;
use crate::problem::Failure;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use shortboard_ledger::understand::Mapping;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How long a page waits for work before it shows how far it has come.
const PATIENCE: Duration = Duration::from_secs(2);

/// Sets what columns hold, what rows do not tell, and which sheets are left out.
pub async fn settle(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id,
    form: Form,
) -> Result<Response, Failure> {
    let standing = app.imports.state(&visit.caller()?.actor, id).await?;
    let given = |name: &str| Some(form.given(name).map(str::to_owned));
    let taken: Vec<&str> = form.all("sheets").collect();
    let ledgers = standing.said.sheets.iter().filter(|sheet| one::is_ledger(sheet));
    let left_out = ledgers.filter(|sheet| !taken.contains(&sheet.name.as_str()));
    let left_out: Vec<String> = left_out.map(|sheet| sheet.name.clone()).collect();
    // Only what differs from what was understood is an assignment by hand.
    let mut mapping = Mapping::new();
    for column in standing.said.sheets.iter().flat_map(|sheet| &sheet.columns) {
        let name = format!("field.{}", column.header);
        let field = form.given(&name).map(str::to_owned);
        if form.has(&name) && field != column.field {
            mapping.insert(column.header.clone(), field);
        }
    }
    let revision = Revision {
        mapping: (!mapping.is_empty()).then_some(mapping),
        region: given("region"),
        area: given("area"),
        department: given("department"),
        left_out_sheets: Some(left_out),
        ..Revision::default()
    };
    revise(&app, &visit, (id, &form), revision, "").await
}

/// Leaves rows with errors out, or takes them in again.
pub async fn leave_out(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id,
    form: Form,
) -> Result<Response, Failure> {
    let leave_out_errors = Some(form.get("leave_out") == "yes");
    let revision = Revision { leave_out_errors, ..Revision::default() };
    revise(&app, &visit, (id, &form), revision, "").await
}

/// Takes the choices that were made about rows.
pub async fn choose(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id,
    form: Form,
) -> Result<Response, Failure> {
    let choices = form.0.iter().filter_map(|(name, value)| {
        let position = name.strip_prefix("choice.")?.parse().ok()?;
        let choice = match value.as_str() {
            "" => None,
            "new" => Some(Choice::New),
            "leave_out" => Some(Choice::LeaveOut),
            number => Some(Choice::Project(number.parse().ok()?)),
        };
        Some((position, choice))
    });
    let revision = Revision { choices: choices.collect(), ..Revision::default() };
    revise(&app, &visit, (id, &form), revision, form.get("tab")).await
}

/// Carries an import out.
pub async fn commit(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id,
    form: Form,
) -> Result<Response, Failure> {
    let version = version(&form);
    match app.imports.carry_out(&visit.caller()?.actor, id, version).await {
        Ok(work) => after(&app, &visit, id, work).await,
        Err(failure) => one::refused(&app, &visit, id, failure).await,
    }
}

/// Takes an import back.
pub async fn undo(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id,
    form: Form,
) -> Result<Response, Failure> {
    let version = version(&form);
    match app.imports.take_back(&visit.caller()?.actor, id, version).await {
        Ok(work) => after(&app, &visit, id, work).await,
        Err(failure) => one::refused(&app, &visit, id, failure).await,
    }
}

/// Throws an import away.
pub async fn discard(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id,
) -> Result<Response, Failure> {
    app.imports.throw_away(&visit.caller()?.actor, id).await?;
    Ok(done_at("/imports", "import_discarded"))
}

async fn revise(
    app: &App,
    visit: &Visit,
    (id, form): (i64, &Form),
    revision: Revision,
    tab: &str,
) -> Result<Response, Failure> {
    match app.imports.revise(&visit.caller()?.actor, id, version(form), revision).await {
        Ok(work) => {
            // Soon done, most often; else the page says how far it is.
            let _ = tokio::time::timeout(PATIENCE, work).await;
            let tab = if tab.is_empty() { String::new() } else { format!("?tab={tab}") };
            Ok(Redirect::to(&format!("/imports/{id}{tab}")).into_response())
        }
        Err(failure) => one::refused(app, visit, id, failure).await,
    }
}

async fn after(
    app: &App,
    visit: &Visit,
    id: i64,
    work: JoinHandle<Result<(), Failure>>,
) -> Result<Response, Failure> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(Err(failure))) => one::refused(app, visit, id, failure).await,
        Ok(Err(error)) => {
            tracing::error!(%error, import = id, "the work on an import broke off");
            Err(Failure::Internal)
        }
        Ok(Ok(Ok(()))) | Err(_) => Ok(Redirect::to(&format!("/imports/{id}")).into_response()),
    }
}

/// The version that a form is based on.
fn version(form: &Form) -> Option<i64> {
    // A form without one matches no version.
    Some(form.get("version").parse().unwrap_or(-1))
}
