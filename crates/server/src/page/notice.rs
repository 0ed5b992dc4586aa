//! The notice: its task areas and targets, each with the projects and departments that belong to it.

use super::layout::{Page, html};
use super::show;
use super::texts::Texts;
use super::visit::Visit;
use crate::app::App;
use crate::notice::{self, AreaItem, TargetItem};
use crate::problem::Failure;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use shortboard_domain::target::TargetValue;
use shortboard_store::project::NamedProject;
use shortboard_store::reference::NoticeDocument;

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage {
    page: Page,
    t: Texts,
    documents: Vec<NoticeDocument>,
    areas: Vec<Area>,
    targets: usize,
    projects: usize,
}

/// A section of the page.
struct Area {
    code: String,
    label: String,
    title: Option<String>,
    clause: Option<String>,
    /// The departments; the one that leads comes first.
    departments: Vec<Department>,
    has_lead: bool,
    targets: Vec<Target>,
    projects: Vec<Project>,
    /// The list of all projects of the area, also those that the notice does not name.
    href: String,
}

struct Department {
    name: String,
    leads: bool,
    href: String,
}

struct Target {
    code: String,
    name: String,
    values: Vec<Value>,
    clauses: String,
    quotes: Vec<String>,
    /// The other areas it stands in: where, and their names.
    others: Vec<(String, String)>,
    projects: Vec<Project>,
}

struct Value {
    due: String,
    wanted: String,
}

struct Project {
    href: String,
    name: String,
    stage: &'static str,
    stage_label: &'static str,
}

/// Shows the notice.
pub async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Failure> {
    let sight = visit.caller()?.sight()?;
    let t = visit.texts();
    let documents = app.store.documents().await?;
    let targets = notice::targets(&app, &sight).await?;
    let items = notice::areas(&app, &sight).await?;
    let projects = items.iter().map(|area| area.projects.len()).sum();
    let areas = items.iter().map(|area| Area::of(area, &items, &targets, t)).collect();
    html(&NoticePage {
        page: Page::new(&visit, t.notice_title()),
        t,
        documents,
        areas,
        targets: targets.len(),
        projects,
    })
}

impl Area {
    fn of(area: &AreaItem, all: &[AreaItem], targets: &[TargetItem], t: Texts) -> Self {
        let mut departments: Vec<Department> = area
            .departments
            .iter()
            .map(|department| Department {
                name: department.name.clone(),
                leads: area.lead.as_ref().is_some_and(|lead| lead.code == department.code),
                href: format!("/projects?area={}&department={}", area.code, department.code),
            })
            .collect();
        departments.sort_by_key(|department| !department.leads);
        let here = targets.iter().filter(|target| area.targets.contains(&target.code));
        Self {
            code: area.code.clone(),
            label: area.label.get(t.0).to_owned(),
            title: area.title.clone(),
            clause: area.clause.clone(),
            has_lead: area.lead.is_some(),
            departments,
            targets: here.map(|target| Target::of(target, &area.code, all, t)).collect(),
            projects: area.projects.iter().map(|project| Project::of(project, t)).collect(),
            href: format!("/projects?area={}", area.code),
        }
    }
}

impl Target {
    fn of(target: &TargetItem, area: &str, all: &[AreaItem], t: Texts) -> Self {
        let others = all.iter().filter(|other| {
            other.code != area && target.areas.iter().any(|code| code.as_str() == other.code)
        });
        Self {
            code: target.code.clone(),
            name: target.name.clone(),
            values: target
                .values
                .iter()
                .map(|value| Value {
                    due: value.due.map_or(t.notice_no_year().to_owned(), |year| year.to_string()),
                    wanted: wanted(target, value, t),
                })
                .collect(),
            clauses: show::listed(t, target.clauses.iter().cloned()),
            quotes: target.quotes.clone(),
            others: others.map(|of| (of.code.clone(), of.label.get(t.0).to_owned())).collect(),
            projects: target.projects.iter().map(|project| Project::of(project, t)).collect(),
        }
    }
}

impl Project {
    fn of(project: &NamedProject, t: Texts) -> Self {
        Self {
            href: format!("/projects/{}", project.id),
            name: project.name.clone(),
            stage: project.stage.as_str(),
            stage_label: project.stage.label(t.0),
        }
    }
}

/// What is to be reached, from which side, in which unit.
fn wanted(target: &TargetItem, value: &TargetValue, t: Texts) -> String {
    format!("{} {} {}", target.direction.label(t.0), value.value, target.unit)
}
