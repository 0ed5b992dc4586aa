//! A preview is revised: columns, what stands in for what rows do not tell, what is left out, what
//! rows are. All of it is planned anew.

use super::looked::Looked;
use super::matching::Books;
use super::plan::{Asked, Planner, Way};
use super::reading::{self, count, count_missing, import_row, row_of, signature};
use super::said::{Choice, Said};
use super::{BATCH, Imports, Running, THOROUGH, refused};
use crate::problem::Failure;
use shortboard_domain::access::{Action, Actor};
use shortboard_domain::decision::Conflict;
use shortboard_domain::fault::{Fault, Why};
use shortboard_domain::import::ImportState;
use shortboard_ledger::understand::Mapping;
use shortboard_store::StoreError;
use std::collections::BTreeMap;
use tokio::task::JoinHandle;

/// What is revised; what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Revision {
    /// What columns hold, by their headers: laid on what was assigned before.
    pub mapping: Option<Mapping>,
    /// The region of rows that tell none: code, name or alias; `Some(None)` for none.
    pub region: Option<Option<String>>,
    /// Likewise the task area.
    pub area: Option<Option<String>>,
    /// Likewise the responsible department.
    pub department: Option<Option<String>>,
    /// The sheets that are left out.
    pub left_out_sheets: Option<Vec<String>>,
    /// Whether rows with errors are left out.
    pub leave_out_errors: Option<bool>,
    /// What rows are, by their place; `None` takes a choice back.
    pub choices: BTreeMap<i64, Option<Choice>>,
}

impl Imports {
    /// Revises a preview; answers the work under way. `expected` is the version it is based on.
    ///
    /// # Errors
    /// [`Failure::NotFound`], [`Failure::Stale`], [`Failure::Invalid`];
    /// [`Conflict::ImportNotReady`] while it is worked on or when it is carried out
    pub async fn revise(
        &self,
        actor: &Actor,
        id: i64,
        expected: Option<i64>,
        revision: Revision,
    ) -> Result<JoinHandle<()>, Failure> {
        let standing = self.own(actor, id).await?;
        if let Some(expected) = expected.filter(|expected| *expected != standing.import.version) {
            let _ = expected;
            return Err(Failure::Stale { current: standing.import.version });
        }
        if !matches!(standing.state(), ImportState::Ready | ImportState::Failed) {
            return Err(refused(Conflict::ImportNotReady));
        }
        let mut said = standing.said.clone();
        let is_read_anew = self.lay_on(&mut said, &revision)?;
        if is_read_anew {
            self.remember(actor, &standing.said, revision.mapping.as_ref()).await?;
        }
        let of = said.rows;
        let running = self.begin(id, ImportState::Reading, of);
        let running = running.ok_or_else(|| refused(Conflict::ImportNotReady))?;
        let file = match is_read_anew || standing.state() == ImportState::Failed {
            true => Some(self.file(id).await?),
            false => None,
        };
        let version = self.reserve(actor, id, standing.import.version, &said).await?;
        tracing::debug!(import = id, version, "a preview is made anew");
        let (imports, actor) = (self.clone(), actor.clone());
        Ok(tokio::spawn(async move {
            match file {
                Some(file) => reading::read(&imports, &actor, id, &file, &running).await,
                None => imports.plan_anew(&actor, id, said, &revision.choices, &running).await,
            }
        }))
    }

    /// An import of the actor's own.
    pub(super) async fn own(&self, actor: &Actor, id: i64) -> Result<super::Standing, Failure> {
        let standing = self.state(actor, id).await?;
        if standing.import.account != actor.name() {
            let (_, action) = Way::of(actor)?;
            let because = Some(shortboard_domain::access::DeniedBecause::NotOwn);
            let actor = actor.name().to_owned();
            return Err(shortboard_domain::access::Denied { actor, action, because }.into());
        }
        Ok(standing)
    }

    /// Lays a revision on what is said; answers whether the file is to be read anew for it.
    fn lay_on(&self, said: &mut Said, revision: &Revision) -> Result<bool, Failure> {
        let lists = self.store.lists();
        let mut faults = Vec::new();
        let mut resolve = |pointer: &str, list, given: &Option<Option<String>>| match given {
            Some(Some(name)) => match lists.resolve(list, name) {
                Ok(code) => Some(Some(code)),
                Err(why) => {
                    faults.push(Fault::new(pointer, why));
                    None
                }
            },
            Some(None) => Some(None),
            None => None,
        };
        use shortboard_domain::codelist::ListName;
        let settings = &mut said.settings;
        if let Some(region) = resolve("/region", ListName::Regions, &revision.region) {
            settings.region = region;
        }
        if let Some(area) = resolve("/area", ListName::Areas, &revision.area) {
            settings.area = area;
        }
        let department = resolve("/department", ListName::Departments, &revision.department);
        if let Some(department) = department {
            settings.department = department;
        }
        if let Some(sheets) = &revision.left_out_sheets {
            for (index, name) in sheets.iter().enumerate() {
                if !said.sheets.iter().any(|sheet| sheet.name == *name) {
                    let why = Why::UnknownCode {
                        list: "sheets",
                        given: name.chars().take(60).collect(),
                        nearest: said.sheets.iter().map(|s| s.name.clone()).take(10).collect(),
                    };
                    faults.push(Fault::new(format!("/left_out_sheets/{index}"), why));
                }
            }
            settings.left_out_sheets.clone_from(sheets);
        }
        if let Some(leave_out) = revision.leave_out_errors {
            settings.leave_out_errors = leave_out;
        }
        for (position, _) in revision.choices.iter().filter(|(at, _)| **at >= said.rows || **at < 0)
        {
            let most = u64::try_from(said.rows - 1).unwrap_or(0);
            let why = Why::NotInRange { least: 0, most };
            faults.push(Fault::new(format!("/rows/{position}"), why));
        }
        let before = settings.mapping.clone();
        if let Some(mapping) = &revision.mapping {
            settings.mapping.extend(mapping.clone());
        }
        if faults.is_empty() { Ok(said.settings.mapping != before) } else { Err(faults.into()) }
    }

