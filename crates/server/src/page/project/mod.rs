//! The pages around one project: its file, its filing and review, its stages and its matters.

mod correction;
mod facts;
mod file;
mod filing;
mod history;
mod matter;
mod money;
mod review;
mod sheet;
mod stage;
mod stages;
mod stale;
mod words;

use super::form::Form;
use super::texts::Texts;
use super::visit::Visit;
use crate::app::App;
use crate::extract::Id;
use crate::problem::Failure;
use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use shortboard_domain::access::{Action, Permit, Sight};
use shortboard_domain::codelist::CodeLists;
use shortboard_domain::decision::Refusal;
use shortboard_domain::fault::{Fault, Why};
use shortboard_domain::history::History;
use shortboard_domain::input::Given;
use shortboard_domain::lang::Lang;
use shortboard_domain::project::Project;
use shortboard_domain::requirement::Fact;
use shortboard_store::StoreError;
use shortboard_store::project::{Decision, Setting};
use std::sync::Arc;
use words::Words;

/// The pages around one project.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/projects/{id}", get(file::show))
        .route("/projects/{id}/sheet", get(sheet::show))
        .route("/projects/{id}/filing", get(to_file).post(filing::file))
        .route("/projects/{id}/review", get(review::show))
        .route("/projects/{id}/stage", get(stage::show).post(stage::advance))
        .route("/projects/{id}/stage/confirm", get(to_file).post(stage::confirm))
        .route("/projects/{id}/stage/{move_id}", get(correction::show).post(correction::correct))
        .route("/projects/{id}/matters/{kind}", get(matter::show).post(matter::set))
}

/// Leads from where forms are sent to the file, which shows them.
async fn to_file(Id(id): Id) -> Redirect {
    Redirect::to(&address(id))
}

/// A project that a page is about, as it stands now.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Its history.
    pub history: History,
    /// As it stands.
    pub project: Project,
    /// The version forms are based on.
    pub version: i64,
    /// The names of codes.
    pub lists: Arc<CodeLists>,
    /// Who looks.
    pub sight: Sight,
}

/// Opens a project in sight.
///
/// # Errors
/// [`Failure::Unauthenticated`], [`Failure::Denied`], [`Failure::NotFound`]
pub async fn open(app: &App, visit: &Visit, id: i64) -> Result<Opened, Failure> {
    let sight = visit.caller()?.sight()?;
    let history = app.store.history(&sight, id).await?.ok_or(Failure::NotFound)?;
    let project = history.current().ok_or(Failure::NotFound)?;
    let version = i64::from(history.next_seq() - 1);
    Ok(Opened { history, project, version, lists: app.store.reload_lists().await?, sight })
}

impl Opened {
    /// The words of a visit, with today's names.
    pub fn words(&self, app: &App, visit: &Visit) -> Words<'_> {
        Words { t: visit.texts(), lists: &self.lists, day: app.store.today() }
    }

    /// Whether the visitor may do something with the project.
    pub fn may(&self, visit: &Visit, action: Action) -> bool {
        let caller = visit.caller();
        caller.is_ok_and(|caller| caller.actor.permit_on(action, &self.project.reach()).is_ok())
    }

    /// Leave to do something with the project.
    ///
    /// # Errors
    /// [`Failure::Denied`]
    pub fn permit(&self, visit: &Visit, action: Action) -> Result<Permit, Failure> {
        visit.caller()?.permit_on(action, &self.history)
    }

    /// The address of its file.
    pub fn address(&self) -> String {
        address(self.project.id)
    }
}

/// The address of a project's file.
pub fn address(id: i64) -> String {
    format!("/projects/{id}")
}

/// Why a change did not come about.
pub enum Undone {
    /// Another one came first.
    Stale(i64),
    /// The rules do not allow it.
    Refused(Refusal),
    /// Something else.
    Failed(Failure),
}

