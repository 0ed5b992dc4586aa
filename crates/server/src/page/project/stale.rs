//! What is shown when somebody else changed the project first: what is there now, what was typed,
//! and the choice between them. Nothing typed is lost.

use super::history::{self, Entry};
use super::{address, open};
use crate::app::App;
use crate::page::form::Form;
use crate::page::layout::{Page, html_with};
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use crate::problem::Failure;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use shortboard_domain::filing::FilingAction;
use shortboard_domain::lang::Lang;
use shortboard_domain::matter::MatterState;
use shortboard_domain::stage::Stage;

#[derive(Template)]
#[template(path = "project_stale.html")]
struct StalePage {
    page: Page,
    t: Texts,
    name: String,
    action: String,
    file: String,
    version: i64,
    fields: Form,
    typed: Vec<(&'static str, String)>,
    changes: Vec<Entry>,
    /// Whether the form can be shown again to go on with.
    has_form: bool,
}

/// What a form carries besides what was typed.
const CARRIED: [&str; 4] = ["token", "version", "again", "resumed"];

/// Shows what has changed since the version that a form of a project was based on.
///
/// # Errors
/// As [`open`]; [`Failure::Internal`]
pub async fn page(
    app: &App,
    visit: &Visit,
    (id, expected): (i64, i64),
    (form, has_form): (&Form, bool),
) -> Result<Response, Failure> {
    let opened = open(app, visit, id).await?;
    let t = visit.texts();
    let since = |change: &&shortboard_domain::change::Change| i64::from(change.seq) > expected;
    let later = opened.history.changes().iter().filter(since).cloned().collect();
    let changes = match expected {
        // A form that named no version tells nothing of what its sender had seen.
        ..0 => Vec::new(),
        _ => history::entries(app, &opened, t, later).await?,
    };
    let page = StalePage {
        page: Page::new(visit, t.stale_title()),
        t,
        name: opened.project.facts.name.clone(),
        action: visit.address(),
        file: address(opened.project.id),
        version: opened.version,
        fields: form.without(&CARRIED),
        typed: typed(t, form),
        changes,
        has_form,
    };
    html_with(StatusCode::PRECONDITION_FAILED, &page)
}

/// What was typed, in words.
fn typed(t: Texts, form: &Form) -> Vec<(&'static str, String)> {
    let told = form.0.iter().filter_map(|(name, value)| {
        let label = match name.as_str() {
            "action" | "to" | "state" => t.stale_wanted(),
            "on" => t.date(),
            "reason" => t.reason(),
            "document_number" => t.document_number(),
            "title" => t.document_title(),
            "issued_by" => t.issued_by(),
            "issued_on" => t.issued_on(),
            "planned_on" => t.matter_planned_on(),
            "actual_on" => t.matter_actual_on(),
            "effective_on" => t.effective_on(),
            _ => return None,
        };
        let value = value.trim();
        (!value.is_empty()).then(|| (label, word(t.0, name, value)))
    });
    told.collect()
}

fn word(lang: Lang, name: &str, value: &str) -> String {
    let label = match name {
        "action" => value.parse::<FilingAction>().ok().map(|action| action.label(lang)),
        "to" => value.parse::<Stage>().ok().map(|stage| stage.label(lang)),
        "state" => value.parse::<MatterState>().ok().map(|state| state.label(lang)),
        _ => None,
    };
    label.unwrap_or(value).to_owned()
}
