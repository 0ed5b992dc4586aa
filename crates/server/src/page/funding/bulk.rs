//! Tagging many projects at once: which, what, a preview, and only then the write. What is written is
//! what the preview showed: each project at the version it had there, or nothing.

use super::row::Row;
use super::{Choices, Gap, filter, table};
use crate::app::App;
use crate::extract::Caller;
use crate::page::form::Form;
use crate::page::layout::{Page, html_with};
use crate::page::texts::Texts;
use crate::page::visit::{self, Visit};
use crate::problem::Failure;
use crate::project::funding_bulk::{BulkItem, MOST, add_to, filtered};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use shortboard_domain::access::Action;
use shortboard_domain::fault::Why;
use shortboard_domain::funding::FundingSource;
use shortboard_store::StoreError;

/// The key of the one row of the form.
const KEY: &str = "n0";

/// What of an address says which projects, besides the filters.
const ABOUT: [&str; 4] = ["ids", "back", "as_of", "known_at"];

#[derive(Template)]
#[template(path = "funding_bulk.html")]
struct BulkPage {
    page: Page,
    t: Texts,
    errors: Vec<(String, String)>,
    /// How many projects are meant.
    count: usize,
    /// Their numbers.
    ids: String,
    back: String,
    to_table: String,
    row: Row,
    effective_on: String,
    choices: Choices,
    preview: Option<Preview>,
    has_changed: bool,
}

/// What would change.
#[derive(Debug, Clone)]
struct Preview {
    rows: Vec<PreviewRow>,
    refused: Vec<Refused>,
    /// The projects with the versions they have here.
    projects: String,
    /// The projects without the refused.
    others: String,
    /// The source in words.
    source: String,
    day: String,
}

#[derive(Debug, Clone)]
struct PreviewRow {
    id: i64,
    name: String,
    before: Gap,
    after: Gap,
    warnings: Vec<String>,
}

#[derive(Debug, Clone)]
struct Refused {
    id: i64,
    /// Blank when it is out of sight.
    name: String,
    why: String,
}

/// What the forms of this page carry.
struct Asked {
    ids: Vec<i64>,
    row: Row,
    effective_on: String,
    back: Form,
}

impl Asked {
    fn of(form: &Form, ids: Vec<i64>) -> Self {
        let has_source = form.has(&format!("channel.{KEY}"));
        let back = Form::read(form.get("back").as_bytes()).unwrap_or_default();
        Self {
            ids,
            row: if has_source { Row::typed(form, KEY) } else { Row::blank(0) },
            effective_on: form.get("effective_on").to_owned(),
            back: back.without(&filter::PASSING),
        }
    }
}

