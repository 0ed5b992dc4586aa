//! What the seeds bring besides projects: code lists, the document, its targets.

use crate::error::StoreError;
use crate::row::{code_entry, document, target};
use crate::time::{self, NEVER};
use crate::trail;
use crate::tx::Tx;
use jiff::Timestamp;
use jiff::civil::Date;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Statement, TryGetable,
};
use serde::{Deserialize, Serialize};
use shortboard_domain::access::Action;
use shortboard_domain::change::{Act, Proposal};
use shortboard_domain::codelist::{CodeEntry, CodeLists, DatedEntry, ListName};
use shortboard_domain::target::Target;
use utoipa::ToSchema;

/// A document the registry rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticeDocument {
    /// 文号
    pub number: String,
    /// Title.
    pub title: String,
    /// Who issued it.
    pub issuer: String,
    /// When.
    #[schema(value_type = String, format = Date)]
    pub issued_on: Date,
    /// From when it holds.
    #[schema(value_type = String, format = Date)]
    pub effective_on: Date,
    /// Its clauses.
    #[serde(rename = "clause")]
    pub clauses: Vec<Clause>,
}

/// A clause of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Such as 三(五).
    pub id: String,
    /// Its heading.
    pub heading: String,
}

/// What became of a code list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListChange {
    /// How many entries are new or changed.
    pub changed: usize,
    /// The codes that read otherwise now.
    pub relabelled: Vec<String>,
}

/// The code lists as recorded now.
pub(crate) async fn load_lists(db: &impl ConnectionTrait) -> Result<CodeLists, StoreError> {
    lists_where(db, code_entry::Column::RecordedTo.eq(NEVER)).await
}

/// The digest by which the trail knows a document's targets.
pub(crate) fn targets_digest(targets: &[Target]) -> String {
    trail::digest(&serde_json::to_string(targets).unwrap_or_default())
}

/// How many records the registry's own chain has: while it has the same, the lists are the same.
pub(crate) async fn lists_revision(db: &impl ConnectionTrait) -> Result<i64, StoreError> {
    let sql = "SELECT COALESCE(MAX(seq), 0) AS revision FROM audit_record WHERE chain = 0";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await?;
    Ok(row.map(|row| i64::try_get_by(&row, "revision")).transpose()?.unwrap_or(0))
}

async fn lists_where(
    db: &impl ConnectionTrait,
    known: impl sea_orm::sea_query::IntoCondition,
) -> Result<CodeLists, StoreError> {
    let rows = code_entry::Entity::find()
        .filter(known)
        .order_by_asc(code_entry::Column::Position)
        .order_by_asc(code_entry::Column::EffectiveFrom)
        .all(db)
        .await?;
    let entries: Result<Vec<DatedEntry>, StoreError> = rows.into_iter().map(dated).collect();
    Ok(CodeLists::new(entries?))
}

fn dated(row: code_entry::Model) -> Result<DatedEntry, StoreError> {
    Ok(DatedEntry {
        list: row
            .list
            .parse()
            .map_err(|_| StoreError::inconsistent("code_entry.list", &row.list))?,
        since: time::date(&row.effective_from, "code_entry.effective_from")?,
        entry: serde_json::from_str(&row.entry)
            .map_err(|error| StoreError::inconsistent("code_entry.entry", error))?,
    })
}

impl crate::Store {
    /// The code lists as they were recorded by a time.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn lists_known_at(&self, time: Timestamp) -> Result<CodeLists, StoreError> {
        let time = time::micros(time);
        let known = sea_orm::Condition::all()
            .add(code_entry::Column::RecordedFrom.lte(time))
            .add(code_entry::Column::RecordedTo.gt(time));
        lists_where(self.reader(), known).await
    }

    /// The documents the registry rests on.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn documents(&self) -> Result<Vec<NoticeDocument>, StoreError> {
        let rows = document::Entity::find().all(self.reader()).await?;
        let parse = |row: document::Model| {
            serde_json::from_str(&row.body)
                .map_err(|error| StoreError::inconsistent("document.body", error))
        };
        rows.into_iter().map(parse).collect()
    }

    /// The targets, in the document's order, each with its document's number.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn targets(&self) -> Result<Vec<(String, Target)>, StoreError> {
        let rows = target::Entity::find()
            .order_by_asc(target::Column::Document)
            .order_by_asc(target::Column::Position)
            .all(self.reader())
            .await?;
        let parse = |row: target::Model| {
            serde_json::from_str(&row.body)
                .map(|target| (row.document, target))
                .map_err(|error| StoreError::inconsistent("target.body", error))
        };
        rows.into_iter().map(parse).collect()
    }
}

