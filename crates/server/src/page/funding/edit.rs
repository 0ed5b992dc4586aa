//! One project of the table as a form: all its sources, saved together or not at all.

use super::row::{Row, merged};
use super::table::{self, SourceRow};
use crate::app::App;
use crate::extract::Id;
use crate::page::form::Form;
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use crate::problem::Failure;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use shortboard_domain::access::{Action, Permit};
use shortboard_domain::codelist::CodeLists;
use shortboard_domain::decision::{Refusal, effective_day};
use shortboard_domain::fault::Why;
use shortboard_domain::funding::FundingSource;
use shortboard_domain::history::History;
use shortboard_domain::input::day;
use shortboard_domain::project::Project;
use shortboard_store::StoreError;
use shortboard_store::project::{Decision, Seen};

/// The first cell of the form: the address of an open project leads there, with or without script.
pub const FIRST_CELL: &str = "first-cell";

/// A project open as a form.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The project.
    pub id: i64,
    /// The version that the form is based on.
    pub version: i64,
    /// The rows, the last of them for a new source.
    pub rows: Vec<Row>,
    /// From when on it holds, as typed.
    pub effective_on: String,
    /// What is wrong with that.
    pub effective_fault: Option<String>,
    /// Whether special-bond money would bring a warning.
    pub is_listed: bool,
    /// Whether somebody else saved in the meantime, and who and when.
    pub is_stale: bool,
    /// The project that is edited next.
    pub next: Option<i64>,
}

impl Opened {
    /// A project as it stands.
    pub fn of(seen: &Seen) -> Self {
        let mut rows: Vec<Row> = seen.project.funding.iter().map(Row::of).collect();
        rows.push(Row::blank(0));
        Self {
            id: seen.project.id,
            version: seen.version,
            rows,
            effective_on: String::new(),
            effective_fault: None,
            is_listed: seen.project.is_on_negative_list(),
            is_stale: false,
            next: None,
        }
    }

    /// A project as a form has it.
    fn typed(id: i64, form: &Form, project: &Project) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        for (name, _) in &form.0 {
            if let Some(key) = name.strip_prefix("channel.")
                && !rows.iter().any(|row| row.key == key)
            {
                rows.push(Row::typed(form, key));
            }
        }
        Self {
            id,
            // What is no version is not the current one.
            version: form.get("version").parse().unwrap_or(-1),
            rows,
            effective_on: form.get("effective_on").to_owned(),
            effective_fault: None,
            is_listed: project.is_on_negative_list(),
            is_stale: false,
            next: None,
        }
    }

    /// What the form asks for; what is wrong is told at its cell.
    fn wishes(&mut self, lists: &CodeLists, t: Texts) -> Option<Vec<Wish>> {
        let mut wishes = Vec::new();
        let mut is_sound = true;
        for row in &mut self.rows {
            let number = row.key.parse().ok();
            if row.remove || (row.is_new() && row.is_blank()) {
                wishes.extend(number.filter(|_| row.remove).map(Wish::Remove));
                continue;
            }
            match (row.source(lists), number) {
                (Ok(source), None) => wishes.push(Wish::Add(source)),
                (Ok(source), Some(id)) => wishes.push(Wish::Change(id, source)),
                (Err(faults), _) => {
                    row.told(&faults, t);
                    is_sound = false;
                }
            }
        }
        is_sound.then_some(wishes)
    }

    /// The name by which a cell is found on the page.
    pub fn place_of(&self, row: &Row, cell: &str) -> String {
        let is_first = self.rows.first().is_some_and(|first| first.key == row.key);
        match cell {
            "channel" if is_first => FIRST_CELL.to_owned(),
            _ => format!("{cell}.{}", row.key),
        }
    }

    /// The error summary: each fault with the cell it is at.
    fn errors(&self, t: Texts) -> Vec<(String, String)> {
        let mut errors = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            for (cell, message) in &row.faults {
                let place = place(at + 1, cell, t);
                let (zh, en) = (format!("{place}：{message}"), format!("{place}: {message}"));
                errors.push((self.place_of(row, cell), t.pick(&zh, &en).to_owned()));
            }
        }
        let effective = self.effective_fault.iter();
        errors.extend(effective.map(|message| ("effective_on".to_owned(), message.clone())));
        errors
    }
}

/// Where a cell is, in words.
fn place(row: usize, cell: &str, t: Texts) -> String {
    let column = match cell {
        "channel" => t.funding_channel(),
        "amount" => t.sheet_amount(),
        "year" => t.funding_year(),
        "status" => t.funding_status(),
        "arrived" => t.sheet_arrived(),
        "document_number" => t.funding_document(),
        "ppp_phase" => t.sheet_phase(),
        _ => t.funding_note(),
    };
    t.pick(&format!("第{row}行{column}"), &format!("{column} in row {row}")).to_owned()
}

/// One thing a form asks for.
#[derive(Debug, Clone)]
enum Wish {
    Add(FundingSource),
    Change(u32, FundingSource),
    Remove(u32),
}

impl Wish {
    fn decide(self, history: &History, project: &Project, day: Date) -> Decision {
        match self {
            Self::Add(source) => history.add_funding(source, day).map(Some),
            Self::Remove(id) => history.remove_funding(id, day).map(Some),
            Self::Change(id, source) => {
                let current = project.funding.iter().find(|funding| funding.id == id);
                // A row that was not touched stays as it is, whatever it was on an earlier day.
                if current.is_some_and(|current| current.source == source) {
                    return Ok(None);
                }
                history.change_funding(id, source, day)
            }
        }
    }
}

