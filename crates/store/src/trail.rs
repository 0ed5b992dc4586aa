//! The audit trail: one chain of records a project, and one for what belongs to none.
//!
//! A record's hash covers the record and the hash of the one before it, so that a record altered,
//! removed, inserted or moved breaks its chain; see `docs/adr` for what a chain alone proves.

use crate::error::StoreError;
use crate::row::audit_record::{Column, Entity, Model};
use crate::rows;
use crate::time;
use crate::tx::{Tx, lock};
use jiff::Timestamp;
use jiff::civil::Date;
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IdenStatic, Iterable, QueryFilter,
    QueryOrder, QuerySelect, Statement, TryGetable,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shortboard_domain::access::{Action, Permit};

/// The chain of what belongs to no project.
pub(crate) const REGISTRY: i64 = 0;

/// What tells how far the trail goes: while it is the same, nothing has been recorded. `None` where
/// that cannot be told at no cost: PostgreSQL's writers number nothing together.
async fn extent(db: &impl ConnectionTrait) -> Result<Option<i64>, StoreError> {
    if db.get_database_backend() != DbBackend::Sqlite {
        return Ok(None);
    }
    // Records are never removed, so that each one comes behind all the others.
    let sql = "SELECT COALESCE(MAX(rowid), 0) AS extent FROM audit_record";
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    Ok(row.map(|row| i64::try_get_by(&row, "extent")).transpose()?)
}

impl crate::Store {
    /// How far the trail goes: while it is the same, nothing has been recorded. `None` where the
    /// database does not tell.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn trail_extent(&self) -> Result<Option<i64>, StoreError> {
        extent(self.reader()).await
    }
}

impl Tx {
    /// As [`crate::Store::trail_extent`], before the write records anything itself.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn trail_extent(&self) -> Result<Option<i64>, StoreError> {
        extent(&*self.db).await
    }
}

/// What a record says about the versions of its project: proof of the rows it wrote and ended.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Versions {
    /// How the hashes were made.
    pub format: u32,
    /// Rows written: first business day, and the hash of the whole row.
    pub appended: Vec<(String, String)>,
    /// Rows ended: the record that had written them, and their first business day.
    pub ended: Vec<(i64, String)>,
}

impl Versions {
    /// The format of the hashes this version writes.
    pub const FORMAT: u32 = 1;
}

/// What is to be recorded.
pub(crate) struct Entry<'a> {
    pub chain: i64,
    pub recorded_at: Timestamp,
    pub action: &'a str,
    pub effective_on: Option<Date>,
    pub subject: &'a str,
    pub body: String,
    pub versions: String,
}

/// The last record of a chain.
#[derive(Clone)]
pub(crate) struct Head {
    pub seq: i64,
    pub recorded_at: i64,
    pub hash: String,
}

/// The hash of a record: SHA-256 over the JSON array of its columns.
pub(crate) fn hash(record: &Model) -> String {
    let columns = (
        record.chain,
        record.seq,
        record.epoch,
        record.recorded_at,
        &record.actor,
        &record.action,
        &record.effective_on,
        &record.subject,
        &record.body,
        &record.versions,
        &record.prev,
    );
    digest(&serde_json::to_string(&columns).unwrap_or_default())
}

/// SHA-256 in hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

impl Tx {
    /// The last record of a chain.
    pub(crate) async fn head(&self, chain: i64) -> Result<Option<Head>, StoreError> {
        let last = Entity::find()
            .filter(Column::Chain.eq(chain))
            .order_by_desc(Column::Seq)
            .limit(1)
            .one(&*self.db)
            .await?;
        Ok(last.map(|r| Head { seq: r.seq, recorded_at: r.recorded_at, hash: r.hash }))
    }

    /// The record that an entry makes in a chain whose head is known.
    pub(crate) fn next_record(&self, head: Option<&Head>, entry: Entry<'_>) -> Model {
        let mut record = Model {
            chain: entry.chain,
            seq: head.map_or(1, |head| head.seq + 1),
            epoch: self.epoch(),
            recorded_at: time::micros(entry.recorded_at),
            actor: self.actor().to_owned(),
            action: entry.action.to_owned(),
            effective_on: entry.effective_on.map(|day| day.to_string()),
            subject: entry.subject.to_owned(),
            body: entry.body,
            versions: entry.versions,
            prev: head.map(|head| head.hash.clone()).unwrap_or_default(),
            hash: String::new(),
        };
        record.hash = hash(&record);
        record
    }

