//! The pages for importing: upload, what was understood, preview, confirm, result, undo.

mod act;
mod list;
mod one;
mod rows;

use crate::app::App;
use crate::import::words::field_name;
use crate::page::form::Form;
use crate::page::list::filters::{Choice, choice};
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use axum::Router;
use axum::routing::{get, post};
use shortboard_domain::codelist::ListName;
use shortboard_domain::import::ImportState;

/// The pages for importing.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/imports", get(list::show).post(list::upload))
        .route("/imports/{id}", get(one::show))
        .route("/imports/{id}/errors.xlsx", get(one::errors))
        .route("/imports/{id}/settings", post(act::settle))
        .route("/imports/{id}/errors", post(act::leave_out))
        .route("/imports/{id}/choices", post(act::choose))
        .route("/imports/{id}/commit", post(act::commit))
        .route("/imports/{id}/discard", post(act::discard))
        .route("/imports/{id}/undo", post(act::undo))
}

/// What is settled for a whole file where its rows do not tell, as choices.
fn defaults(app: &App, visit: &Visit, chosen: &Form) -> Vec<Choice> {
    let (t, lists, day) = (visit.texts(), app.store.lists(), app.store.today());
    let of = |name, label, list| {
        let entries = lists.entries_on(list, day);
        let options = entries.map(|entry| (entry.code.clone(), entry.label.get(t.0).to_owned()));
        choice(chosen, t, name, label, options.collect())
    };
    vec![
        of("region", field_name("region", t.0), ListName::Regions),
        of("area", field_name("area", t.0), ListName::Areas),
        of("department", field_name("department", t.0), ListName::Departments),
    ]
}

/// The colour of a state.
fn tag(state: ImportState) -> &'static str {
    match state {
        ImportState::Done => "good",
        ImportState::Ready | ImportState::Reading | ImportState::Committing => "warn",
        ImportState::Failed => "bad",
        ImportState::Undone => "",
    }
}

/// The state in words.
fn state(t: Texts, state: ImportState) -> &'static str {
    state.label(t.0)
}