/// Opens a project in the table.
pub async fn open(Id(id): Id) -> Redirect {
    let query = [("project", id), ("edit", id)].map(|(name, id)| (name.to_owned(), id.to_string()));
    Redirect::to(&table::place(&Form(query.to_vec()), FIRST_CELL))
}

/// Saves all sources of a project in one write.
pub async fn save(
    State(app): State<App>,
    visit: Visit,
    Id(id): Id,
    form: Form,
) -> Result<Response, Failure> {
    let t = visit.texts();
    let caller = visit.caller()?;
    let history = app.store.history(&caller.sight()?, id).await?.ok_or(Failure::NotFound)?;
    let permit = caller.permit_on(Action::TagFunding, &history)?;
    let project = history.current().ok_or(Failure::NotFound)?;
    let back = Form::read(form.get("back").as_bytes()).unwrap_or_default();
    let back = back.without(&["done", "edit"]);
    // The page of a form that was not saved is the table as it was.
    let mut table = visit.clone();
    table.path = table::PATH.to_owned();
    table.query = back.clone();

    let mut opened = Opened::typed(id, &form, &project);
    if opened.version != i64::from(history.next_seq() - 1) {
        return stale(&app, &table, &history, opened).await;
    }
    let wishes = opened.wishes(&app.store.lists(), t);
    let day = effective(&opened.effective_on, app.store.today());
    opened.effective_fault = day.as_ref().err().map(|why| why.message(t.0));
    let (Some(wishes), Ok(day)) = (wishes, day) else {
        let errors = opened.errors(t);
        let wrong = StatusCode::UNPROCESSABLE_ENTITY;
        return table::render(&app, &table, wrong, Some(opened), errors).await;
    };
    match write(&app, permit, id, opened.version, wishes, day).await {
        Ok(()) => Ok(saved(&form, back, id)),
        Err(StoreError::Stale { .. }) => {
            let history =
                app.store.history(&caller.sight()?, id).await?.ok_or(Failure::NotFound)?;
            stale(&app, &table, &history, opened).await
        }
        Err(StoreError::Refused(refusal)) if refusal != Refusal::NoSuchPart => {
            let mut errors = Vec::new();
            let faults = refusal.faults();
            match faults.first() {
                Some(fault) => opened.effective_fault = Some(fault.why.message(t.0)),
                None => errors.push((String::new(), refusal.message(t.0))),
            }
            errors.extend(opened.errors(t));
            let wrong = StatusCode::UNPROCESSABLE_ENTITY;
            table::render(&app, &table, wrong, Some(opened), errors).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The day from which a form's values hold.
///
/// # Errors
/// [`Why::NotADay`], [`Why::YearOutOfRange`], [`Why::InTheFuture`]
pub fn effective(typed: &str, today: Date) -> Result<Date, Why> {
    let given = (!typed.is_empty()).then(|| day(typed)).transpose()?;
    effective_day("", given, today).map_err(|refusal| {
        refusal.faults().into_iter().next().map_or(Why::NotADay, |fault| fault.why)
    })
}

async fn write(
    app: &App,
    permit: Permit,
    id: i64,
    version: i64,
    wishes: Vec<Wish>,
    day: Date,
) -> Result<(), StoreError> {
    let written = app.store.write(permit, move |tx| {
        let wishes = wishes.clone();
        Box::pin(async move {
            // The version is compared once: what follows builds on itself.
            tx.change(id, Some(version), |_, _, _| Ok(None)).await?;
            for wish in wishes {
                tx.change(id, None, |history, project, _| wish.decide(history, project, day))
                    .await?;
            }
            Ok(())
        })
    });
    written.await
}

/// Back to the table, at the project or with the next one open.
fn saved(form: &Form, mut back: Form, id: i64) -> Response {
    let next = form.given("then").and_then(|next| next.parse::<i64>().ok());
    back.0.push(("done".into(), "saved".into()));
    back.0.extend(next.map(|next| ("edit".to_owned(), next.to_string())));
    let place = if next.is_some() { FIRST_CELL.to_owned() } else { format!("p-{id}") };
    Redirect::to(&table::place(&back, &place)).into_response()
}

/// Somebody else saved in the meantime: rows that were not touched become the newest, rows that were
/// keep what was typed, with what is there now beside it.
async fn stale(
    app: &App,
    table: &Visit,
    history: &History,
    typed: Opened,
) -> Result<Response, Failure> {
    let t = table.texts();
    let lists = app.store.lists();
    let today = app.store.today();
    let current = history.current().ok_or(Failure::NotFound)?;
    let base = u32::try_from(typed.version).ok().and_then(|seq| history.up_to(seq).current());
    let base = base.map(|project| project.funding).unwrap_or_default();
    let rows = merged(typed.rows, &base, &current.funding, |now| {
        let text = now.map(|now| SourceRow::of(&now.source, &lists, t, today).line(t));
        text.map_or(t.funding_now_gone().to_owned(), |text| format!("{}{text}", t.funding_now()))
    });
    let version = i64::from(history.next_seq() - 1);
    let opened = Opened { rows, version, is_stale: true, ..typed };
    table::render(app, table, StatusCode::PRECONDITION_FAILED, Some(opened), Vec::new()).await
}
