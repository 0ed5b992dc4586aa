//! Checkpoints: a signed digest over the heads of all chains, kept elsewhere, by which a cut-off
//! tail or a removed chain is found.

use crate::error::StoreError;
use crate::row::{audit_record, checkpoint as row};
use crate::snapshot::Snapshot;
use crate::time;
use crate::trail;
use crate::tx::Tx;
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use futures_util::TryStreamExt;
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shortboard_domain::access::{Action, Permit};

/// What a checkpoint says and signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Which checkpoint of this registry it is, from 1. Every record knows the epoch it was made
    /// in, so that the heads of that time can be found again however far the chains have grown.
    pub epoch: i64,
    /// When it was made.
    pub made_at: Timestamp,
    /// How many chains there were.
    pub chains: i64,
    /// How many records there were.
    pub records: i64,
    /// SHA-256 over chain, number and hash of every chain's head, in the order of the chains.
    pub heads: String,
}

/// A signed checkpoint, as it is written to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// What it says.
    #[serde(flatten)]
    pub statement: Statement,
    /// The registry's public key (Ed25519), hexadecimal.
    pub public_key: String,
    /// The signature over the statement's JSON, hexadecimal.
    pub signature: String,
}

impl Checkpoint {
    fn sign(statement: Statement, key: &SigningKey) -> Self {
        let signature = key.sign(signed_text(&statement).as_bytes());
        Self {
            statement,
            public_key: hex::encode(key.verifying_key().as_bytes()),
            signature: hex::encode(signature.to_bytes()),
        }
    }

    /// Whether it was signed with the key and nothing in it was changed since.
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        let signature =
            hex::decode(&self.signature).ok().and_then(|bytes| Signature::from_slice(&bytes).ok());
        self.public_key == hex::encode(key.as_bytes())
            && signature.is_some_and(|signature| {
                key.verify(signed_text(&self.statement).as_bytes(), &signature).is_ok()
            })
    }
}

fn signed_text(statement: &Statement) -> String {
    serde_json::to_string(statement).unwrap_or_default()
}

/// Number of chains and records, and the digest over the heads, of all records made in an epoch or
/// before it. Records are read one after the other, in the order of the chains.
pub(crate) async fn heads(
    db: &(impl ConnectionTrait + sea_orm::StreamTrait),
    epoch: i64,
) -> Result<(i64, i64, String), StoreError> {
    use audit_record::Column;
    let mut records = audit_record::Entity::find()
        .select_only()
        .columns([Column::Chain, Column::Seq, Column::Hash])
        .filter(Column::Epoch.lte(epoch))
        .order_by_asc(Column::Chain)
        .order_by_asc(Column::Seq)
        .into_tuple::<(i64, i64, String)>()
        .stream(db)
        .await?;
    let (mut chains, mut count, mut digest) = (0, 0, Sha256::new());
    let mut head: Option<(i64, i64, String)> = None;
    let mut take = |head: (i64, i64, String)| {
        digest.update(format!("{} {} {}\n", head.0, head.1, head.2));
        chains += 1;
    };
    while let Some(record) = records.try_next().await? {
        count += 1;
        if let Some(head) = head.take_if(|head| head.0 != record.0) {
            take(head);
        }
        head = Some(record);
    }
    if let Some(head) = head {
        take(head);
    }
    Ok((chains, count, hex::encode(digest.finalize())))
}

