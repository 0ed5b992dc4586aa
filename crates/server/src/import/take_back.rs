//! An import is taken back, as long as nothing was changed since in the projects it touched: what it
//! changed is restated as it was, what it registered is withdrawn. The trail keeps both.

use super::carry_out::Work;
use super::plan::Way;
use super::{Imports, MANY, Running, refused};
use crate::problem::Failure;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use shortboard_domain::access::{Actor, Sight};
use shortboard_domain::change::{Act, Change, Proposal};
use shortboard_domain::decision::{Conflict, Refusal};
use shortboard_domain::funding::Funding;
use shortboard_domain::history::History;
use shortboard_domain::import::ImportState;
use shortboard_domain::lang::Lang;
use shortboard_store::{StoreError, Tx};
use std::sync::{Arc, Mutex, PoisonError};

/// A change that stands in the way of taking an import back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct InTheWay {
    /// The project's number.
    pub id: i64,
    /// Its readable number.
    pub registry_number: String,
    /// Its name.
    pub name: String,
    /// Who changed it.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
}

impl InTheWay {
    /// The sentence for people.
    pub fn sentence(&self, lang: Lang) -> String {
        let Self { registry_number, name, actor, action, recorded_at, .. } = self;
        match lang {
            Lang::Zh => {
                format!("{registry_number}{name}：{actor} 于 {recorded_at} 又作了更改（{action}）")
            }
            Lang::En => {
                format!("{registry_number} {name}: changed by {actor} at {recorded_at} ({action})")
            }
        }
    }
}

/// How many projects are told that stand in the way.
const TOLD: usize = 20;

impl Imports {
    /// Begins to take an import back. The account that carried it out may, and a registrar of city
    /// scope.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Stale`], [`Failure::Denied`]; [`Conflict::ImportNotDone`];
    /// from the work, [`Failure::BuiltUpon`] with what stands in the way
    pub async fn take_back(
        &self,
        actor: &Actor,
        id: i64,
        expected: Option<i64>,
    ) -> Result<Work, Failure> {
        let standing = self.state(actor, id).await?;
        let (_, action) = Way::of(actor)?;
        let permit = actor.permit(action)?;
        let version = standing.import.version;
        if expected.is_some_and(|expected| expected != version) {
            return Err(Failure::Stale { current: version });
        }
        if standing.state() != ImportState::Done {
            return Err(refused(Conflict::ImportNotDone));
        }
        let of = standing.said.rows;
        let running = self.begin(id, ImportState::Committing, of);
        let running = Arc::new(running.ok_or_else(|| refused(Conflict::ImportNotDone))?);
        let (imports, sight) = (self.clone(), actor.sight()?);
        Ok(tokio::spawn(async move {
            let _turn = imports.turn.lock().await;
            let found = Arc::new(Mutex::new(Vec::new()));
            let in_the_way = Arc::clone(&found);
            let written = imports.store.write(permit, move |tx| {
                let (running, sight) = (Arc::clone(&running), sight.clone());
                let found = Arc::clone(&found);
                Box::pin(async move {
                    let told = take_back(tx, id, &sight, &running).await?;
                    if told.is_empty() {
                        return Ok(());
                    }
                    *found.lock().unwrap_or_else(PoisonError::into_inner) = told;
                    Err(Refusal::from(Conflict::ImportBuiltUpon).into())
                })
            });
            match written.await {
                Err(StoreError::Refused(Refusal::Conflict(Conflict::ImportBuiltUpon))) => {
                    let mut found = in_the_way.lock().unwrap_or_else(PoisonError::into_inner);
                    Err(Failure::BuiltUpon(std::mem::take(&mut *found)))
                }
                outcome => Ok(outcome?),
            }
        }))
    }
}

/// Takes an import back; answers what stands in the way, and then has written nothing.
async fn take_back(
    tx: &mut Tx,
    id: i64,
    sight: &Sight,
    running: &Running,
) -> Result<Vec<InTheWay>, StoreError> {
    let import = tx.open_import(id).await?;
    if import.state != ImportState::Done {
        return Err(Refusal::from(Conflict::ImportNotDone).into());
    }
    let projects = tx.import_projects(id).await?;
    let mut in_the_way = Vec::new();
    for project in &projects {
        let Some(history) = tx.history(*project).await? else { continue };
        if let Some(told) = later(&history, id, sight) {
            in_the_way.push(told);
            if in_the_way.len() == TOLD {
                break;
            }
        }
    }
    if !in_the_way.is_empty() {
        return Ok(in_the_way);
    }
    let of = i64::try_from(projects.len()).unwrap_or(i64::MAX);
    if of >= MANY {
        tx.expect_many().await?;
    }
    for (done, project) in (1..).zip(&projects) {
        for _ in 0..MOST_STEPS {
            let mut is_done = false;
            let changed = tx.change(*project, None, |history, _, _| {
                let next = undoing(history, id);
                is_done = next.is_none();
                Ok(next)
            });
            let history = changed.await?;
            if is_done || history.current().is_none() {
                break;
            }
        }
        running.tell(done, of);
    }
    let record = json!({"file": import.name, "sha256": import.sha256, "projects": of});
    tx.close_import(&import, ImportState::Undone, &import.said.clone(), &record).await?;
    Ok(Vec::new())
}

/// The most steps that undo what an import did to one project: its facts and each of its sources.
const MOST_STEPS: usize = 500;

/// The last change of a project that an import did not make, when it came after those it made. A
/// label that changed is no change of the project.
fn later(history: &History, import: i64, sight: &Sight) -> Option<InTheWay> {
    let by = |change: &&Change| change.import == Some(import);
    let last = history.changes().iter().rfind(by)?.seq;
    let since = |change: &&Change| change.seq > last && change.act != Act::Relabel;
    let change = history.changes().iter().rfind(since)?;
    let project = history.current();
    let seen = project.filter(|project| sight.sees(&project.reach()));
    Some(InTheWay {
        id: history.id,
        registry_number: history.registry_number.clone(),
        name: seen.map(|project| project.facts.name).unwrap_or_default(),
        actor: change.actor.clone(),
        action: change.act.as_str().to_owned(),
        recorded_at: change.recorded_at,
    })
}

/// The next step that brings a project back to how it was before an import; `None` when it is there.
fn undoing(history: &History, import: i64) -> Option<Proposal> {
    let first = history.changes().iter().find(|change| change.import == Some(import))?;
    let day: Date = first.effective_on;
    let propose = |act| Some(Proposal { effective_on: day, act });
    let Some(before) = history.up_to(first.seq - 1).current() else {
        return propose(Act::Withdraw);
    };
    let now = history.current()?;
    if now.facts != before.facts {
        let changed = now.facts.changes_to(&before.facts);
        return propose(Act::ChangeFacts { changed });
    }
    let of = |funding: &[Funding], id: u32| funding.iter().find(|f| f.id == id).cloned();
    let added = now.funding.iter().find(|funding| of(&before.funding, funding.id).is_none());
    if let Some(added) = added {
        return propose(Act::RemoveFunding { id: added.id });
    }
    let changed = before.funding.iter().find(|was| of(&now.funding, was.id).as_ref() != Some(was));
    changed.and_then(|was| propose(Act::ChangeFunding { id: was.id, source: was.source.clone() }))
}
