//! Registering a project and changing its facts: one long form that loses nothing.

mod check;
mod fields;
mod view;

pub use check::{alike, check, keep, owner_units};

use super::form::Form;
use super::layout::{Page, done_at, html_with};
use super::show;
use super::visit::Visit;
use crate::app::App;
use crate::extract::Caller;
use crate::problem::Failure;
use crate::project::one::reach;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use check::{ALIKE_ENOUGH, likely, warnings};
use shortboard_domain::access::{Action, Reach};
use shortboard_domain::decision::{Refusal, effective_day};
use shortboard_domain::facts::Facts;
use shortboard_domain::fault::{Fault, Why};
use shortboard_domain::history::History;
use shortboard_domain::input;
use shortboard_domain::project::Project;
use shortboard_domain::stage::Stage;
use shortboard_store::StoreError;
use view::{Choices, FormPage, beginning, quantities, summed_up, told};

/// Shows the empty form, or one that was left unfinished.
pub async fn new(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    visit.caller()?.permit(Action::RegisterProject)?;
    let form = match visit.query.given("kept") {
        None => beginning(&visit),
        Some(id) => unfinished(&app, &visit, id).await?,
    };
    let page = page(&app, &visit, None, form);
    html_with(StatusCode::OK, &page)
}

/// An unfinished form of the visitor's.
async fn unfinished(app: &App, visit: &Visit, id: &str) -> Result<Form, Failure> {
    let account = visit.account.as_ref().ok_or(Failure::Unauthenticated)?;
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let kept = app.store.kept_form(account.id, id).await?.ok_or(Failure::NotFound)?;
    let mut form = Form::read(kept.fields.as_bytes())?;
    form.0.push(("kept".into(), id.to_string()));
    Ok(form)
}

/// The form as a page, with nothing wrong in it.
fn page(app: &App, visit: &Visit, project: Option<&Project>, form: Form) -> FormPage {
    let t = visit.texts();
    let title = match project {
        None => t.form_new_title().to_owned(),
        Some(project) => format!("{} {}", t.form_edit_title(), project.facts.name),
    };
    FormPage {
        page: Page::new(visit, title),
        t,
        action: match project {
            None => "/projects/new".to_owned(),
            Some(project) => format!("/projects/{}/edit", project.id),
        },
        is_change: project.is_some(),
        back: project.map_or("/".to_owned(), |project| format!("/projects/{}", project.id)),
        quantities: quantities(&form, t),
        errors: Vec::new(),
        summary: Vec::new(),
        warnings: told(&warnings(&form), visit),
        theirs: None,
        taken: Vec::new(),
        alike: Vec::new(),
        asks_alike: false,
        returned_because: project.and_then(|project| project.returned_because.clone()),
        is_kept: form.given("kept").is_some(),
        choices: Choices::on(&app.store.lists(), app.store.today(), t),
        form,
    }
}

