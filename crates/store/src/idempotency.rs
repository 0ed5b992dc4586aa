//! Answers kept for repeated requests: written in the transaction of the request itself, so that a
//! request is done exactly once.

use crate::error::StoreError;
use crate::row::idempotency_key as row;
use crate::time;
use crate::trail;
use crate::tx::Tx;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How long an answer is kept: a day, in microseconds.
const KEPT: i64 = 24 * 60 * 60 * 1_000_000;

/// A caller's key with the request it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    key: String,
    fingerprint: String,
}

impl IdempotencyKey {
    /// A key for a request; `request` is its method, path and body.
    pub fn new(key: impl Into<String>, request: &str) -> Self {
        Self { key: key.into(), fingerprint: trail::digest(request) }
    }
}

impl Tx {
    /// The answer that was given when the key came first.
    ///
    /// # Errors
    /// [`StoreError::KeyReused`] when it came with another request.
    pub async fn recall<T: DeserializeOwned>(
        &self,
        key: &IdempotencyKey,
    ) -> Result<Option<T>, StoreError> {
        let found = row::Entity::find()
            .filter(row::Column::Account.eq(self.actor()))
            .filter(row::Column::IdempotencyKey.eq(&key.key))
            .one(&self.db)
            .await?;
        match found {
            None => Ok(None),
            Some(row) if row.fingerprint != key.fingerprint => Err(StoreError::KeyReused),
            Some(row) => serde_json::from_str(&row.answer)
                .map(Some)
                .map_err(|error| StoreError::inconsistent("idempotency_key.answer", error)),
        }
    }

    /// Keeps the answer for when the key comes again, and forgets those that are old.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn remember<T: Serialize>(
        &self,
        key: &IdempotencyKey,
        answer: &T,
    ) -> Result<(), StoreError> {
        let now = time::micros(self.now());
        row::Entity::delete_many()
            .filter(row::Column::Account.eq(self.actor()))
            .filter(row::Column::CreatedAt.lt(now - KEPT))
            .exec(&self.db)
            .await?;
        let row = row::Model {
            account: self.actor().to_owned(),
            idempotency_key: key.key.clone(),
            fingerprint: key.fingerprint.clone(),
            answer: serde_json::to_string(answer).unwrap_or_default(),
            created_at: now,
        };
        row::Entity::insert(row.into_active_model().reset_all())
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }
}
