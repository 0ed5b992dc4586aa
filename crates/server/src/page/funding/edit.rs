//! One project of the table as a form: all its sources, saved together or not at all.

use super::table::{self, SourceRow};
use crate::app::App;
use crate::extract::Id;
use crate::page::form::Form;
use crate::page::show;
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
use shortboard_domain::fault::{Fault, Why};
use shortboard_domain::funding::{Funding, FundingBody, FundingSource};
use shortboard_domain::history::History;
use shortboard_domain::input::{Faults, Given, day};
use shortboard_domain::project::Project;
use shortboard_domain::written;
use shortboard_store::StoreError;
use shortboard_store::project::{Decision, Seen};

/// The first cell of the form: the address of an open project leads there, with or without script.
pub const FIRST_CELL: &str = "first-cell";

/// What a row begins its key with when its source is not there yet; others are the source's number.
const NEW: char = 'n';

/// The cells of a row, by the names of the API.
const CELLS: [&str; 8] =
    ["channel", "amount", "year", "status", "arrived", "document_number", "ppp_phase", "note"];

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

/// A row of the form, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The source's number, or a word for a new one.
    pub key: String,
    /// The values of [`CELLS`], in their order.
    cells: [String; 8],
    /// Whether the source is removed.
    pub remove: bool,
    /// What is wrong, by cell.
    faults: Vec<(&'static str, String)>,
    /// What somebody else saved here in the meantime.
    pub now: Option<String>,
}

impl Row {
    fn blank(number: usize) -> Self {
        let mut row = Self { key: format!("{NEW}{number}"), ..Self::default() };
        row.set("status", "intended");
        row
    }

    fn of(funding: &Funding) -> Self {
        let source = &funding.source;
        let mut row = Self { key: funding.id.to_string(), ..Self::default() };
        row.set("channel", source.channel.as_str());
        row.set("amount", &show::wan_plain(source.amount.fen().into()));
        row.set("status", source.status.as_str());
        let arrived = source.arrived.map(|arrived| show::wan_plain(arrived.fen().into()));
        let year = source.year.map(|year| year.to_string());
        let phase = source.ppp_phase.map(|phase| phase.as_str().to_owned());
        for (cell, value) in [
            ("arrived", arrived),
            ("year", year),
            ("document_number", source.document_number.clone()),
            ("ppp_phase", phase),
            ("note", source.note.clone()),
        ] {
            row.set(cell, &value.unwrap_or_default());
        }
        row
    }

    fn typed(form: &Form, key: &str) -> Self {
        let mut row = Self { key: key.to_owned(), ..Self::default() };
        for cell in CELLS {
            // Forms send CRLF whatever was typed.
            row.set(cell, &form.get(&format!("{cell}.{key}")).replace("\r\n", "\n"));
        }
        row.remove = form.has(&format!("remove.{key}"));
        row
    }

    fn set(&mut self, cell: &str, value: &str) {
        if let Some(at) = CELLS.iter().position(|of| *of == cell) {
            value.clone_into(&mut self.cells[at]);
        }
    }

    /// What is typed in a cell.
    pub fn cell(&self, cell: &str) -> &str {
        CELLS.iter().position(|of| *of == cell).map_or("", |at| &self.cells[at])
    }

    /// What is wrong with a cell.
    pub fn fault(&self, cell: &str) -> Option<&str> {
        self.faults.iter().find(|(of, _)| *of == cell).map(|(_, message)| message.as_str())
    }

    /// Whether its source is not there yet.
    pub fn is_new(&self) -> bool {
        self.key.starts_with(NEW)
    }

    /// Whether nothing is typed in it; a new row begins with a status.
    fn is_blank(&self) -> bool {
        CELLS.iter().zip(&self.cells).all(|(cell, value)| *cell == "status" || value.is_empty())
    }

    /// The source that is typed.
    fn source(&self, lists: &CodeLists) -> Result<FundingSource, Vec<Fault>> {
        let given = |cell: &str| Some(self.cell(cell)).filter(|value| !value.is_empty());
        let text = |cell: &str| given(cell).map(|value| Given::ok(value.to_owned()));
        let wan = |cell: &str| given(cell).map(|value| Given::of(written::wan(value)));
        let year = given("year").map(|year| {
            let number = year.trim_end_matches('年').trim().parse();
            Given::of(number.map_err(|_| Why::YearOutOfRange))
        });
        let body = FundingBody {
            channel: text("channel"),
            amount: wan("amount"),
            year,
            status: text("status"),
            arrived: wan("arrived"),
            document_number: text("document_number"),
            ppp_phase: text("ppp_phase"),
            note: text("note"),
        };
        body.build(lists)
    }