/// Registers a project, and submits it when that was asked for.
pub async fn create(State(app): State<App>, visit: Visit, form: Form) -> Result<Response, Failure> {
    let caller = visit.caller()?;
    let permit = caller.permit(Action::RegisterProject)?;
    if form.has("resumed") {
        return html_with(StatusCode::OK, &page(&app, &visit, None, form));
    }
    let facts = match fields::build(&form, &app.store.lists()).and_then(|f| within(caller, f)) {
        Ok(facts) => facts,
        Err(faults) => return wrong(&app, &visit, None, form, &faults).await,
    };
    let alike = likely(&app, &visit, &form, None).await?;
    if alike.iter().any(|found| found.percent >= ALIKE_ENOUGH) && !form.has("not_similar") {
        let mut page = page(&app, &visit, None, form);
        (page.alike, page.asks_alike) = (alike, true);
        page.summary = vec![("f-not_similar".into(), visit.texts().form_alike_ask().into())];
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let registered = app.store.write(permit, move |tx| {
        let facts = facts.clone();
        Box::pin(async move { tx.register(facts.into(), None).await })
    });
    let history = registered.await?;
    forget(&app, &visit, &form).await?;
    finish(&app, &visit, &form, &history).await
}

/// The facts, when they lie where the caller may register; else a fault of the region.
fn within(caller: &Caller, facts: Facts) -> Result<Facts, Vec<Fault>> {
    match caller.actor.permit_on(Action::RegisterProject, &reach(caller, &facts)) {
        Ok(_) => Ok(facts),
        Err(_) => Err(vec![Fault::new("/region", Why::OutsideScope)]),
    }
}

/// The form with what is wrong in it; what was typed is kept besides.
async fn wrong(
    app: &App,
    visit: &Visit,
    project: Option<&Project>,
    mut form: Form,
    faults: &[Fault],
) -> Result<Response, Failure> {
    let subject = project.map_or("new".to_owned(), |project| project.id.to_string());
    let kept = check::keep_fields(app, visit, &subject, &form).await?;
    form = form.without(&["kept"]);
    form.0.push(("kept".into(), kept.to_string()));
    let mut page = page(app, visit, project, form);
    page.errors = told(faults, visit);
    page.summary = summed_up(faults, visit);
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Forgets what was kept of a form that is finished.
async fn forget(app: &App, visit: &Visit, form: &Form) -> Result<(), Failure> {
    if let Some(id) = form.given("kept").and_then(|id| id.parse().ok()) {
        let permit = visit.caller()?.permit(Action::UseDesk)?;
        app.store.write(permit, move |tx| Box::pin(tx.forget_form(id))).await?;
    }
    Ok(())
}

/// Submits the project when that was asked for, and leads to its file; where facts are missing, back
/// to the form, which says which.
async fn finish(
    app: &App,
    visit: &Visit,
    form: &Form,
    history: &History,
) -> Result<Response, Failure> {
    let file = format!("/projects/{}", history.id);
    if form.get("intent") != "submit" {
        return Ok(done_at(&file, "saved"));
    }
    let permit = visit.caller()?.permit_on(Action::SubmitFiling, history)?;
    let (id, version) = (history.id, i64::from(history.next_seq()) - 1);
    let submitted = app.store.write(permit, move |tx| {
        Box::pin(async move {
            let submit =
                |_: &History,
                 project: &Project,
                 setting: shortboard_store::project::Setting<'_>| {
                    project.submit(setting.today).map(Some)
                };
            tx.change(id, Some(version), submit).await
        })
    });
    match submitted.await {
        Ok(_) => Ok(done_at(&file, "submitted")),
        Err(StoreError::Refused(Refusal::Missing(..))) => {
            Ok(Redirect::to(&format!("{file}/edit?lacking=reserve")).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Shows the form of a project.
pub async fn edit(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<i64>,
) -> Result<Response, Failure> {
    let (history, project) = open(&app, &visit, id).await?;
    let mut form = match visit.query.given("kept") {
        None => fields::of(&project.facts),
        Some(kept) => unfinished(&app, &visit, kept).await?,
    };
    if !form.has("version") {
        form.0.push(("version".into(), (history.next_seq() - 1).to_string()));
    }
    let mut page = page(&app, &visit, Some(&project), form);
    if visit.query.has("lacking") {
        let missing = project.missing_for(Stage::Reserve);
        let faults = missing.iter().map(|fact| Fault::new(fact.pointer(), Why::Missing(*fact)));
        let faults: Vec<Fault> = faults.collect();
        page.errors = told(&faults, &visit);
        page.summary = summed_up(&faults, &visit);
    }
    html_with(StatusCode::OK, &page)
}

/// The project, when the visitor may change its facts as it stands.
async fn open(app: &App, visit: &Visit, id: i64) -> Result<(History, Project), Failure> {
    let caller = visit.caller()?;
    let history = app.store.history(&caller.sight()?, id).await?.ok_or(Failure::NotFound)?;
    caller.permit_on(Action::ChangeFacts, &history)?;
    let project = history.current().ok_or(Failure::NotFound)?;
    project.unlocked()?;
    Ok((history, project))
}

/// Changes the facts of a project, and submits it when that was asked for.
pub async fn change(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<i64>,
    form: Form,
) -> Result<Response, Failure> {
    let (history, project) = open(&app, &visit, id).await?;
    if form.has("resumed") {
        return html_with(StatusCode::OK, &page(&app, &visit, Some(&project), form));
    }
    let caller = visit.caller()?;
    let version: i64 = form.get("version").parse().unwrap_or(-1);
    if version != i64::from(history.next_seq()) - 1 {
        return stale(&app, &visit, &history, form);
    }
    let today = app.store.today();
    let built = fields::build(&form, &app.store.lists());
    let day = form.given("effective_on").map(input::day).transpose();
    let day = day.map_err(|why| vec![Fault::new("/effective_on", why)]).and_then(|day| {
        effective_day("/effective_on", day, today).map_err(|refusal| refusal.faults())
    });
    let (facts, day) = match (built, day) {
        (Ok(facts), Ok(day)) => (facts, day),
        (built, day) => {
            let faults = [built.err(), day.err()].into_iter().flatten().flatten();
            return wrong(&app, &visit, Some(&project), form, &faults.collect::<Vec<_>>()).await;
        }
    };
    let changed = project.facts.changes_to(&facts);
    let permit = caller.permit_on(Action::ChangeFacts, &history)?;
    let (mover, author) = (caller.clone(), project.author.clone());
    let written = app.store.write(permit, move |tx| {
        let (changed, mover, author) = (changed.clone(), mover.clone(), author.clone());
        Box::pin(async move {
            tx.change(id, Some(version), |history, _, _| {
                history.change_facts(day, |facts| {
                    // Only what was changed here is laid on what held on that day.
                    let newer = facts.with(&changed);
                    let moved = Reach { author, ..reach(&mover, &newer) };
                    match mover.actor.permit_on(Action::ChangeFacts, &moved) {
                        Ok(_) => Ok(newer),
                        Err(_) => Err(vec![Fault::new("/region", Why::OutsideScope)]),
                    }
                })
            })
            .await
        })
    });
    match written.await {
        Ok(history) => {
            forget(&app, &visit, &form).await?;
            finish(&app, &visit, &form, &history).await
        }
        Err(StoreError::Stale { .. }) => {
            let (history, _) = open(&app, &visit, id).await?;
            stale(&app, &visit, &history, form)
        }
        Err(StoreError::Refused(refusal @ Refusal::Faults(_))) => {
            wrong(&app, &visit, Some(&project), form, &refusal.faults()).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The form again, after somebody else has changed the project: what they wrote stands beside what
/// was typed, or in its place where nothing was typed; saving decides.
fn stale(app: &App, visit: &Visit, history: &History, typed: Form) -> Result<Response, Failure> {
    let project = history.current().ok_or(Failure::NotFound)?;
    let version = typed.get("version").parse().unwrap_or(0);
    let known = history.at_version(jiff::civil::Date::MAX, version);
    let before = known.map(|known| fields::of(&known.facts)).unwrap_or_default();
    let theirs = fields::of(&project.facts);
    let (mut form, taken) = laid_on(&typed, &before, &theirs);
    form.0.push(("version".into(), (history.next_seq() - 1).to_string()));
    let mut page = page(app, visit, Some(&project), form);
    page.theirs = Some(theirs);
    page.taken = taken;
    html_with(StatusCode::PRECONDITION_FAILED, &page)
}

/// What was typed, with what the other one wrote in the fields where nothing was; and those fields.
fn laid_on(typed: &Form, before: &Form, theirs: &Form) -> (Form, Vec<String>) {
    let values = |form: &Form, name: &str| -> Vec<String> {
        let mut values: Vec<String> = form.all(name).map(str::to_owned).collect();
        values.sort_unstable();
        values
    };
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in typed.0.iter().chain(&theirs.0) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let (mut form, mut taken) = (Form::default(), Vec::new());
    for name in names.into_iter().filter(|name| *name != "version") {
        let (mine, old, new) = (values(typed, name), values(before, name), values(theirs, name));
        let is_theirs = mine == old && new != old && !fields::OWN[..7].contains(&name.as_str());
        if is_theirs {
            taken.push(name.clone());
        }
        let from = if is_theirs { theirs } else { typed };
        form.0.extend(from.0.iter().filter(|(of, _)| of == name).cloned());
    }
    (form, taken)
}

/// The words for how alike two projects are.
fn percent(score: f64) -> i64 {
    (score * 100.0).round() as i64
}

/// What of a card stands beside its name.
fn about(card: &super::list::Card, app: &App, visit: &Visit) -> String {
    let t = visit.texts();
    let list = shortboard_domain::codelist::ListName::Regions;
    let region = show::label(&app.store.lists(), list, &card.region, app.store.today(), t);
    let total =
        card.total_investment.map(|total| format!("{} {}", show::wan(total.fen()), t.wan()));
    let words = [Some(card.stage.label(t.0).to_owned()), Some(region), total];
    show::listed(t, words.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(query: &str) -> Form {
        Form::read(query.as_bytes()).unwrap()
    }

    #[test]
    fn what_nobody_typed_is_the_others_and_what_was_typed_stays() {
        let before = form("name=a&content=b&departments=x");
        let theirs = form("name=a2&content=b2&departments=x&departments=y");
        let typed = form("version=1&name=a&content=mine&departments=x");
        let (laid, taken) = laid_on(&typed, &before, &theirs);
        assert_eq!(laid.get("name"), "a2");
        assert_eq!(laid.get("content"), "mine");
        assert_eq!(laid.all("departments").collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!(taken, ["name", "departments"]);
    }
}