impl crate::Store {
    /// What the newest checkpoint says; `None` where none was finished yet.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn newest_checkpoint(&self) -> Result<Option<Statement>, StoreError> {
        // One that was broken off between its two steps has no body.
        let row = row::Entity::find()
            .filter(row::Column::Body.ne(""))
            .order_by_desc(row::Column::Epoch)
            .one(self.reader())
            .await?;
        let read = |row: row::Model| {
            serde_json::from_str::<Checkpoint>(&row.body)
                .map(|checkpoint| checkpoint.statement)
                .map_err(|error| StoreError::inconsistent("checkpoint.body", error))
        };
        row.map(read).transpose()
    }

    /// Writes a checkpoint: closes the epoch, which takes a moment for which writers wait, and then,
    /// while they go on, reads the heads of all chains as the epoch left them and signs them.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn write_checkpoint(
        &self,
        permit: Permit,
        key: &SigningKey,
    ) -> Result<Checkpoint, StoreError> {
        let closed = self.write(permit.clone(), |tx| Box::pin(tx.close_epoch()));
        let (epoch, made_at) = closed.await?;
        let snapshot = Snapshot::of(self).await?;
        // Records of an epoch that is closed neither come nor go.
        let (chains, records, heads) = heads(snapshot.db(), epoch).await?;
        snapshot.close().await?;
        let statement = Statement { epoch, made_at, chains, records, heads };
        let checkpoint = Checkpoint::sign(statement, key);
        let signed = checkpoint.clone();
        let kept = self.write(permit, move |tx| {
            let signed = signed.clone();
            Box::pin(async move { tx.keep_checkpoint(&signed).await })
        });
        kept.await?;
        Ok(checkpoint)
    }
}

impl Tx {
    /// Closes the epoch and opens the next one; answers which was closed, and when.
    async fn close_epoch(&mut self) -> Result<(i64, Timestamp), StoreError> {
        self.require(&[Action::WriteCheckpoint])?;
        let epoch = self.epoch();
        self.record_registry("write_checkpoint", &epoch.to_string(), &()).await?;
        let made_at = time::micros(self.now());
        let row = row::Model { epoch, made_at, body: String::new() };
        row::Entity::insert(row.into_active_model().reset_all())
            .exec_without_returning(&*self.db)
            .await?;
        Ok((epoch, self.now()))
    }

    async fn keep_checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.require(&[Action::WriteCheckpoint])?;
        let row = row::Entity::find_by_id(checkpoint.statement.epoch).one(&*self.db).await?;
        let mut row = row.ok_or(StoreError::Missing)?.into_active_model();
        row.body = Set(serde_json::to_string(checkpoint).unwrap_or_default());
        row.update(&*self.db).await?;
        Ok(())
    }
}

/// What does not hold of the checkpoints that the database keeps: each that the registry's chain
/// speaks of is there, and no other; what they sign is theirs.
pub(crate) async fn broken(db: &impl ConnectionTrait) -> Result<Option<(i64, String)>, StoreError> {
    let spoken = audit_record::Entity::find()
        .filter(audit_record::Column::Chain.eq(trail::REGISTRY))
        .filter(audit_record::Column::Action.eq("write_checkpoint"))
        .order_by_asc(audit_record::Column::Seq)
        .all(db)
        .await?;
    let spoken: Vec<String> = spoken.into_iter().map(|record| record.subject).collect();
    let rows = row::Entity::find().order_by_asc(row::Column::Epoch).all(db).await?;
    let kept: Vec<String> = rows.iter().map(|row| row.epoch.to_string()).collect();
    if spoken != kept {
        let what = "the checkpoints kept are not those the registry's chain speaks of".into();
        return Ok(Some((0, what)));
    }
    // One that was broken off between its two steps has no body; its epoch is closed all the same.
    for row in rows.iter().filter(|row| !row.body.is_empty()) {
        let checkpoint = serde_json::from_str::<Checkpoint>(&row.body).ok();
        let own = checkpoint.is_some_and(|checkpoint| {
            let key =
                hex::decode(&checkpoint.public_key).ok().and_then(|bytes| bytes.try_into().ok());
            let key = key.and_then(|bytes: [u8; 32]| VerifyingKey::from_bytes(&bytes).ok());
            checkpoint.statement.epoch == row.epoch
                && key.is_some_and(|key| checkpoint.is_signed_by(&key))
        });
        if !own {
            return Ok(Some((row.epoch, "the checkpoint kept was altered".into())));
        }
    }
    Ok(None)
}
