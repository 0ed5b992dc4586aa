//! An import is carried out: in one write, what the preview shows and nothing else.

use super::funding::FundingAct;
use super::looked::Looked;
use super::matching::{Books, Match};
use super::plan::{Asked, Planner, Todo, Way};
use super::reading::row_of;
use super::said::{Choice, Plan, Row, Said};
use super::{BATCH, Imports, MANY, Running, refused};
use crate::problem::Failure;
use serde_json::json;
use shortboard_domain::access::Actor;
use shortboard_domain::change::{Placing, Registration};
use shortboard_domain::decision::{Conflict, Refusal};
use shortboard_domain::document::{Document, Source};
use shortboard_domain::history::History;
use shortboard_domain::import::{ImportState, RowKind};
use shortboard_domain::stage::StageBasis;
use shortboard_store::import::Import;
use shortboard_store::{StoreError, Tx};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// Work that goes on when whoever asked for it has gone.
pub type Work = JoinHandle<Result<(), Failure>>;

impl Imports {
    /// Begins to carry an import out. `expected` is the version whose preview was looked at.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Stale`], [`Failure::Denied`];
    /// [`Conflict::ImportNotReady`], [`Conflict::ImportHasErrors`]; from the work,
    /// [`Conflict::ImportChanged`] when the registry is no longer what the preview was made of,
    /// which then is made anew
    pub async fn carry_out(
        &self,
        actor: &Actor,
        id: i64,
        expected: Option<i64>,
    ) -> Result<Work, Failure> {
        let (_, action) = Way::of(actor)?;
        let standing = self.own(actor, id).await?;
        let version = standing.import.version;
        if expected.is_some_and(|expected| expected != version) {
            return Err(Failure::Stale { current: version });
        }
        if standing.state() != ImportState::Ready {
            return Err(refused(Conflict::ImportNotReady));
        }
        let open = [RowKind::Error, RowKind::Duplicate].map(|kind| standing.said.count(kind));
        if open.iter().any(|count| *count > 0) {
            return Err(refused(Conflict::ImportHasErrors));
        }
        let of = standing.said.rows;
        let running = self.begin(id, ImportState::Committing, of);
        let running = Arc::new(running.ok_or_else(|| refused(Conflict::ImportNotReady))?);
        let permit = actor.permit(action)?;
        let (imports, actor) = (self.clone(), actor.clone());
        Ok(tokio::spawn(async move {
            let _turn = imports.turn.lock().await;
            let (told, who) = (Arc::clone(&running), actor.clone());
            let written = imports.store.write(permit, move |tx| {
                let (running, actor) = (Arc::clone(&told), who.clone());
                Box::pin(async move { carry_out(tx, &actor, id, version, &running).await })
            });
            let Err(error) = written.await else {
                imports.store.reload_lists().await?;
                return Ok(());
            };
            if !is_changed(&error) {
                return Err(error.into());
            }
            let said = standing.said;
            imports.plan_anew(&actor, id, said, &BTreeMap::new(), &running).await;
            Err(refused(Conflict::ImportChanged))
        }))
    }
}

/// Whether a write failed because the registry is no longer what the preview was made of.
fn is_changed(error: &StoreError) -> bool {
    match error {
        StoreError::Stale { .. } | StoreError::Denied(_) => true,
        StoreError::Refused(Refusal::Conflict(conflict)) => *conflict != Conflict::ImportNotReady,
        StoreError::Refused(_) => true,
        _ => false,
    }
}

async fn carry_out(
    tx: &mut Tx,
    actor: &Actor,
    id: i64,
    version: i64,
    running: &Running,
) -> Result<(), StoreError> {
    let import = tx.open_import(id).await?;
    if import.state != ImportState::Ready || import.version != version {
        return Err(Refusal::from(Conflict::ImportNotReady).into());
    }
    let mut said = Said::read(&import.said);
    if said.rows >= MANY {
        tx.expect_many().await?;
    }
    if !said.looked.holds(tx).await? {
        said.looked = check(tx, actor, id, &said).await?;
    }
    let departments = said.looked.departments();
    if !departments.is_empty() {
        tx.add_departments(&departments).await?;
    }
    let planner = Planner::new(actor, said.clone(), tx.lists())?;
    Carrier { import: &import, planner, rows: said.rows }.all(tx, running).await?;
    said.settings.leave_out_errors = false;
    let record = json!({
        "file": import.name,
        "sha256": import.sha256,
        "rows": said.rows,
        "counts": said.counts,
    });
    tx.close_import(&import, ImportState::Done, &said.written(), &record).await
}

