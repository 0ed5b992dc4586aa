//! Checkpoints: a signed digest over the heads of all chains, kept elsewhere, by which a cut-off
//! tail or a removed chain is found.

use crate::error::StoreError;
use crate::row::{audit_record, checkpoint as row};
use crate::time;
use crate::tx::Tx;
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use futures_util::TryStreamExt;
use jiff::Timestamp;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shortboard_domain::access::Action;

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
            public_key: hex(key.verifying_key().as_bytes()),
            signature: hex(&signature.to_bytes()),
        }
    }

    /// Whether it was signed with the key and nothing in it was changed since.
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        let signature = unhex(&self.signature).and_then(|bytes| Signature::from_slice(&bytes).ok());
        self.public_key == hex(key.as_bytes())
            && signature.is_some_and(|signature| {
                key.verify(signed_text(&self.statement).as_bytes(), &signature).is_ok()
            })
    }
}

fn signed_text(statement: &Statement) -> String {
    serde_json::to_string(statement).unwrap_or_default()
}

/// The epoch that is open: one more than the last checkpoint's.
pub(crate) async fn epoch(db: &impl ConnectionTrait) -> Result<i64, StoreError> {
    let last = row::Entity::find().order_by_desc(row::Column::Epoch).limit(1).one(db).await?;
    Ok(last.map_or(1, |row| row.epoch + 1))
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
    Ok((chains, count, hex(&digest.finalize())))
}

impl Tx {
    /// Closes the epoch: writes down the heads of all chains, signed, and opens the next one.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn write_checkpoint(&mut self, key: &SigningKey) -> Result<Checkpoint, StoreError> {
        self.require(&[Action::WriteCheckpoint])?;
        let epoch = self.epoch();
        let (chains, records, heads) = heads(&self.db, epoch).await?;
        let statement = Statement { epoch, made_at: self.now(), chains, records, heads };
        let checkpoint = Checkpoint::sign(statement, key);
        let row = row::Model {
            epoch,
            made_at: time::micros(self.now()),
            body: serde_json::to_string(&checkpoint).unwrap_or_default(),
        };
        row::Entity::insert(row.into_active_model().reset_all())
            .exec_without_returning(&self.db)
            .await?;
        Ok(checkpoint)
    }
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes from hexadecimal.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
