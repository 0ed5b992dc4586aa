//! An import: what was understood, the preview, what became of it.

use super::rows::{Row, Writer};
use super::{defaults, state, tag};
use crate::app::App;
use crate::extract::Id;
use crate::import::said::{Settings, SheetSaid};
use crate::import::show::RowShown;
use crate::import::words::field_name;
use crate::import::{Standing, api};
use crate::page::form::Form;
use crate::page::layout::{Page, html_with};
use crate::page::list::filters::Choice;
use crate::page::show;
use crate::page::texts::Texts;
use crate::page::visit::Visit;
use crate::problem::Failure;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use shortboard_domain::import::{ImportState, RowKind};
use shortboard_ledger::reading::{Layout, Unit};
use shortboard_ledger::understand::field::Field;

/// How many rows a page shows.
const ROWS: u64 = 100;

/// After how many seconds a page asks again how far the work has come.
const REFRESH: HeaderValue = HeaderValue::from_static("2");

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    page: Page,
    t: Texts,
    id: i64,
    version: i64,
    file: String,
    state: &'static str,
    tag: &'static str,
    errors: Vec<(String, String)>,
    progress: Option<Progress>,
    is_reading: bool,
    failure: Option<String>,
    done_at: Option<String>,
    undone_at: Option<String>,
    choices: Vec<Choice>,
    /// What one choice for the file would settle: the field, and how many rows lack it.
    lacking: Vec<(&'static str, &'static str, String)>,
    /// Whether any sheet tells of projects.
    has_ledger: bool,
    sheets: Vec<Sheet>,
    remarks: Vec<String>,
    tabs: Vec<Tab>,
    tab: &'static str,
    rows: Vec<Row>,
    first: Option<String>,
    more: Option<String>,
    has_errors: bool,
    leaves_errors_out: bool,
    is_blocked: bool,
    /// Whether it may be settled and carried out.
    is_open: bool,
    may_undo: bool,
}

impl ImportPage {
    fn is_lacking(&self, field: &str) -> bool {
        self.lacking.iter().any(|(name, _, _)| *name == field)
    }
}

struct Progress {
    done: String,
    of: Option<String>,
}

struct Sheet {
    name: String,
    is_ledger: bool,
    is_taken: bool,
    unit: &'static str,
    reason: String,
    projects: u32,
    skipped: u32,
    /// The headers of the columns that are not imported.
    ignored: String,
    ignored_count: usize,
    columns: Vec<Column>,
}

struct Column {
    id: String,
    letters: String,
    is_ignored: bool,
    header: String,
    field: String,
    fields: Vec<(&'static str, &'static str, bool)>,
}

struct Tab {
    href: String,
    label: &'static str,
    count: String,
    is_here: bool,
}

/// Whether a sheet tells of projects.
pub fn is_ledger(sheet: &SheetSaid) -> bool {
    sheet.layout != Layout::None
}

/// Shows an import.
pub async fn show(State(app): State<App>, visit: Visit, Id(id): Id) -> Result<Response, Failure> {
    page(&app, &visit, id, StatusCode::OK, Vec::new()).await
}

/// Shows it with why something did not come about.
pub async fn refused(
    app: &App,
    visit: &Visit,
    id: i64,
    failure: Failure,
) -> Result<Response, Failure> {
    if matches!(failure, Failure::NotFound | Failure::Denied(_) | Failure::Internal) {
        return Err(failure);
    }
    let problem = failure.problem(visit.lang);
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::CONFLICT);
    let sentences = [problem.detail].into_iter();
    let sentences = sentences.chain(problem.errors.into_iter().map(|error| error.message));
    let errors = sentences.map(|sentence| (String::new(), sentence)).collect();
    page(app, visit, id, status, errors).await
}