/// Plans everything anew, as the write sees the registry, and compares it with the preview. Answers
/// what it was made of.
async fn check(tx: &mut Tx, actor: &Actor, id: i64, said: &Said) -> Result<Looked, StoreError> {
    let mut planner = Planner::new(actor, said.clone(), tx.lists())?;
    let mut looked = Looked::default();
    let mut from = 0;
    loop {
        let rows = read(tx, id, from).await?;
        let Some((last, ..)) = rows.last() else { break };
        from = last + 1;
        let plans = planner.plan(&mut Books::Write(tx), &asked(&rows)).await?;
        for ((_, _, shown, _), (plan, todo)) in rows.iter().zip(plans) {
            if !shown.does_the_same(&plan) {
                return Err(Refusal::from(Conflict::ImportChanged).into());
            }
            looked.take(&plan, &todo);
        }
    }
    Ok(looked)
}

type Read = (i64, Row, Plan, Option<Choice>);

async fn read(tx: &mut Tx, id: i64, from: i64) -> Result<Vec<Read>, StoreError> {
    let rows = tx.import_rows(id, from, BATCH).await?;
    let read = |row| row_of(&row).map(|(body, plan, choice)| (row.position, body, plan, choice));
    rows.into_iter().map(read).collect()
}

fn asked(rows: &[Read]) -> Vec<Asked<'_>> {
    rows.iter().map(|(_, row, _, choice)| Asked { row, choice: *choice }).collect()
}

/// Carries rows out.
struct Carrier<'i> {
    import: &'i Import,
    planner: Planner,
    rows: i64,
}

impl Carrier<'_> {
    async fn all(&mut self, tx: &mut Tx, running: &Running) -> Result<(), StoreError> {
        let (mut from, mut touched) = (0, Vec::new());
        loop {
            let rows = read(tx, self.import.id, from).await?;
            let Some((last, ..)) = rows.last() else { break };
            from = last + 1;
            let matches = rows.iter().map(|(_, _, plan, _)| match &plan.project {
                Some(project) => Match::One(project.id, project.by),
                None => Match::None(Vec::new()),
            });
            let matches = matches.collect();
            let asked = asked(&rows);
            let mut books = Books::Write(tx);
            let plans = self.planner.plan_again(&mut books, &asked, matches).await?;
            for ((position, row, plan, _), (_, todo)) in rows.iter().zip(plans) {
                if let Some(project) = self.one(tx, row, plan, todo).await? {
                    touched.push((project, *position));
                }
            }
            running.tell(from, self.rows);
        }
        // At the end, so that what is kept back of projects is written while more rows are planned.
        tx.add_import_projects(self.import.id, &touched).await
    }

    async fn one(
        &self,
        tx: &mut Tx,
        row: &Row,
        plan: &Plan,
        todo: Todo,
    ) -> Result<Option<i64>, StoreError> {
        match (plan.kind, &plan.project) {
            (RowKind::New, _) => {
                let Some(facts) = todo.facts else { return Ok(None) };
                let registration = Registration {
                    facts,
                    source: Some(self.source(row)),
                    placed: self.placing(row, plan),
                    funding: todo.funding.into_iter().map(FundingAct::into_source).collect(),
                };
                Ok(Some(tx.register(registration, None).await?.id))
            }
            (RowKind::Changed, Some(project)) => {
                let mut expected = Some(project.version);
                if let Some(facts) = todo.facts {
                    let decide =
                        |history: &History, today| history.change_facts(today, |_| Ok(facts));
                    tx.change(project.id, expected.take(), |h, _, s| decide(h, s.today)).await?;
                }
                if expected.is_some() {
                    // Nothing is recorded: only the version is compared.
                    tx.change(project.id, expected, |_, _, _| Ok(None)).await?;
                }
                fund(tx, project.id, todo.funding).await?;
                Ok(Some(project.id))
            }
            _ => Ok(None),
        }
    }

    /// Where the row stands, as the source of the project.
    fn source(&self, row: &Row) -> Source {
        let sheet = self.planner.said.sheets.get(row.sheet);
        let sheet = sheet.map(|sheet| sheet.name.as_str()).unwrap_or_default();
        Source {
            document: self.import.name.clone(),
            clause: Some(format!("{sheet}!{}", row.project.row)),
            quote: Some(row.project.name.clone()),
        }
    }

    fn placing(&self, row: &Row, plan: &Plan) -> Option<Placing> {
        let placed = plan.placed?;
        let sheet = self.planner.said.sheets.get(row.sheet);
        let title = sheet.and_then(|sheet| sheet.title.clone());
        let document = Document {
            title: Some(match title {
                Some(title) => format!("{}（{title}）", self.import.name),
                None => self.import.name.clone(),
            }),
            ..Document::default()
        };
        let is_inferred = placed.basis == StageBasis::Inferred;
        Some(Placing {
            stage: placed.stage,
            basis: placed.basis,
            quote: row.project.stage_quote.clone(),
            document: (!is_inferred).then_some(document),
        })
    }
}

async fn fund(tx: &mut Tx, id: i64, acts: Vec<FundingAct>) -> Result<(), StoreError> {
    for act in acts {
        tx.change(id, None, |history, _, setting| match act {
            FundingAct::Add(source) => history.add_funding(source, setting.today).map(Some),
            FundingAct::Change(number, source) => {
                history.change_funding(number, source, setting.today)
            }
        })
        .await?;
    }
    Ok(())
}
