//! A project's sheet 项目信息表: its facts, money, preliminary matters and origin as a form on one A4
//! page, today or as of a day.

use super::facts::{self, FactLine};
use super::history;
use super::money::{self, FundingTable};
use super::words::Words;
use super::{address, open};
use crate::app::App;
use crate::extract::Id;
use crate::page::layout::{Page, html};
use crate::page::texts::Texts;
use crate::page::visit::{self, Visit};
use crate::params::{WhenParams, read_group};
use crate::problem::Failure;
use crate::project::history::told;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use shortboard_domain::card::{Edition, ProjectFile};
use shortboard_domain::document::Source;
use shortboard_domain::input::Faults;
use shortboard_domain::matter::MatterKind;
use shortboard_domain::project::Project;

/// How many rows of money a page has room for.
const MOST_SOURCES: usize = 10;

#[derive(Template)]
#[template(path = "project_sheet.html")]
struct SheetPage {
    page: Page,
    t: Texts,
    /// Rows of cells: one over the whole width, or two beside each other.
    rows: Vec<Vec<FactLine>>,
    funding: FundingTable,
    /// How many sources the page has no room for.
    more_sources: usize,
    matters: Vec<Vec<FactLine>>,
    source: Option<Source>,
    as_of: String,
    printed: String,
    back: String,
}

/// Shows the sheet.
pub async fn show(State(app): State<App>, visit: Visit, Id(id): Id) -> Result<Response, Failure> {
    let opened = open(&app, &visit, id).await?;
    let query = serde_urlencoded::to_string(&visit.query.0).unwrap_or_default();
    let mut faults = Faults::default();
    let when = read_group::<WhenParams>(&query)?.build(&app.store, &mut faults);
    let when = faults.finish(when)?;
    let seen = app.store.project(&opened.sight, id, when).await?.ok_or(Failure::NotFound)?;
    let lists = match when.known_at {
        Some(time) => app.store.lists_known_at(time).await?.into(),
        None => opened.lists.clone(),
    };
    let (t, day, project) = (visit.texts(), seen.day, &seen.project);
    let words = Words { t, lists: &lists, day };
    let edition =
        Edition { lists: &lists, day, version: seen.version, updated_at: seen.updated_at };
    let file = ProjectFile::of(project, edition, visit.lang);
    let mut funding = money::table(words, project, &file.funding);
    let more_sources = funding.rows.len().saturating_sub(MOST_SOURCES);
    funding.rows.truncate(MOST_SOURCES);
    let line = |label, value: String, is_wide| FactLine { label, value, is_wide };
    let head = [
        line(t.column_name(), project.facts.name.clone(), true),
        line(t.file_number(), project.registry_number.clone(), false),
        line(t.column_kind(), project.facts.kind.label(t.0).to_owned(), false),
        line(
            t.column_stage(),
            words.with_aside(project.stage.label(t.0), &project.stage_since().to_string()),
            false,
        ),
        line(t.column_filing(), project.filing.label(t.0).to_owned(), false),
    ];
    let facts = facts::lines(words, &told(project, &lists, day));
    let blankless = |line: &FactLine| !line.is_wide || !line.value.is_empty();
    html(&SheetPage {
        page: Page::new(&visit, format!("{} · {}", project.facts.name, t.sheet_title())),
        t,
        rows: paired(head.into_iter().chain(facts.into_iter().filter(blankless))),
        funding,
        more_sources,
        matters: paired(matters(words, project)),
        source: project.source.clone(),
        as_of: day.to_string(),
        printed: history::local(&app, app.store.now()),
        back: visit::address(&address(id), &visit.query),
    })
}

/// Lines as rows of a table: those that need the whole width by themselves, the others in pairs.
fn paired(lines: impl IntoIterator<Item = FactLine>) -> Vec<Vec<FactLine>> {
    let mut rows: Vec<Vec<FactLine>> = Vec::new();
    let mut open = None;
    for line in lines {
        if line.is_wide {
            rows.push(vec![line]);
            continue;
        }
        // What stands alone so far takes the next narrow one beside it, also past a wide one.
        match open.take() {
            Some(at) => {
                let row: &mut Vec<FactLine> = &mut rows[at];
                row.push(line);
            }
            None => {
                open = Some(rows.len());
                rows.push(vec![line]);
            }
        }
    }
    rows
}

/// The preliminary matters, each in a few words: 已完成，2018-03-01，文号.
fn matters(words: Words<'_>, project: &Project) -> Vec<FactLine> {
    let t = words.t;
    let line = |kind: &MatterKind| {
        let value = match project.matters.get(kind) {
            None => t.sheet_matter_none().to_owned(),
            Some(matter) => {
                let day = matter.actual_on.or(matter.planned_on).map(|day| day.to_string());
                let parts =
                    [Some(matter.state.label(t.0).to_owned()), day, matter.document_number.clone()];
                words.joined(parts.into_iter().flatten())
            }
        };
        FactLine { label: kind.label(t.0), value, is_wide: false }
    };
    MatterKind::ALL.iter().map(line).collect()
}
