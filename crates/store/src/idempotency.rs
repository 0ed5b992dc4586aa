//! Answers kept for repeated requests: written in the transaction of the request itself, so that a
//! request is done exactly once.

use crate::error::StoreError;
use crate::row::idempotency_key as row;
use crate::time;
use crate::trail;
use crate::tx::Tx;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel,
    QueryFilter, Statement,
};
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

impl crate::Store {
    /// The answer that was given to a caller when the key came first, asked before anything else is:
    /// a repeated request is answered as it was, whatever has changed since.
    ///
    /// # Errors
    /// [`StoreError::KeyReused`] when it came with another request.
    pub async fn recall<T: DeserializeOwned>(
        &self,
        actor: &str,
        key: &IdempotencyKey,
    ) -> Result<Option<T>, StoreError> {
        let since = time::micros(self.now()) - KEPT;
        recall(self.reader(), actor, key, since).await
    }
}

async fn recall<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    actor: &str,
    key: &IdempotencyKey,
    since: i64,
) -> Result<Option<T>, StoreError> {
    let found = row::Entity::find()
        .filter(row::Column::Account.eq(actor))
        .filter(row::Column::IdempotencyKey.eq(&key.key))
        .filter(row::Column::CreatedAt.gte(since))
        .one(db)
        .await?;
    match found {
        None => Ok(None),
        Some(row) if row.fingerprint != key.fingerprint => Err(StoreError::KeyReused),
        Some(row) => serde_json::from_str(&row.answer)
            .map(Some)
            .map_err(|error| StoreError::inconsistent("idempotency_key.answer", error)),
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
        if self.is_postgres() {
            // Another request with the same key may be under way: its answer is waited for.
            let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
            let name = format!("{} {}", self.actor(), key.key);
            let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [name.into()]);
            self.db.query_one_raw(statement).await?;
        }
        let since = time::micros(self.now()) - KEPT;
        recall(&*self.db, self.actor(), key, since).await
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
            .exec(&*self.db)
            .await?;
        let row = row::Model {
            account: self.actor().to_owned(),
            idempotency_key: key.key.clone(),
            fingerprint: key.fingerprint.clone(),
            answer: serde_json::to_string(answer).unwrap_or_default(),
            created_at: now,
        };
        row::Entity::insert(row.into_active_model().reset_all())
            .exec_without_returning(&*self.db)
            .await?;
        Ok(())
    }
}
