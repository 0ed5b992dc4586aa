//! The document the registry rests on: its task areas and its targets, each with the departments
//! that answer for it and the projects in somebody's sight. Page and API show the same.

use crate::app::App;
use crate::problem::Failure;
use serde::Serialize;
use shortboard_domain::access::Sight;
use shortboard_domain::card::NamedDepartment;
use shortboard_domain::code::{AreaCode, DepartmentCode};
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::lang::Label;
use shortboard_domain::target::{Direction, TargetValue};
use shortboard_store::project::NamedProject;
use utoipa::ToSchema;

/// A target with what belongs to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TargetItem {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Unit of the values.
    pub unit: String,
    /// From which side it is met.
    pub direction: Direction,
    /// The values, one a due year.
    pub values: Vec<TargetValue>,
    /// The document that sets it.
    pub document: String,
    /// The clauses it stands in.
    pub clauses: Vec<String>,
    /// The words that name it, verbatim.
    pub quotes: Vec<String>,
    /// The areas it stands in.
    pub areas: Vec<AreaCode>,
    /// The departments those areas name.
    pub departments: Vec<NamedDepartment>,
    /// The projects that the same clauses name.
    pub projects: Vec<NamedProject>,
}

/// A task area with what belongs to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AreaItem {
    /// Code.
    pub code: String,
    /// What people read.
    pub label: Label,
    /// The heading in full.
    pub title: Option<String>,
    /// The clause.
    pub clause: Option<String>,
    /// The responsible departments.
    pub departments: Vec<NamedDepartment>,
    /// The one that leads; blank where the document names none: then all of them are responsible.
    pub lead: Option<NamedDepartment>,
    /// The targets that stand in the area, by code.
    pub targets: Vec<String>,
    /// The projects that the document names for it.
    pub projects: Vec<NamedProject>,
}

fn named(lists: &CodeLists, app: &App, code: &DepartmentCode) -> NamedDepartment {
    let name = lists.name_on(ListName::Departments, code.as_str(), app.store.today());
    NamedDepartment { code: code.clone(), name: name.to_owned() }
}

/// The targets, in the document's order.
///
/// # Errors
/// What reading them returns.
pub async fn targets(app: &App, sight: &Sight) -> Result<Vec<TargetItem>, Failure> {
    let lists = app.store.lists();
    let mut projects: Option<(String, Vec<NamedProject>)> = None;
    let mut items = Vec::new();
    for (document, target) in app.store.targets().await? {
        if projects.as_ref().is_none_or(|(of, _)| *of != document) {
            projects = Some((document.clone(), app.store.projects_of(sight, &document).await?));
        }
        let in_clause = |project: &&NamedProject| {
            project.clause.as_ref().is_some_and(|clause| target.clauses.contains(clause))
        };
        let of_document = projects.iter().flat_map(|(_, projects)| projects);
        let mut departments: Vec<NamedDepartment> = Vec::new();
        for area in &target.areas {
            let entry = lists.entry(ListName::Areas, area.as_str());
            for code in entry.iter().flat_map(|entry| &entry.details.departments) {
                let department = named(&lists, app, code);
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
    Ok(items)
}

/// The task areas, in the document's order.
///
/// # Errors
/// What reading them returns.
pub async fn areas(app: &App, sight: &Sight) -> Result<Vec<AreaItem>, Failure> {
    let lists = app.store.lists();
    let targets = app.store.targets().await?;
    let mut projects = Vec::new();
    for document in app.store.documents().await? {
        projects.extend(app.store.projects_of(sight, &document.number).await?);
    }
    let items = lists.entries(ListName::Areas).map(|entry| AreaItem {
        code: entry.code.clone(),
        label: entry.label.clone(),
        title: entry.details.title.clone(),
        clause: entry.details.clause.clone(),
        departments: entry.details.departments.iter().map(|d| named(&lists, app, d)).collect(),
        lead: entry.details.lead.as_ref().map(|lead| named(&lists, app, lead)),
        targets: targets
            .iter()
            .filter(|(_, target)| target.areas.iter().any(|area| area.as_str() == entry.code))
            .map(|(_, target)| target.code.clone())
            .collect(),
        projects: projects.iter().filter(|p| p.area == entry.code).cloned().collect(),
    });
    Ok(items.collect())
}