    /// Records what belongs to no project.
    pub(crate) async fn record_registry(
        &self,
        action: &str,
        subject: &str,
        body: &impl Serialize,
    ) -> Result<(), StoreError> {
        lock::hold(&*self.db, lock::REGISTRY_CHAIN).await?;
        let head = self.head(REGISTRY).await?;
        let entry = Entry {
            chain: REGISTRY,
            recorded_at: self.after(head.as_ref()),
            action,
            effective_on: None,
            subject,
            body: serde_json::to_string(body).unwrap_or_default(),
            versions: String::new(),
        };
        append_all(&*self.db, vec![self.next_record(head.as_ref(), entry)]).await
    }

    /// The time of a record after another one: the clock may have been set back, a chain never is.
    pub(crate) fn after(&self, head: Option<&Head>) -> Timestamp {
        let least = head.and_then(|head| Timestamp::from_microsecond(head.recorded_at + 1).ok());
        least.map_or(self.now(), |least| least.max(self.now()))
    }
}

/// Appends records.
pub(crate) async fn append_all(
    db: &impl ConnectionTrait,
    records: Vec<Model>,
) -> Result<(), StoreError> {
    let columns: Vec<&str> = Column::iter().map(|column| column.as_str()).collect();
    rows::into("audit_record", &columns).put(db, records.into_iter().map(values)).await
}

/// The values of a record, in the order of its columns.
fn values(record: Model) -> [SimpleExpr; 12] {
    [
        record.chain.into(),
        record.seq.into(),
        record.epoch.into(),
        record.recorded_at.into(),
        record.actor.into(),
        record.action.into(),
        record.effective_on.into(),
        record.subject.into(),
        record.body.into(),
        record.versions.into(),
        record.prev.into(),
        record.hash.into(),
    ]
}

/// A record as auditors read it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Record {
    /// `registry`, or `project:12`.
    pub chain: String,
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// Who recorded it.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// The day from which it holds, of a project's change.
    pub effective_on: Option<String>,
    /// What it was done to.
    pub subject: String,
    /// What was recorded.
    pub body: serde_json::Value,
    /// SHA-256 of the record and, through `prev`, of all before it.
    pub hash: String,
    /// The hash of the record before it.
    pub prev: String,
}

/// Which records an auditor asks for.
#[derive(Debug, Clone, Default)]
pub struct RecordFilter {
    /// One chain: 0 for the registry's own, else a project's number.
    pub chain: Option<i64>,
    /// One actor.
    pub actor: Option<String>,
    /// One action.
    pub action: Option<String>,
    /// Only records after this one of the time order (microseconds, chain, seq).
    pub before: Option<(i64, i64, i64)>,
}

/// The chain's name for people.
pub fn chain_name(chain: i64) -> String {
    if chain == REGISTRY { "registry".into() } else { format!("project:{chain}") }
}

/// The chain behind a name.
pub fn chain_of(name: &str) -> Option<i64> {
    if name == "registry" {
        return Some(REGISTRY);
    }
    name.strip_prefix("project:")?.parse().ok().filter(|id| *id > 0)
}

impl crate::Store {
    /// Records of the trail, newest first, at most `limit`, each with its place in that order.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn records(
        &self,
        permit: &Permit,
        filter: &RecordFilter,
        limit: u64,
    ) -> Result<Vec<(Record, (i64, i64, i64))>, StoreError> {
        if permit.action() != Action::ReadTrail {
            let needed = Action::ReadTrail;
            return Err(StoreError::WrongPermit { held: permit.action(), needed });
        }
        let mut query = Entity::find();
        if let Some(chain) = filter.chain {
            query = query.filter(Column::Chain.eq(chain));
        }
        if let Some(actor) = &filter.actor {
            query = query.filter(Column::Actor.eq(actor));
        }
        if let Some(action) = &filter.action {
            query = query.filter(Column::Action.eq(action));
        }
        if let Some((time, chain, seq)) = filter.before {
            let here = [Column::RecordedAt, Column::Chain, Column::Seq].map(Expr::col);
            let there = [time, chain, seq].map(Expr::val);
            query = query.filter(Expr::tuple(here).lt(Expr::tuple(there)));
        }
        let rows = query
            .order_by_desc(Column::RecordedAt)
            .order_by_desc(Column::Chain)
            .order_by_desc(Column::Seq)
            .limit(limit)
            .all(self.reader())
            .await?;
        rows.into_iter()
            .map(|row| {
                let place = (row.recorded_at, row.chain, row.seq);
                Record::try_from(row).map(|record| (record, place))
            })
            .collect()
    }
}

impl TryFrom<Model> for Record {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            chain: chain_name(row.chain),
            seq: row.seq,
            recorded_at: time::timestamp(row.recorded_at, "audit_record.recorded_at")?,
            actor: row.actor,
            action: row.action,
            effective_on: row.effective_on,
            subject: row.subject,
            body: serde_json::from_str(&row.body)
                .map_err(|_| StoreError::inconsistent("audit_record.body", &row.body))?,
            hash: row.hash,
            prev: row.prev,
        })
    }
}
