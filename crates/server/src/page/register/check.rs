//! What a form is told while it is being filled in: likely duplicates, what is wrong with a code,
//! owner units by their beginning; and that what was typed is kept.

use super::fields::{self, id_of};
use super::view::Alike;
use super::{about, percent};
use crate::app::App;
use crate::page::form::Form;
use crate::page::layout::{Page, html};
use crate::page::list::cards;
use crate::page::show;
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use crate::problem::Failure;
use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use shortboard_domain::access::Action;
use shortboard_domain::credit_code::CreditCode;
use shortboard_domain::fault::Fault;
use shortboard_domain::project_code::ProjectCode;
use shortboard_domain::similar::Probe;
use shortboard_domain::{text, written};
use shortboard_store::project::{ListFilter, ListQuery};

/// How many duplicates are shown.
const SHOWN: usize = 5;

/// From what likeness on, percent, a duplicate must be answered before a project is registered.
pub const ALIKE_ENOUGH: i64 = 60;

/// How many owner units are offered.
const UNITS: usize = 12;

/// The projects that are likely the same as the one in a form; `but` is the one being changed.
pub async fn likely(
    app: &App,
    visit: &Visit,
    form: &Form,
    but: Option<i64>,
) -> Result<Vec<Alike>, Failure> {
    let sight = visit.caller()?.sight()?;
    let probe = Probe {
        name: form.given("name").and_then(|name| text::clean(name, 200).ok()),
        region: form.given("region").map(str::to_owned),
        code: form.given("code").and_then(|code| code.parse().ok()),
        owner_unit: form.given("owner_unit.name").and_then(|name| text::clean(name, 100).ok()),
        credit_code: form.given("owner_unit.credit_code").and_then(|code| code.parse().ok()),
        total_investment: form.given("total_investment").and_then(|text| written::wan(text).ok()),
    };
    if probe.name.is_none() && probe.code.is_none() {
        return Ok(Vec::new());
    }
    let t = visit.texts();
    let mut alike = Vec::new();
    for similar in app.store.similar(&sight, &probe, SHOWN + 1).await? {
        let card = cards(&similar.card)?;
        let Some(card) = card.into_iter().next().filter(|card| Some(card.id) != but) else {
            continue;
        };
        let reasons = similar.likeness.reasons.iter().map(|reason| reason.text(visit.lang).message);
        alike.push(Alike {
            id: card.id,
            about: about(&card, app, visit),
            percent: percent(similar.likeness.score),
            reasons: show::listed(t, reasons),
            name: card.name,
        });
    }
    alike.truncate(SHOWN);
    Ok(alike)
}

#[derive(Template)]
#[template(path = "register_alike.html")]
struct AlikePage {
    page: Page,
    t: Texts,
    alike: Vec<Alike>,
}

/// Shows the likely duplicates of what stands in the query.
pub async fn alike(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let but = visit.query.given("but").and_then(|id| id.parse().ok());
    let alike = likely(&app, &visit, &visit.query, but).await?;
    let t = visit.texts();
    html(&AlikePage { page: Page::new(&visit, t.form_alike()), t, alike })
}

/// What is to be said of a form while it is being filled in.
#[derive(Debug, Serialize)]
pub struct Checked {
    /// What is wrong: the field's id and the sentence.
    faults: Vec<(String, String)>,
    /// What is worth a second look.
    warnings: Vec<(String, String)>,
}

/// Checks what was typed; what is still blank is nobody's fault yet.
pub async fn check(visit: Visit, form: Form) -> Result<Json<Checked>, Failure> {
    visit.caller()?.permit(Action::RegisterProject)?;
    let told = |faults: Vec<Fault>| {
        let told = faults.into_iter();
        told.map(|fault| (id_of(&fault.pointer), fault.why.message(visit.lang))).collect()
    };
    Ok(Json(Checked { faults: told(faults(&form)), warnings: told(warnings(&form)) }))
}

