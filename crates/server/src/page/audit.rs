//! The audit trail for auditors: what was recorded, by whom, and whether the trail holds.

use super::form::Form;
use super::layout::{Page, html, html_with};
use super::show;
use super::texts::{ACTIONS, Texts};
use super::visit::{self, Visit};
use crate::app::App;
use crate::audit::{RecordList, RecordParams, records};
use crate::params::PageParams;
use crate::problem::Failure;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;
use shortboard_domain::access::Action;
use shortboard_store::trail::Record;

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    page: Page,
    t: Texts,
    errors: Vec<(String, String)>,
    chain: String,
    actor: String,
    actions: Vec<(String, String, bool)>,
    rows: Vec<Row>,
    first_page: Option<String>,
    next_page: Option<String>,
}

/// A record.
struct Row {
    chain: String,
    /// The address of its chain alone.
    of_chain: String,
    seq: i64,
    time: String,
    actor: String,
    action: String,
    subject: String,
    effective: String,
    body: String,
    hash: String,
    prev: String,
}

#[derive(Template)]
#[template(path = "audit_verify.html")]
struct VerifyPage {
    page: Page,
    t: Texts,
    holds: bool,
    chains: String,
    records: String,
    versions: String,
    breach: Option<(String, i64, String)>,
}

/// Shows a page of the trail.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let t = visit.texts();
    let permit = visit.caller()?.permit(Action::ReadTrail)?;
    let given = |name: &str| visit.query.given(name).map(str::to_owned);
    let which =
        RecordParams { chain: given("chain"), actor: given("actor"), action: given("action") };
    let page = PageParams { limit: None, cursor: given("cursor") };
    let mut errors = Vec::new();
    let list = match records(&app, &permit, &which, &page).await {
        Err(Failure::Invalid(faults)) => {
            errors.extend(faults.iter().map(|fault| {
                let field = fault.pointer.trim_start_matches('/').to_owned();
                (field, fault.why.message(visit.lang))
            }));
            RecordList { items: Vec::new(), next: None }
        }
        list => list?,
    };
    let query = visit.query.without(&["cursor", "done"]);
    let next = list.next.map(|next| {
        let mut query = query.clone();
        query.0.push(("cursor".into(), next));
        visit::address("/audit", &query)
    });
    let chosen = which.action.unwrap_or_default();
    let mut actions: Vec<(String, String, bool)> = ACTIONS
        .iter()
        .map(|(word, ..)| ((*word).to_owned(), t.audit_action_label(word), *word == chosen))
        .collect();
    if !chosen.is_empty() && !actions.iter().any(|(.., is_chosen)| *is_chosen) {
        actions.push((chosen.clone(), chosen, true));
    }
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = AuditPage {
        page: Page::new(&visit, t.audit_title()),
        t,
        errors,
        chain: which.chain.unwrap_or_default(),
        actor: which.actor.unwrap_or_default(),
        actions,
        rows: list.items.into_iter().map(|record| row(&app, record, t)).collect(),
        first_page: visit.query.has("cursor").then(|| visit::address("/audit", &query)),
        next_page: next,
    };
    html_with(status, &page)
}

fn row(app: &App, record: Record, t: Texts) -> Row {
    let of_chain = Form(vec![("chain".into(), record.chain.clone())]);
    Row {
        of_chain: visit::address("/audit", &of_chain),
        seq: record.seq,
        time: app.store.local(record.recorded_at).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        actor: record.actor,
        action: t.audit_action_label(&record.action),
        subject: record.subject,
        effective: record.effective_on.unwrap_or_default(),
        body: match &record.body {
            // There is nothing to say of a sign-in but that it was.
            Value::Null => String::new(),
            body => serde_json::to_string_pretty(body).unwrap_or_default(),
        },
        hash: record.hash,
        prev: record.prev,
        chain: chain(&record.chain, t),
    }
}

/// A chain in words.
fn chain(name: &str, t: Texts) -> String {
    match name.split_once(':') {
        Some((_, id)) => format!("{} {id}", t.audit_project()),
        None => t.audit_registry().to_owned(),
    }
}

/// Verifies the trail.
pub async fn verify(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let t = visit.texts();
    visit.caller()?.permit(Action::ReadTrail)?;
    let found = app.store.verify(None).await?;
    let breach = found.breach.map(|breach| (chain(&breach.chain, t), breach.seq, breach.what));
    html(&VerifyPage {
        page: Page::new(&visit, t.audit_verify_title()),
        t,
        holds: found.ok,
        chains: show::count(found.chains),
        records: show::count(found.records),
        versions: show::count(found.versions),
        breach,
    })
}
