//! Proof that the trail and the versions are as they were written.

use crate::checkpoint::{self, Checkpoint};
use crate::error::StoreError;
use crate::project::facets::iden;
use crate::project::version::Version;
use crate::row::audit_record as record;
use crate::snapshot::Snapshot;
use crate::time::NEVER;
use crate::trail::{self, Versions, chain_name};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Verification {
    /// Whether everything holds.
    pub ok: bool,
    /// Chains read.
    pub chains: i64,
    /// Records read.
    pub records: i64,
    /// Versions read.
    pub versions: i64,
    /// The first thing that does not hold.
    pub breach: Option<Breach>,
}

/// A record or version that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Breach {
    /// `registry`, `project:12`, or `checkpoint`.
    pub chain: String,
    /// The record's place in the chain; of a version, the record that wrote it.
    pub seq: i64,
    /// What is wrong.
    pub what: String,
}

/// How many chains are read at a time.
const BATCH: u64 = 500;

impl crate::Store {
    /// Checks every record against the one before it and every version against the record that
    /// wrote it, on one snapshot of the database; then, where one is given, the heads of all chains
    /// against a checkpoint.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn verify(
        &self,
        checkpoint: Option<(&Checkpoint, &ed25519_dalek::VerifyingKey)>,
    ) -> Result<Verification, StoreError> {
        let snapshot = Snapshot::of(self).await?;
        let mut found = Verification::default();
        let mut after = None;
        while found.breach.is_none() {
            let numbers = snapshot.numbers_after(after, BATCH).await?;
            let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { break };
            let records = records(snapshot.db(), *first, *last).await?;
            let versions = versions(snapshot.db(), *first, *last).await?;
            found.read(records, versions);
            after = Some(*last);
        }
        if found.breach.is_none() {
            let broken = checkpoint::broken(snapshot.db()).await?;
            found.breach =
                broken.map(|(seq, what)| Breach { chain: "checkpoint".into(), seq, what });
        }
        if let (None, Some((checkpoint, key))) = (&found.breach, checkpoint) {
            found.breach = compare(snapshot.db(), checkpoint, key).await?;
        }
        snapshot.close().await?;
        found.ok = found.breach.is_none();
        Ok(found)
    }
}

async fn compare(
    db: &(impl ConnectionTrait + sea_orm::StreamTrait),
    checkpoint: &Checkpoint,
    key: &ed25519_dalek::VerifyingKey,
) -> Result<Option<Breach>, StoreError> {
    let statement = &checkpoint.statement;
    let breach =
        |what: String| Ok(Some(Breach { chain: "checkpoint".into(), seq: statement.epoch, what }));
    if !checkpoint.is_signed_by(key) {
        return breach(
            "the checkpoint is not signed by this registry's key, or was altered".into(),
        );
    }
    let (chains, records, heads) = checkpoint::heads(db, statement.epoch).await?;
    if (chains, records) != (statement.chains, statement.records) {
        return breach(format!(
            "the checkpoint knew {} records in {} chains, {records} in {chains} are left",
            statement.records, statement.chains
        ));
    }
    if heads != statement.heads {
        return breach("the heads of the chains are not those the checkpoint knew".into());
    }
    Ok(None)
}

async fn records(
    db: &impl ConnectionTrait,
    first: i64,
    until: i64,
) -> Result<Vec<record::Model>, StoreError> {
    Ok(record::Entity::find()
        .filter(record::Column::Chain.between(first, until))
        .order_by_asc(record::Column::Chain)
        .order_by_asc(record::Column::Seq)
        .all(db)
        .await?)
}