/// The rows that are not in order, with what is wrong.
pub async fn errors(State(app): State<App>, visit: Visit, Id(id): Id) -> Result<Response, Failure> {
    let book = app.imports.error_sheet(&visit.caller()?.actor, id, visit.lang).await?;
    let name = format!("attachment; filename=\"errors-{id}.xlsx\"");
    let headers = [(header::CONTENT_TYPE, api::XLSX), (header::CONTENT_DISPOSITION, name.as_str())];
    Ok((headers, book).into_response())
}

async fn page(
    app: &App,
    visit: &Visit,
    id: i64,
    status: StatusCode,
    errors: Vec<(String, String)>,
) -> Result<Response, Failure> {
    let t = visit.texts();
    let actor = &visit.caller()?.actor;
    let standing = app.imports.state(actor, id).await?;
    let Standing { import, said, progress } = &standing;
    let now = standing.state();
    let is_working = matches!(now, ImportState::Reading | ImportState::Committing);
    let is_mine = import.account == actor.name();
    let is_open = is_mine && matches!(now, ImportState::Ready | ImportState::Failed);
    let tabs = match now {
        ImportState::Ready | ImportState::Done => said.sheets.iter().any(is_ledger),
        _ => false,
    };
    let tab = tab(visit, &standing);
    let from = visit.query.given("from").and_then(|from| from.parse().ok()).unwrap_or(0);
    let (lists, day) = (app.store.lists(), app.store.today());
    let writer = Writer { sheets: &said.sheets, t, lists: &lists, day };
    let (mut rows, mut more) = (Vec::new(), None);
    if tabs {
        let kinds = [tab.as_str().to_owned()];
        let mut found = app.imports.rows(actor, id, &kinds, from, ROWS + 1).await?;
        if found.len() as u64 > ROWS {
            more = found.pop().map(|next| place(id, tab, next.position));
        }
        for row in &found {
            rows.push(writer.row(RowShown::of(row, &standing, visit.lang)?));
        }
    }
    let choices = defaults(app, visit, &chosen(&said.settings));
    let lacking = choices.iter().filter(|choice| is_open && said.lacking(choice.name) > 0);
    let lacking =
        lacking.map(|choice| (choice.name, choice.label, show::count(said.lacking(choice.name))));
    let lacking: Vec<_> = lacking.collect();
    let at = |time: Timestamp| app.store.local(time).strftime("%Y-%m-%d %H:%M").to_string();
    let (wrong, open) = (said.count(RowKind::Error), said.count(RowKind::Duplicate));
    let template = ImportPage {
        page: Page::new(visit, format!("{} {id}", t.import_title())),
        t,
        id,
        version: import.version,
        file: import.name.clone(),
        state: state(t, now),
        tag: tag(now),
        errors,
        progress: is_working.then(|| Progress {
            done: show::count(progress.map_or(0, |progress| progress.done)),
            of: progress.filter(|of| of.of > 0).map(|progress| show::count(progress.of)),
        }),
        is_reading: now == ImportState::Reading,
        failure: said.failure.as_ref().map(|note| note.text(visit.lang).to_owned()),
        done_at: import.committed_at.filter(|_| now == ImportState::Done).map(at),
        undone_at: import.undone_at.filter(|_| now == ImportState::Undone).map(at),
        lacking,
        choices,
        has_ledger: said.sheets.iter().any(is_ledger),
        sheets: said
            .sheets
            .iter()
            .enumerate()
            .map(|(place, sheet)| sheet_of(sheet, place, &said.settings, t))
            .collect(),
        remarks: said
            .remarks
            .iter()
            .filter(|remark| !is_shown_above(remark, &said.sheets))
            .map(|remark| remark_of(remark, visit))
            .collect(),
        tabs: if tabs { all_tabs(&standing, tab, t) } else { Vec::new() },
        tab: tab.as_str(),
        first: (from > 0).then(|| place(id, tab, 0)),
        rows,
        more,
        has_errors: wrong + said.count(RowKind::LeftOut) > 0 && now == ImportState::Ready,
        leaves_errors_out: said.settings.leave_out_errors,
        is_blocked: wrong + open > 0,
        is_open,
        may_undo: now == ImportState::Done,
    };
    let mut response = html_with(status, &template)?;
    if is_working {
        response.headers_mut().insert("refresh", REFRESH);
    }
    Ok(response)
}