    fn told(&mut self, faults: &[Fault], t: Texts) {
        for fault in faults {
            let cell = CELLS.iter().find(|cell| fault.pointer.strip_prefix('/') == Some(cell));
            self.faults.extend(cell.map(|cell| (*cell, fault.why.message(t.0))));
        }
    }
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
        "amount" => t.funding_amount(),
        "year" => t.funding_year(),
        "status" => t.funding_status(),
        "arrived" => t.funding_arrived(),
        "document_number" => t.funding_document(),
        "ppp_phase" => t.funding_phase(),
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
fn effective(typed: &str, today: Date) -> Result<Date, Why> {
    let mut faults = Faults::default();
    let day = match typed {
        "" => None,
        typed => faults.take("", day(typed)),
    };
    let day = faults
        .finish(day)
        .and_then(|given| effective_day("", given, today).map_err(|refusal| refusal.faults()));
    day.map_err(|faults| faults.into_iter().next().map_or(Why::NotADay, |fault| fault.why))
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
        let text = now.map(|now| SourceRow::of(now, &lists, t, today).line(t));
        text.map_or(t.funding_now_gone().to_owned(), |text| format!("{}{text}", t.funding_now()))
    });
    let version = i64::from(history.next_seq() - 1);
    let opened = Opened { rows, version, is_stale: true, ..typed };
    table::render(app, table, StatusCode::PRECONDITION_FAILED, Some(opened), Vec::new()).await
}

/// The rows of a form laid upon what is there now.
fn merged(
    typed: Vec<Row>,
    base: &[Funding],
    current: &[Funding],
    words: impl Fn(Option<&Funding>) -> String,
) -> Vec<Row> {
    let of = |list: &[Funding], key: &str| list.iter().find(|f| f.id.to_string() == key).cloned();
    let mut rows: Vec<Row> = Vec::new();
    for now in current {
        let key = now.id.to_string();
        let newest = Row::of(now);
        let Some(row) = typed.iter().find(|row| row.key == key) else {
            rows.push(newest);
            continue;
        };
        let was = of(base, &key).map(|was| Row::of(&was));
        let is_touched = was.as_ref() != Some(row);
        let is_changed = was.as_ref() != Some(&newest);
        rows.push(match (is_touched, is_changed) {
            (false, _) => newest,
            (true, false) => row.clone(),
            (true, true) => Row { now: Some(words(Some(now))), ..row.clone() },
        });
    }
    let mut added = 0;
    for row in typed {
        let is_there = current.iter().any(|now| now.id.to_string() == row.key);
        let was = of(base, &row.key).map(|was| Row::of(&was));
        // A source that somebody removed comes back only where this form had changed it.
        let is_untouched = row.remove || was.as_ref() == Some(&row);
        if is_there || (!row.is_new() && is_untouched) || row.is_blank() {
            continue;
        }
        let now = (!row.is_new()).then(|| words(None));
        rows.push(Row { key: format!("{NEW}{added}"), now, ..row });
        added += 1;
    }
    rows.push(Row::blank(added));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use shortboard_domain::code::ChannelCode;
    use shortboard_domain::funding::FundingStatus;
    use shortboard_domain::money::Money;

    fn source(id: u32, wan: i64) -> Funding {
        let source = FundingSource {
            channel: ChannelCode::new("city_budget"),
            amount: Money::from_fen(wan * 1_000_000).unwrap(),
            year: None,
            status: FundingStatus::Intended,
            arrived: None,
            document_number: None,
            ppp_phase: None,
            note: None,
        };
        Funding { id, source }
    }

    fn typed(id: u32, wan: i64) -> Row {
        Row::of(&source(id, wan))
    }

    fn amounts(rows: &[Row]) -> Vec<(&str, &str, bool)> {
        rows.iter().map(|row| (&*row.key, row.cell("amount"), row.now.is_some())).collect()
    }

    #[test]
    fn a_stale_form_keeps_what_was_typed_and_takes_the_rest() {
        let base = [source(1, 10), source(2, 20), source(3, 30), source(4, 40)];
        let current = [source(1, 11), source(2, 21), source(3, 30), source(5, 50)];
        let mut new = Row::blank(0);
        new.set("amount", "60");
        let form = vec![typed(1, 10), typed(2, 22), typed(3, 33), typed(4, 44), new];
        let rows = merged(form, &base, &current, |_| "now".into());
        assert_eq!(
            amounts(&rows),
            [
                ("1", "11", false),
                ("2", "22", true),
                ("3", "33", false),
                ("5", "50", false),
                ("n0", "44", true),
                ("n1", "60", false),
                ("n2", "", false),
            ]
        );
    }

    #[test]
    fn what_nobody_touched_and_somebody_removed_stays_removed() {
        let rows =
            merged(vec![typed(1, 10), Row::blank(0)], &[source(1, 10)], &[], |_| String::new());
        assert_eq!(amounts(&rows), [("n0", "", false)]);
    }
}