impl Tx {
    /// Brings a code list to what the seeds say: new codes come in, changed ones get a new version,
    /// codes that the seeds no longer have stay as they are. A label that differs reads so from
    /// `since` on.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn set_code_list(
        &mut self,
        list: ListName,
        entries: &[CodeEntry],
        since: Date,
    ) -> Result<ListChange, StoreError> {
        self.require(&[Action::LoadSeeds])?;
        let rows = code_entry::Entity::find()
            .filter(code_entry::Column::List.eq(list.as_str()))
            .filter(code_entry::Column::RecordedTo.eq(NEVER))
            .order_by_asc(code_entry::Column::EffectiveFrom)
            .all(&*self.db)
            .await?;
        let (mut changed, mut relabelled) = (Vec::new(), Vec::new());
        for (position, entry) in (0_i64..).zip(entries) {
            let text = serde_json::to_string(entry).unwrap_or_default();
            let newest = rows.iter().rfind(|row| row.code == entry.code);
            if newest.is_some_and(|row| row.entry == text) {
                continue;
            }
            let old = newest.map(|row| serde_json::from_str::<CodeEntry>(&row.entry));
            if old.is_some_and(|old| old.is_ok_and(|old| old.label != entry.label)) {
                relabelled.push(entry.code.clone());
            }
            // The first period of a code has no beginning that the lists would have to know of.
            let since = newest.map_or(Date::constant(1, 1, 1), |_| since).to_string();
            let now = time::micros(self.now());
            if let Some(old) = newest.filter(|row| row.effective_from == since) {
                let mut old = old.clone().into_active_model();
                old.recorded_to = sea_orm::ActiveValue::Set(now);
                old.update(&*self.db).await?;
            }
            let row = code_entry::Model {
                list: list.as_str().to_owned(),
                code: entry.code.clone(),
                position,
                effective_from: since,
                recorded_from: now,
                recorded_to: NEVER,
                entry: text,
            };
            code_entry::Entity::insert(row.into_active_model().reset_all())
                .exec_without_returning(&*self.db)
                .await?;
            changed.push(entry);
        }
        if !changed.is_empty() {
            self.record_registry("set_code_list", list.as_str(), &changed).await?;
        }
        Ok(ListChange { changed: changed.len(), relabelled })
    }

    /// Adds departments that no list has, which came in with an import: each is marked as unverified
    /// until an administrator confirms or merges it. One that is there already stays as it is.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn add_departments(&mut self, entries: &[CodeEntry]) -> Result<(), StoreError> {
        self.require(&[Action::PlaceProject, Action::ImportProjects])?;
        let list = ListName::Departments;
        let rows = code_entry::Entity::find()
            .filter(code_entry::Column::List.eq(list.as_str()))
            .filter(code_entry::Column::RecordedTo.eq(NEVER))
            .all(&*self.db)
            .await?;
        let last = rows.iter().map(|row| row.position).max().unwrap_or(-1);
        let is_new = |entry: &&CodeEntry| !rows.iter().any(|row| row.code == entry.code);
        let new: Vec<&CodeEntry> = entries.iter().filter(is_new).collect();
        for (position, entry) in (last + 1..).zip(&new) {
            let row = code_entry::Model {
                list: list.as_str().to_owned(),
                code: entry.code.clone(),
                position,
                effective_from: Date::constant(1, 1, 1).to_string(),
                recorded_from: time::micros(self.now()),
                recorded_to: NEVER,
                entry: serde_json::to_string(entry).unwrap_or_default(),
            };
            code_entry::Entity::insert(row.into_active_model().reset_all())
                .exec_without_returning(&*self.db)
                .await?;
        }
        if !new.is_empty() {
            self.record_registry("set_code_list", list.as_str(), &new).await?;
        }
        self.refresh_lists().await
    }

    /// Restates the projects that name one of the departments, from the day its name changed.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn relabel(&mut self, departments: &[String], since: Date) -> Result<(), StoreError> {
        for id in self.projects_naming(departments).await? {
            let relabel = Proposal { effective_on: since, act: Act::Relabel };
            self.change(id, None, |_, _, _| Ok(Some(relabel))).await?;
        }
        Ok(())
    }

    /// Reads the code lists as this write has left them.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn refresh_lists(&mut self) -> Result<(), StoreError> {
        self.lists = std::sync::Arc::new(load_lists(&*self.db).await?);
        Ok(())
    }

    /// Adds a document with its targets; `false` when it is there already.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn add_document(
        &mut self,
        document: &NoticeDocument,
        targets: &[Target],
    ) -> Result<bool, StoreError> {
        self.require(&[Action::LoadSeeds])?;
        let found = document::Entity::find_by_id(&document.number).one(&*self.db).await?;
        if found.is_some() {
            return Ok(false);
        }
        let body = serde_json::to_string(document).unwrap_or_default();
        let row = document::Model { number: document.number.clone(), body };
        document::Entity::insert(row.into_active_model().reset_all())
            .exec_without_returning(&*self.db)
            .await?;
        for (position, target) in (0_i64..).zip(targets) {
            let row = target::Model {
                code: target.code.clone(),
                document: document.number.clone(),
                position,
                body: serde_json::to_string(target).unwrap_or_default(),
            };
            target::Entity::insert(row.into_active_model().reset_all())
                .exec_without_returning(&*self.db)
                .await?;
        }
        let body = (document, targets_digest(targets));
        self.record_registry("add_document", &document.number, &body).await?;
        Ok(true)
    }
}
