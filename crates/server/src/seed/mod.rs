//! The seeds: code lists, the document, its projects and targets, as people keep them in files.

pub mod demo;
mod files;

pub use files::Seeds;

use files::SeedProject;
use jiff::civil::Date;
use shortboard_domain::access::{Action, Actor};
use shortboard_domain::body::ProjectBody;
use shortboard_domain::change::{Placing, Registration};
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::document::Source;
use shortboard_domain::facts::Facts;
use shortboard_domain::fault::Fault;
use shortboard_domain::lang::Lang;
use shortboard_domain::stage::StageBasis;
use shortboard_store::{Store, StoreError, Tx};
use std::fmt;
use std::sync::Arc;

/// What was loaded.
#[derive(Debug, Clone, Copy)]
pub struct Loaded {
    codes: usize,
    projects: usize,
    targets: usize,
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} codes, {} projects and {} targets", self.codes, self.projects, self.targets)
    }
}

/// Loads the seeds in one write: codes that are new or changed, and the document with its projects
/// and targets unless it is there already.
///
/// # Errors
/// A sentence that names what in the seeds is wrong; what the store says.
pub async fn load(store: &Store, seeds: Seeds) -> anyhow::Result<Loaded> {
    // Found wrong before anything is written.
    let lists = seeds.code_lists();
    let mut projects = Vec::new();
    for seed in &seeds.projects {
        let facts = facts(seed, &lists).map_err(|faults| wrong(seed, &faults))?;
        projects.push((facts, source(seed, &seeds), placing(seed)));
    }
    let (seeds, projects) = (Arc::new(seeds), Arc::new(projects));
    let permit = Actor::operator().permit(Action::LoadSeeds)?;
    let loaded = store.write(permit, move |tx| {
        let (seeds, projects) = (Arc::clone(&seeds), Arc::clone(&projects));
        Box::pin(async move { write(tx, &seeds, &projects).await })
    });
    let loaded = loaded.await?;
    store.reload_lists().await?;
    Ok(loaded)
}

type Placed = (Facts, Source, Placing);

async fn write(tx: &mut Tx, seeds: &Seeds, projects: &[Placed]) -> Result<Loaded, StoreError> {
    let mut loaded = Loaded { codes: 0, projects: 0, targets: 0 };
    let today = tx.today();
    let mut departments = Vec::new();
    for list in ListName::ALL {
        let change = tx.set_code_list(*list, seeds.list(*list), today).await?;
        loaded.codes += change.changed;
        if *list == ListName::Departments {
            departments = change.relabelled;
        }
    }
    tx.refresh_lists().await?;
    tx.relabel(&departments, today).await?;
    if tx.add_document(&seeds.document, &seeds.targets).await? {
        loaded.targets = seeds.targets.len();
        loaded.projects = projects.len();
        let day: Date = seeds.document.effective_on;
        for (facts, source, placing) in projects {
            let registration = Registration {
                source: Some(source.clone()),
                placed: Some(placing.clone()),
                ..facts.clone().into()
            };
            tx.register(registration, Some(day)).await?;
        }
    }
    Ok(loaded)
}

/// The facts of a project, by way of the same body as every other project's.
fn facts(seed: &SeedProject, lists: &CodeLists) -> Result<Facts, Vec<Fault>> {
    let area = lists.entry(ListName::Areas, &seed.area).map(|entry| entry.details.clone());
    let area = area.unwrap_or_default();
    let body = serde_json::json!({
        "name": seed.name,
        "kind": seed.kind,
        "area": seed.area,
        "region": seed.region,
        "also_in": seed.also_in,
        "group": seed.group,
        "departments": area.departments,
        "lead_department": area.lead,
        "nature": seed.nature,
        "quantities": seed.quantities,
    });
    crate::extract::read::<ProjectBody>(body)?.build(lists)
}

fn source(seed: &SeedProject, seeds: &Seeds) -> Source {
    Source {
        document: seeds.document.number.clone(),
        clause: Some(seed.clause.clone()),
        quote: Some(seed.quote.clone()),
    }
}

/// The stage is what the wording supports, until somebody confirms it. Where the wording has no verb
/// of its own, the words that name the project are what it rests on.
fn placing(seed: &SeedProject) -> Placing {
    Placing {
        stage: seed.stage,
        basis: StageBasis::Inferred,
        quote: Some(seed.stage_quote.clone().unwrap_or_else(|| seed.quote.clone())),
        document: None,
    }
}

fn wrong(seed: &SeedProject, faults: &[Fault]) -> anyhow::Error {
    let faults: Vec<String> = faults
        .iter()
        .map(|fault| format!("{} {}", fault.pointer, fault.why.message(Lang::En)))
        .collect();
    anyhow::anyhow!("the seed project {}: {}", seed.key, faults.join("; "))
}