    /// Remembers what columns were taken for by hand, for the next file with the same headers.
    async fn remember(
        &self,
        actor: &Actor,
        said: &Said,
        mapping: Option<&Mapping>,
    ) -> Result<(), Failure> {
        let mut kept = Vec::new();
        for sheet in &said.sheets {
            let known = self.store.import_mapping(actor.name(), &signature(sheet)).await?;
            let known = known.and_then(|text| serde_json::from_str::<Mapping>(&text).ok());
            let mut whole = known.unwrap_or_default();
            let has = |header: &str| sheet.columns.iter().any(|column| column.header == header);
            let given = mapping.into_iter().flatten().filter(|(header, _)| has(header));
            let before = whole.len();
            whole.extend(given.map(|(header, field)| (header.clone(), field.clone())));
            if !whole.is_empty() || before > 0 {
                let text = serde_json::to_string(&whole).unwrap_or_default();
                kept.push((signature(sheet), text));
            }
        }
        let permit = actor.permit(Action::UseDesk)?;
        let remembered = self.store.write(permit, move |tx| {
            let kept = kept.clone();
            Box::pin(async move {
                for (signature, mapping) in &kept {
                    tx.keep_mapping(signature, mapping).await?;
                }
                Ok(())
            })
        });
        Ok(remembered.await?)
    }

    async fn reserve(
        &self,
        actor: &Actor,
        id: i64,
        version: i64,
        said: &Said,
    ) -> Result<i64, StoreError> {
        let permit = actor.permit(Action::UseDesk)?;
        let text = said.written();
        let reserved = self.store.write(permit, move |tx| {
            let text = text.clone();
            Box::pin(async move {
                tx.revise_import(id, Some(version), ImportState::Reading, &text).await
            })
        });
        reserved.await
    }

    /// Plans all rows anew and leaves the import `ready`.
    pub(super) async fn plan_anew(
        &self,
        actor: &Actor,
        id: i64,
        mut said: Said,
        choices: &BTreeMap<i64, Option<Choice>>,
        running: &Running,
    ) {
        let state = match self.plan_all(actor, id, &mut said, choices, running).await {
            Ok(()) => ImportState::Ready,
            Err(error) => {
                tracing::error!(%error, import = id, "a preview could not be made anew");
                said.failure = Some(reading::broken_off());
                ImportState::Failed
            }
        };
        if let Err(error) = self.settle(actor, id, state, &said).await {
            tracing::error!(%error, import = id, "a preview could not be kept");
        }
    }

    async fn plan_all(
        &self,
        actor: &Actor,
        id: i64,
        said: &mut Said,
        choices: &BTreeMap<i64, Option<Choice>>,
        running: &Running,
    ) -> Result<(), StoreError> {
        said.looked = Looked::begin(&self.store).await?;
        let lists = self.store.lists();
        let mut planner = Planner::new(actor, said.clone(), &lists)?;
        planner.thorough = THOROUGH;
        let (mut from, mut counts, mut missing) = (0, BTreeMap::new(), BTreeMap::new());
        loop {
            let rows = self.store.import_rows(id, &[], from, BATCH).await?;
            let Some(last) = rows.last() else { break };
            let next = last.position + 1;
            let mut read = Vec::with_capacity(rows.len());
            for row in &rows {
                let (body, _, choice) = row_of(row)?;
                let choice = choices.get(&row.position).copied().unwrap_or(choice);
                read.push((row.position, body, choice));
            }
            let asked: Vec<Asked> =
                read.iter().map(|(_, row, choice)| Asked { row, choice: *choice }).collect();
            let plans = planner.plan(&mut Books::Read(&self.store), &asked).await?;
            count(&mut counts, &plans);
            for (plan, todo) in &plans {
                count_missing(&mut missing, plan);
                said.looked.take(plan, todo);
            }
            let put = read.iter().zip(&plans).map(|((position, row, choice), (plan, _))| {
                import_row(*position, row, plan, *choice)
            });
            self.put_rows(actor, id, put.collect()).await?;
            running.tell(next, said.rows);
            from = next;
        }
        (said.counts, said.missing) = (counts, missing);
        Ok(())
    }
}