/// Changes a project on the version that a form names; a form that names none is based on none.
///
/// # Errors
/// [`Undone`]
pub async fn change<D>(
    app: &App,
    (permit, id): (Permit, i64),
    form: &Form,
    decide: D,
) -> Result<(), Undone>
where
    D: Fn(&History, &Project, Setting<'_>) -> Decision + Send + Sync + 'static,
{
    let expected = form.get("version").parse().unwrap_or(-1);
    let decide = Arc::new(decide);
    let written = app.store.write(permit, move |tx| {
        let decide = Arc::clone(&decide);
        Box::pin(
            async move { tx.change(id, Some(expected), |h, p, s| decide(h, p, s)).await.map(drop) },
        )
    });
    written.await.map_err(|error| match error {
        StoreError::Stale { expected, .. } => Undone::Stale(expected),
        StoreError::Refused(Refusal::NoSuchPart) => Undone::Failed(Failure::NotFound),
        StoreError::Refused(refusal) => Undone::Refused(refusal),
        other => Undone::Failed(other.into()),
    })
}

/// A field of a form as bodies take it; blank is absent.
pub fn given(form: &Form, name: &str) -> Option<Given<String>> {
    form.given(name).map(|value| Given::ok(value.to_owned()))
}

/// What is wrong with a form, or missing.
#[derive(Debug, Clone, Default)]
pub struct Errors(pub Vec<Wrong>);

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub struct Wrong {
    /// Where it is put right; blank where there is no such place.
    pub href: String,
    /// The sentence beside the field.
    pub message: String,
    /// The sentence in the summary, which names the field.
    pub told: String,
}

impl Wrong {
    /// Something wrong at a place, which the sentence names.
    pub fn new(href: impl Into<String>, message: String) -> Self {
        Self { href: href.into(), told: message.clone(), message }
    }
}

impl Errors {
    /// What is wrong with a form on the page, and what the project lacks, with links to the form
    /// that changes it.
    pub fn of(visit: &Visit, id: i64, refusal: &Refusal) -> Self {
        let faults = refusal.faults();
        if faults.is_empty() {
            return Self(vec![Wrong::new("", refusal.message(visit.lang))]);
        }
        let wrong = |fault: &Fault| {
            let message = fault.why.message(visit.lang);
            let here = format!("#{}", field(&fault.pointer));
            if let Why::Missing(fact) = fault.why {
                return Wrong::new(place_of(id, fact).unwrap_or(here), message);
            }
            let told = match (called(visit.texts(), &fault.pointer), visit.lang) {
                ("", _) => message.clone(),
                (label, Lang::Zh) => format!("{label}：{message}"),
                (label, Lang::En) => format!("{label}: {message}"),
            };
            Wrong { href: here, message, told }
        };
        Self(faults.iter().map(wrong).collect())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The sentence for a field.
    pub fn at(&self, field: &str) -> Option<&str> {
        let found = self.0.iter().find(|wrong| wrong.href.strip_prefix('#') == Some(field));
        found.map(|wrong| wrong.message.as_str())
    }
}

/// What a field of the forms here is called, by its pointer.
fn called(t: Texts, pointer: &str) -> &'static str {
    match pointer {
        "/on" => t.date(),
        "/to" => t.fact_stage(),
        "/reason" => t.reason(),
        "/state" => t.matter_state(),
        "/planned_on" => t.matter_planned_on(),
        "/actual_on" => t.matter_actual_on(),
        "/effective_on" => t.effective_on(),
        "/document_number" | "/basis/document_number" => t.document_number(),
        "/basis/title" => t.document_title(),
        "/issued_by" | "/basis/issued_by" => t.issued_by(),
        "/basis/issued_on" => t.issued_on(),
        _ => "",
    }
}

/// The id of a form's field by its pointer.
pub fn field(pointer: &str) -> String {
    let pointer = match pointer {
        "/owner_unit" => "/owner_unit/name",
        "/basis" => "/basis/document_number",
        _ if pointer.starts_with("/planned/") => "/planned",
        _ if pointer.starts_with("/departments/") => "/departments",
        _ => pointer,
    };
    format!("f-{}", pointer.trim_start_matches('/').replace('/', "-"))
}

/// Where a fact of the project is filled in; `None` for what a move brings along.
pub fn place_of(id: i64, fact: Fact) -> Option<String> {
    match fact {
        Fact::PreliminaryMatter => Some(format!("/projects/{id}#matters")),
        Fact::ApprovalDocument
        | Fact::AcceptanceDocument
        | Fact::ActualStart
        | Fact::ActualFinish
        | Fact::InUseSince
        | Fact::Reason => None,
        _ => Some(format!("/projects/{id}/edit#{}", field(fact.pointer()))),
    }
}
