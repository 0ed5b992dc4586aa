//! The document the registry rests on: its task areas and its targets, with the departments that
//! answer for them and the projects in the caller's sight.

use crate::app::App;
use crate::extract::Caller;
use crate::params::{NoParams, Query};
use crate::problem::{Failure, Problem};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use shortboard_domain::card::NamedDepartment;
use shortboard_domain::code::{AreaCode, DepartmentCode};
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::lang::Label;
use shortboard_domain::target::{Direction, TargetValue};
use shortboard_store::project::NamedProject;
use utoipa::ToSchema;

/// The targets.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetList {
    /// The targets, in the document's order.
    items: Vec<TargetItem>,
    /// Always blank: the targets come whole.
    next: Option<String>,
}

/// A target with what belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetItem {
    /// Code.
    code: String,
    /// Name.
    name: String,
    /// Unit of the values.
    unit: String,
    /// From which side it is met.
    direction: Direction,
    /// The values, one a due year.
    values: Vec<TargetValue>,
    /// The document that sets it.
    document: String,
    /// The clauses it stands in.
    clauses: Vec<String>,
    /// The words that name it, verbatim.
    quotes: Vec<String>,
    /// The areas it stands in.
    areas: Vec<AreaCode>,
    /// The departments those areas name.
    departments: Vec<NamedDepartment>,
    /// The projects that the same clauses name.
    projects: Vec<NamedProject>,
}

/// The task areas.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaList {
    /// The areas, in the document's order.
    items: Vec<AreaItem>,
    /// Always blank: the areas come whole.
    next: Option<String>,
}

/// A task area with what belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaItem {
    /// Code.
    code: String,
    /// What people read.
    label: Label,
    /// The heading in full.
    title: Option<String>,
    /// The clause.
    clause: Option<String>,
    /// The responsible departments.
    departments: Vec<NamedDepartment>,
    /// The one that leads; blank where the document names none: then all of them are responsible.
    lead: Option<NamedDepartment>,
    /// The targets that stand in the area, by code.
    targets: Vec<String>,
    /// The projects that the document names for it.
    projects: Vec<NamedProject>,
}

fn named(lists: &CodeLists, app: &App, code: &DepartmentCode) -> NamedDepartment {
    let name = lists.name_on(ListName::Departments, code.as_str(), app.store.today());
    NamedDepartment { code: code.clone(), name: name.to_owned() }
}

/// List the targets
#[utoipa::path(
    get,
    path = "/api/v1/targets",
    tag = "reference",
    responses(
        (status = 200, body = TargetList),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn targets(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<NoParams>, Failure>,
) -> Result<Json<TargetList>, Failure> {
    let sight = caller.sight()?;
    query?;
    let lists = app.store.lists();
    let mut projects: Option<(String, Vec<NamedProject>)> = None;
    let mut items = Vec::new();
    for (document, target) in app.store.targets().await? {
        if projects.as_ref().is_none_or(|(of, _)| *of != document) {
            projects = Some((document.clone(), app.store.projects_of(&sight, &document).await?));
        }
        let in_clause = |project: &&NamedProject| {
            project.clause.as_ref().is_some_and(|clause| target.clauses.contains(clause))
        };
        let of_document = projects.iter().flat_map(|(_, projects)| projects);
        let mut departments: Vec<NamedDepartment> = Vec::new();
        for area in &target.areas {
            let entry = lists.entry(ListName::Areas, area.as_str());
            for code in entry.iter().flat_map(|entry| &entry.details.departments) {
                let department = named(&lists, &app, code);
                if !departments.contains(&department) {
                    departments.push(department);
                }
            }
        }
        items.push(TargetItem {
            departments,
            projects: of_document.filter(in_clause).cloned().collect(),
            code: target.code,
            name: target.name,
            unit: target.unit,
            direction: target.direction,
            values: target.values,
            document,
            clauses: target.clauses,
            quotes: [target.quote].into_iter().chain(target.quotes).collect(),
            areas: target.areas,
        });
    }
    Ok(Json(TargetList { items, next: None }))
}

/// List the task areas
#[utoipa::path(
    get,
    path = "/api/v1/areas",
    tag = "reference",
    responses(
        (status = 200, body = AreaList),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    )
)]
pub async fn areas(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<NoParams>, Failure>,
) -> Result<Json<AreaList>, Failure> {
    let sight = caller.sight()?;
    query?;
    let lists = app.store.lists();
    let targets = app.store.targets().await?;
    let mut projects = Vec::new();
    for document in app.store.documents().await? {
        projects.extend(app.store.projects_of(&sight, &document.number).await?);
    }
    let items = lists.entries(ListName::Areas).map(|entry| AreaItem {
        code: entry.code.clone(),
        label: entry.label.clone(),
        title: entry.details.title.clone(),
        clause: entry.details.clause.clone(),
        departments: entry.details.departments.iter().map(|d| named(&lists, &app, d)).collect(),
        lead: entry.details.lead.as_ref().map(|lead| named(&lists, &app, lead)),
        targets: targets
            .iter()
            .filter(|(_, target)| target.areas.iter().any(|area| area.as_str() == entry.code))
            .map(|(_, target)| target.code.clone())
            .collect(),
        projects: projects.iter().filter(|p| p.area == entry.code).cloned().collect(),
    });
    Ok(Json(AreaList { items: items.collect(), next: None }))
}