/// The numbers in a form or an address, each once, in order.
fn numbers(form: &Form) -> Vec<i64> {
    let given = form.all("ids").flat_map(|ids| ids.split(','));
    let mut ids: Vec<i64> = given.filter_map(|id| id.trim().parse().ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Asks for the source that some projects, or all of a filter, shall get.
pub async fn choose(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let caller = visit.caller()?;
    caller.permit(Action::TagFunding)?;
    let mut ids = numbers(&visit.query);
    let mut asked = Asked::of(&visit.query, Vec::new());
    let mut errors = Vec::new();
    let query = filter::plain(&visit.query.without(&ABOUT));
    // "All that I see" is too easily said by leaving something out.
    if ids.is_empty() && filter::filters(&query) {
        let params = filter::params(&query)?;
        ids = filtered(&app, &caller.sight()?, &params).await?;
        asked.back = query;
    }
    if ids.len() > MOST {
        errors.push((String::new(), Why::TooMany { max: MOST }.message(visit.lang)));
        ids.clear();
    } else if ids.is_empty() {
        errors.push((String::new(), visit.texts().bulk_nothing().to_owned()));
    }
    asked.ids = ids;
    page(&app, &visit, asked, errors, None, false).await
}

/// Previews, or writes what was previewed.
pub async fn go_on(State(app): State<App>, visit: Visit, form: Form) -> Result<Response, Failure> {
    let t = visit.texts();
    let caller = visit.caller()?;
    caller.permit(Action::TagFunding)?;
    let previewed = previewed(form.get("projects"));
    let ids = match &previewed[..] {
        [] => numbers(&form),
        previewed => previewed.iter().map(|(id, _)| *id).collect(),
    };
    let mut asked = Asked::of(&form, ids);
    if asked.ids.is_empty() || asked.ids.len() > MOST {
        let why = match asked.ids.len() {
            0 => t.bulk_nothing().to_owned(),
            _ => Why::TooMany { max: MOST }.message(visit.lang),
        };
        asked.ids.clear();
        return page(&app, &visit, asked, vec![(String::new(), why)], None, false).await;
    }
    let is_new = form.get("step").is_empty() && !form.has(&format!("channel.{KEY}"));
    if is_new || form.get("step") == "source" {
        return page(&app, &visit, asked, Vec::new(), None, false).await;
    }
    let day = super::edit::effective(&asked.effective_on, app.store.today());
    let (source, day) = match (asked.row.source(&app.store.lists()), day) {
        (Ok(source), Ok(day)) => (source, day),
        (source, day) => {
            if let Err(faults) = source {
                asked.row.told(&faults, t);
            }
            let faults = asked.row.faults.iter();
            let mut errors: Vec<(String, String)> =
                faults.map(|(cell, why)| (format!("{cell}.{KEY}"), why.clone())).collect();
            let wrong = day.err().map(|why| ("effective_on".to_owned(), why.message(visit.lang)));
            errors.extend(wrong);
            return page(&app, &visit, asked, errors, None, false).await;
        }
    };
    let mut has_changed = false;
    if form.get("step") == "confirm" && !previewed.is_empty() {
        match write(&app, caller, previewed, source.clone(), day).await {
            Ok(()) => {
                asked.back.0.push(("done".into(), "tagged".into()));
                let there = visit::address(table::PATH, &asked.back);
                return Ok(Redirect::to(&there).into_response());
            }
            // Whatever it was, the new preview tells it.
            Err(StoreError::Stale { .. } | StoreError::Denied(_) | StoreError::Refused(_)) => {
                has_changed = true;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let preview = preview(&app, &visit, &asked.ids, source, day).await?;
    page(&app, &visit, asked, Vec::new(), Some(preview), has_changed).await
}

/// The projects of a preview with their versions.
fn previewed(text: &str) -> Vec<(i64, i64)> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once(':'));
    pairs.filter_map(|(id, version)| Some((id.parse().ok()?, version.parse().ok()?))).collect()
}

/// Writes all of it or nothing.
async fn write(
    app: &App,
    caller: &Caller,
    projects: Vec<(i64, i64)>,
    source: FundingSource,
    day: Date,
) -> Result<(), StoreError> {
    let permit = caller.actor.permit(Action::TagFunding)?;
    let lang = caller.lang;
    let written = app.store.write(permit, move |tx| {
        let (projects, source) = (projects.clone(), source.clone());
        Box::pin(async move {
            for (id, version) in projects {
                add_to(tx, (id, Some(version)), (&source, day), lang).await?;
            }
            Ok(())
        })
    });
    written.await
}

/// Tries it and takes it back: what changes, and which projects refuse.
async fn preview(
    app: &App,
    visit: &Visit,
    ids: &[i64],
    source: FundingSource,
    day: Date,
) -> Result<Preview, Failure> {
    let (t, caller) = (visit.texts(), visit.caller()?);
    let lang = visit.lang;
    let seen = app.store.projects_in_full(&caller.sight()?, ids).await?;
    let name = |id: i64| {
        seen.iter().find(|seen| seen.project.id == id).map(|seen| seen.project.facts.name.clone())
    };
    let there: Vec<i64> = seen.iter().map(|seen| seen.project.id).collect();
    let tried = there.clone();
    let words = table::SourceRow::of(&source, &app.store.lists(), t, day).line(t);
    let permit = caller.permit(Action::TagFunding)?;
    let trial = app.store.write(permit, move |tx| {
        let (ids, source) = (tried.clone(), source.clone());
        Box::pin(async move {
            tx.abandon();
            let mut items: Vec<BulkItem> = Vec::new();
            let mut refused: Vec<(i64, StoreError)> = Vec::new();
            for id in ids {
                match add_to(tx, (id, None), (&source, day), lang).await {
                    // The version that the project has without the trial.
                    Ok(mut item) => {
                        item.version -= 1;
                        items.push(item);
                    }
                    Err(why @ (StoreError::Denied(_) | StoreError::Refused(_))) => {
                        refused.push((id, why));
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok((items, refused))
        })
    });
    let (items, refused) = trial.await?;
    let told = |why: StoreError| match why {
        StoreError::Refused(refusal) => match refusal.faults().first() {
            Some(fault) => fault.why.message(lang),
            None => refusal.message(lang),
        },
        why => Failure::from(why).problem(lang).detail,
    };
    let mut refused: Vec<Refused> = refused
        .into_iter()
        .map(|(id, why)| Refused { id, name: name(id).unwrap_or_default(), why: told(why) })
        .collect();
    let missing = ids.iter().filter(|id| !there.contains(id));
    let not_found = Failure::NotFound.problem(lang).detail;
    refused.extend(missing.map(|id| Refused {
        id: *id,
        name: String::new(),
        why: not_found.clone(),
    }));
    let listed = |texts: Vec<String>| texts.join(",");
    Ok(Preview {
        projects: listed(
            items.iter().map(|item| format!("{}:{}", item.id, item.version)).collect(),
        ),
        others: listed(items.iter().map(|item| item.id.to_string()).collect()),
        refused,
        source: words,
        day: day.to_string(),
        rows: items
            .into_iter()
            .map(|item| PreviewRow {
                id: item.id,
                before: Gap::of(item.gap_before, t),
                after: Gap::of(item.gap_after, t),
                warnings: about_funding(item.warnings),
                name: item.name,
            })
            .collect(),
    })
}

/// The warnings about funding, each once.
fn about_funding(warnings: Vec<shortboard_domain::card::Warning>) -> Vec<String> {
    let about = warnings.into_iter().filter(|warning| warning.pointer.starts_with("/funding/"));
    let mut messages: Vec<String> = about.map(|warning| warning.message).collect();
    messages.dedup();
    messages
}

async fn page(
    app: &App,
    visit: &Visit,
    asked: Asked,
    errors: Vec<(String, String)>,
    preview: Option<Preview>,
    has_changed: bool,
) -> Result<Response, Failure> {
    let t = visit.texts();
    let lists = app.store.reload_lists().await?;
    let status = match (errors.is_empty(), has_changed) {
        (true, false) => StatusCode::OK,
        (true, true) => StatusCode::PRECONDITION_FAILED,
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let ids: Vec<String> = asked.ids.iter().map(i64::to_string).collect();
    let back = &asked.back;
    let page = BulkPage {
        page: Page::new(visit, t.bulk_title()),
        t,
        errors,
        count: ids.len(),
        ids: ids.join(","),
        back: serde_urlencoded::to_string(&back.0).unwrap_or_default(),
        to_table: visit::address(table::PATH, back),
        row: asked.row,
        effective_on: asked.effective_on,
        choices: Choices::of(&lists, t),
        preview,
        has_changed,
    };
    html_with(status, &page)
}