/// The kind of rows that is shown: what is asked for, or what most needs to be looked at.
fn tab(visit: &Visit, standing: &Standing) -> RowKind {
    let asked = visit.query.given("tab").and_then(|word| word.parse().ok());
    let first = [RowKind::Error, RowKind::Duplicate, RowKind::New, RowKind::Changed];
    let most = first.into_iter().find(|kind| standing.said.count(*kind) > 0);
    asked.or(most).unwrap_or(RowKind::Unchanged)
}

fn place(id: i64, tab: RowKind, from: i64) -> String {
    match from {
        0 => format!("/imports/{id}?tab={tab}"),
        from => format!("/imports/{id}?tab={tab}&from={from}"),
    }
}

fn all_tabs(standing: &Standing, tab: RowKind, t: Texts) -> Vec<Tab> {
    let one = |kind: &RowKind| Tab {
        href: place(standing.import.id, *kind, 0),
        label: kind.label(t.0),
        count: show::count(standing.said.count(*kind)),
        is_here: *kind == tab,
    };
    RowKind::ALL.iter().map(one).collect()
}

fn chosen(settings: &Settings) -> Form {
    let given = [
        ("region", &settings.region),
        ("area", &settings.area),
        ("department", &settings.department),
    ];
    let given = given.into_iter().filter_map(|(name, code)| Some((name.to_owned(), code.clone()?)));
    Form(given.collect())
}

fn sheet_of(sheet: &SheetSaid, place: usize, settings: &Settings, t: Texts) -> Sheet {
    let ignored: Vec<String> = sheet
        .columns
        .iter()
        .filter(|column| column.field.is_none() && !column.header.is_empty())
        .map(|column| format!("{} {}", column.column, column.header))
        .collect();
    let column = |column: &shortboard_ledger::reading::Column| {
        let is = |word: &str| column.field.as_deref() == Some(word);
        let known = Field::ALL.iter().map(|of| (of.as_str(), of.label(t.0), is(of.as_str())));
        Column {
            id: format!("column-{place}-{}", column.column),
            letters: column.column.clone(),
            is_ignored: column.field.is_none(),
            header: column.header.clone(),
            field: column
                .field
                .as_deref()
                .map_or(t.import_ignored(), |of| field_name(of, t.0))
                .to_owned(),
            fields: known.collect(),
        }
    };
    Sheet {
        name: sheet.name.clone(),
        is_ledger: is_ledger(sheet),
        is_taken: !settings.left_out_sheets.contains(&sheet.name),
        unit: match sheet.unit {
            Unit::Wan => t.wan(),
            Unit::Yi => t.yi(),
            Unit::Yuan => t.yuan(),
        },
        reason: sheet.reason(t.0).unwrap_or_default().to_owned(),
        projects: sheet.projects,
        skipped: sheet.skipped,
        ignored_count: ignored.len(),
        ignored: show::listed(t, ignored),
        columns: sheet.columns.iter().map(column).collect(),
    }
}

/// Whether it is said beside its sheet: why that is no ledger, or which column nobody knows.
fn is_shown_above(remark: &crate::import::said::Remark, sheets: &[SheetSaid]) -> bool {
    let reason = sheets.iter().find(|sheet| sheet.name == remark.sheet);
    let reason = reason.and_then(|sheet| sheet.reason.as_deref());
    remark.note.code == "unknown_column" || reason == Some(remark.note.zh.as_str())
}

fn remark_of(remark: &crate::import::said::Remark, visit: &Visit) -> String {
    // The sentence itself begins with row and column, where it is about one.
    format!("{}: {}", remark.sheet, remark.note.text(visit.lang))
}