/// What is wrong with the fields that have a form of their own.
fn faults(form: &Form) -> Vec<Fault> {
    let code = form.given("code").and_then(|code| code.parse::<ProjectCode>().err());
    let credit_code = form.given("owner_unit.credit_code");
    let credit_code = credit_code.and_then(|code| code.parse::<CreditCode>().err());
    let total = form.given("total_investment").and_then(|text| written::wan(text).err());
    let planned = form.given("planned").and_then(|text| written::span(text).err());
    let found = [
        ("/code", code),
        ("/owner_unit/credit_code", credit_code),
        ("/total_investment", total),
        ("/planned", planned),
    ];
    let found = found.into_iter();
    found.filter_map(|(pointer, why)| why.map(|why| Fault::new(pointer, why))).collect()
}

/// What is worth a second look and no reason to refuse it.
pub fn warnings(form: &Form) -> Vec<Fault> {
    let code = form.given("code").and_then(|code| code.parse::<ProjectCode>().ok());
    let credit_code = form.given("owner_unit.credit_code");
    let credit_code = credit_code.and_then(|code| code.parse::<CreditCode>().ok());
    let found = [
        ("/code", code.and_then(|code| code.warning())),
        ("/owner_unit/credit_code", credit_code.and_then(|code| code.warning())),
    ];
    let found = found.into_iter();
    found.filter_map(|(pointer, why)| why.map(|why| Fault::new(pointer, why))).collect()
}

/// The owner units of projects in sight whose names hold what was typed.
pub async fn owner_units(
    State(app): State<App>,
    visit: Visit,
) -> Result<Json<Vec<String>>, Failure> {
    let sight = visit.caller()?.sight()?;
    let typed = visit.query.get("q");
    let mut names: Vec<String> = Vec::new();
    if typed.chars().count() >= 2 {
        let filter =
            ListFilter { q: Some(typed.chars().take(100).collect()), ..Default::default() };
        let query = ListQuery { filter, limit: 100, ..Default::default() };
        let found = app.store.projects(&sight, &query).await?;
        let owners = cards(&found.cards).unwrap_or_default().into_iter();
        for name in owners.filter_map(|card| card.owner_unit).map(|owner| owner.name) {
            if name.contains(typed) && !names.contains(&name) {
                names.push(name);
            }
        }
        names.truncate(UNITS);
    }
    Ok(Json(names))
}

/// What was kept.
#[derive(Debug, Serialize)]
pub struct KeptAnswer {
    /// The number of the kept form.
    kept: i64,
    /// The sentence that says so.
    message: &'static str,
}

/// Keeps what was typed so far.
pub async fn keep(
    State(app): State<App>,
    visit: Visit,
    form: Form,
) -> Result<Json<KeptAnswer>, Failure> {
    visit.caller()?.permit(Action::RegisterProject)?;
    let subject = form.given("subject").filter(|id| id.parse::<i64>().is_ok()).unwrap_or("new");
    let kept = keep_fields(&app, &visit, subject, &form).await?;
    Ok(Json(KeptAnswer { kept, message: visit.texts().form_kept() }))
}

/// Keeps the fields of a form; answers the number of what is kept.
pub async fn keep_fields(
    app: &App,
    visit: &Visit,
    subject: &str,
    form: &Form,
) -> Result<i64, Failure> {
    let permit = visit.caller()?.permit(Action::UseDesk)?;
    let kept = form.given("kept").and_then(|id| id.parse().ok());
    let mut own: Vec<&str> = vec!["subject"];
    own.extend(
        fields::OWN.iter().filter(|name| !["notes", "version", "effective_on"].contains(name)),
    );
    let fields = serde_urlencoded::to_string(&form.without(&own).0).unwrap_or_default();
    let subject = subject.to_owned();
    let id = app.store.write(permit, move |tx| {
        let (subject, fields) = (subject.clone(), fields.clone());
        Box::pin(async move { tx.keep_form(kept, &subject, &fields).await })
    });
    Ok(id.await?)
}