/// The versions of a range of projects, by project.
pub(crate) async fn versions(
    db: &impl ConnectionTrait,
    first: i64,
    until: i64,
) -> Result<HashMap<i64, Vec<Version>>, StoreError> {
    let query = Query::select()
        .expr(Expr::cust("*"))
        .from(iden("project_version"))
        .and_where(Expr::col(iden("project_id")).between(first, until))
        .order_by(iden("project_id"), Order::Asc)
        .order_by(iden("seq"), Order::Asc)
        .order_by(iden("effective_from"), Order::Asc)
        .to_owned();
    let mut versions: HashMap<i64, Vec<Version>> = HashMap::new();
    for row in &db.query_all(&query).await? {
        let version = Version::from_query_result(row, "")?;
        versions.entry(version.project_id).or_default().push(version);
    }
    Ok(versions)
}

impl Verification {
    fn read(&mut self, records: Vec<record::Model>, mut versions: HashMap<i64, Vec<Version>>) {
        for chain in records.chunk_by(|a, b| a.chain == b.chain) {
            let Some(number) = chain.first().map(|record| record.chain) else { continue };
            let rows = versions.remove(&number).unwrap_or_default();
            if number < trail::REGISTRY {
                let what = "there is no such chain".to_owned();
                self.breach = Some(Breach { chain: chain_name(number), seq: 0, what });
                return;
            }
            self.chains += 1;
            self.records += chain.len() as i64;
            self.versions += rows.len() as i64;
            let broken = broken_record(chain).or_else(|| broken_version(chain, rows));
            if let Some((seq, what)) = broken {
                self.breach = Some(Breach { chain: chain_name(number), seq, what });
                return;
            }
        }
        let mut orphans: Vec<_> = versions.into_iter().collect();
        orphans.sort_by_key(|(number, _)| *number);
        if let Some((number, rows)) = orphans.first() {
            let seq = rows.first().map_or(0, |row| row.seq);
            let what = "a version is there that no record speaks of".into();
            self.breach = Some(Breach { chain: chain_name(*number), seq, what });
        }
    }
}

fn broken_record(chain: &[record::Model]) -> Option<(i64, String)> {
    let mut prev = "";
    for (place, record) in (1..).zip(chain) {
        let what = if record.seq != place {
            format!("record {place} is missing")
        } else if record.prev != prev {
            "the record does not follow the one before it".into()
        } else if record.hash != trail::hash(record) {
            "the record was altered".into()
        } else {
            prev = &record.hash;
            continue;
        };
        return Some((Ord::min(place, record.seq), what));
    }
    None
}

fn broken_version(chain: &[record::Model], rows: Vec<Version>) -> Option<(i64, String)> {
    let mut rows: HashMap<(i64, String), Version> =
        rows.into_iter().map(|row| ((row.seq, row.effective_from.clone()), row)).collect();
    let mut ended: HashMap<(i64, String), (i64, i64)> = HashMap::new();
    let mut proofs = Vec::new();
    for record in chain.iter().filter(|record| !record.versions.is_empty()) {
        let Ok(proof) = serde_json::from_str::<Versions>(&record.versions) else {
            return Some((record.seq, "what the record says of its versions is unreadable".into()));
        };
        if proof.format != Versions::FORMAT {
            let what = "the record speaks of versions in a way that is not known".to_owned();
            return Some((record.seq, what));
        }
        for key in proof.ended {
            ended.insert(key, (record.seq, record.recorded_at));
        }
        proofs.push((record.seq, proof.appended));
    }
    for (seq, appended) in proofs {
        for (effective_from, hash) in appended {
            let key = (seq, effective_from);
            let from = &key.1;
            let Some(row) = rows.remove(&key) else {
                return Some((seq, format!("the version from {from} is missing")));
            };
            if row.hash() != hash {
                return Some((seq, format!("the version from {from} was altered")));
            }
            let end = match ended.get(&key) {
                Some((by, at)) => (Some(*by), *at),
                None => (None, NEVER),
            };
            if (row.closed_by, row.recorded_to) != end {
                let what = format!("the end of the version from {from} was altered");
                return Some((seq, what));
            }
        }
    }
    let mut left: Vec<_> = rows.into_keys().collect();
    left.sort_unstable();
    left.first().map(|(seq, from)| {
        (*seq, format!("a version from {from} is there that no record speaks of"))
    })
}
