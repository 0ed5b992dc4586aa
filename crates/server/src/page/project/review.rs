//! The review of a filing: the facts as submitted, beside what they were when it was last handled.

use super::facts::{self, ComparedLine};
use super::history;
use super::words::Changed;
use super::{Errors, Opened, address, open};
use crate::app::App;
use crate::extract::Id;
use crate::page::form::Form;
use crate::page::layout::{Page, html, html_with};
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use crate::problem::Failure;
use crate::project::history::{differing, told};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use shortboard_domain::access::{Action, DeniedBecause};
use shortboard_domain::change::{Act, Change};
use shortboard_domain::filing::FilingAction;

#[derive(Template)]
#[template(path = "project_review.html")]
struct ReviewPage {
    page: Page,
    t: Texts,
    name: String,
    number: String,
    file: String,
    filing: String,
    version: i64,
    submitted: Option<Handled>,
    /// What is compared with, and why it was sent back then.
    before: Option<Handled>,
    facts: Vec<ComparedLine>,
    changed: Vec<Changed>,
    warnings: Vec<String>,
    /// Why the visitor cannot review it.
    barred: Option<String>,
    errors: Errors,
    typed: Form,
    today: String,
}

/// Who did what with a filing, and when.
struct Handled {
    act: &'static str,
    by: String,
    at: String,
    reason: String,
}

/// Shows the review.
pub async fn show(State(app): State<App>, visit: Visit, Id(id): Id) -> Result<Response, Failure> {
    let opened = open(&app, &visit, id).await?;
    // Who never reviews is told so; who may not review this one sees why.
    visit.caller()?.permit(Action::ReviewFiling)?;
    html(&page(&app, &visit, &opened, (Form::default(), Errors::default())))
}

/// Shows the review again with what is wrong.
///
/// # Errors
/// [`Failure::Internal`]
pub fn refused(
    app: &App,
    visit: &Visit,
    opened: &Opened,
    typed: (Form, Errors),
) -> Result<Response, Failure> {
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(app, visit, opened, typed))
}

fn page(app: &App, visit: &Visit, opened: &Opened, (typed, errors): (Form, Errors)) -> ReviewPage {
    let t = visit.texts();
    let words = opened.words(app, visit);
    let (submitted, before) = handled(opened.history.changes());
    let then = before.and_then(|change| opened.history.at_version(Date::MAX, change.seq));
    let file = |project| told(project, &opened.lists, words.day);
    let (old, new) = (then.as_ref().map(file), file(&opened.project));
    let changed = match &old {
        Some(old) => {
            let mut changes = differing(old, &new);
            changes.retain(|change| !OF_THE_FILING.contains(&change.pointer.as_str()));
            words.changed(&changes)
        }
        None => Vec::new(),
    };
    let warnings = opened.project.warnings(&opened.lists, words.day);
    let describe = |change: &Change| Handled {
        act: if matches!(change.act, Act::Submit) { t.act_submit() } else { t.act_return() },
        by: change.actor.clone(),
        at: history::local(app, change.recorded_at),
        reason: match &change.act {
            Act::Return { reason } => reason.clone(),
            _ => String::new(),
        },
    };
    ReviewPage {
        page: Page::new(visit, format!("{} · {}", t.review_title(), opened.project.facts.name)),
        t,
        name: opened.project.facts.name.clone(),
        number: opened.project.registry_number.clone(),
        file: address(opened.project.id),
        filing: format!("{}/filing", address(opened.project.id)),
        version: opened.version,
        submitted: submitted.map(describe),
        before: before.map(describe),
        facts: facts::compared(words, old.as_ref(), &new),
        changed,
        warnings: warnings.into_iter().map(|fault| fault.why.message(visit.lang)).collect(),
        barred: barred(visit, opened),
        errors,
        typed,
        today: app.store.today().to_string(),
    }
}

/// What says where the filing stands, not what was filed.
const OF_THE_FILING: [&str; 3] = ["/filing", "/submitted_by", "/returned_because"];

/// The submission that is being reviewed, and what was last done with the filing before it.
fn handled(changes: &[Change]) -> (Option<&Change>, Option<&Change>) {
    let mut handled = changes
        .iter()
        .rev()
        .filter(|change| matches!(change.act, Act::Submit | Act::Return { .. }));
    match handled.next() {
        Some(last) if matches!(last.act, Act::Submit) => (Some(last), handled.next()),
        last => (None, last),
    }
}

/// Why the visitor cannot review it.
fn barred(visit: &Visit, opened: &Opened) -> Option<String> {
    let t = visit.texts();
    if let Err(refusal) = opened.project.takes(FilingAction::Accept) {
        return Some(refusal.message(visit.lang));
    }
    match opened.permit(visit, Action::ReviewFiling) {
        Ok(_) => None,
        Err(Failure::Denied(denied)) if denied.because == Some(DeniedBecause::FourEyes) => {
            Some(t.review_four_eyes().to_owned())
        }
        Err(failure) => Some(failure.problem(visit.lang).detail),
    }
}
