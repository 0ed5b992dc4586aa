//! Signing in: passwords, sessions and their ends, and the failures that lock a name for a while.
//!
//! Opening and ending a session and changing a password are recorded in the trail; that a session
//! was seen and that somebody failed to sign in are not: they are no part of the registry.

use crate::account::{Account, Known, account};
use crate::error::StoreError;
use crate::row::{account, session, sign_in_failure as failure};
use crate::time;
use crate::tx::{Tx, begin_immediate};
use crate::version::DataVersion;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter,
};
use shortboard_domain::access::Action;

const MINUTE: i64 = 60 * 1_000_000;

/// A session ends when nobody has used it for so long, microseconds.
const IDLE: i64 = 60 * MINUTE;

/// A session ends so long after it was opened, used or not, microseconds.
const LONGEST: i64 = 12 * 60 * MINUTE;

/// How exactly it is kept when a session was seen, microseconds: not every request writes.
const SEEN: i64 = 5 * MINUTE;

/// How many failures lock a name.
const FAILURES: i64 = 5;

/// For how long, microseconds.
const LOCKED: i64 = 15 * MINUTE;

/// The longest name whose failures are counted, bytes.
const LONGEST_NAME: usize = 256;

impl crate::Store {
    /// The account behind a session that has not ended, by the hash of its token. That it was seen
    /// is kept, to some minutes.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn account_of_session(
        &self,
        hash: &str,
        version: Option<&DataVersion>,
    ) -> Result<Option<Account>, StoreError> {
        let now = time::micros(self.now());
        let known = version.and_then(|version| self.callers.of(hash, version));
        if let Some(known) = known.filter(|known| known.until > now) {
            return Ok(Some(known.account));
        }
        let Some((session, Some(row))) = session::Entity::find_by_id(hash)
            .find_also_related(account::Entity)
            .filter(session::Column::OpenedAt.gt(now - LONGEST))
            .filter(session::Column::SeenAt.gt(now - IDLE))
            .filter(account::Column::DisabledAt.is_null())
            .one(self.reader())
            .await?
        else {
            return Ok(None);
        };
        let account = account(row)?;
        if session.seen_at + SEEN < now {
            self.see(hash, now).await?;
        } else if let Some(version) = version {
            let until = Ord::min(session.opened_at + LONGEST, session.seen_at + SEEN);
            self.callers.keep(hash, version, Known { account: account.clone(), until });
        }
        Ok(Some(account))
    }

    async fn see(&self, hash: &str, now: i64) -> Result<(), StoreError> {
        let db = begin_immediate(self.writer()).await?;
        session::Entity::update_many()
            .col_expr(session::Column::SeenAt, Expr::val(now))
            .filter(session::Column::Hash.eq(hash))
            .exec(&db)
            .await?;
        Ok(db.commit().await?)
    }

    /// The account of a name with the hash of its password, unless it is disabled.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn credentials(&self, name: &str) -> Result<Option<(Account, String)>, StoreError> {
        let row = account::Entity::find()
            .filter(account::Column::Name.eq(name))
            .filter(account::Column::DisabledAt.is_null())
            .one(self.reader())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let hash = row.password_hash.clone();
        hash.map(|hash| account(row).map(|account| (account, hash))).transpose()
    }

    /// Whether so many failed to sign in under a name that nobody may for a while.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn is_locked(&self, name: &str) -> Result<bool, StoreError> {
        let row = failure::Entity::find_by_id(counted(name)).one(self.reader()).await?;
        let since = time::micros(self.now()) - LOCKED;
        Ok(row.is_some_and(|row| row.failures >= FAILURES && row.last_at > since))
    }

    /// Counts a failure to sign in under a name, whether or not there is such an account, and
    /// forgets those that no longer matter.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn count_failure(&self, name: &str) -> Result<(), StoreError> {
        let now = time::micros(self.now());
        let db = begin_immediate(self.writer()).await?;
        failure::Entity::delete_many()
            .filter(failure::Column::LastAt.lte(now - LOCKED))
            .exec(&db)
            .await?;
        let row = failure::ActiveModel {
            name: Set(counted(name).to_owned()),
            failures: Set(1),
            last_at: Set(now),
        };
        let again = OnConflict::column(failure::Column::Name)
            .value(failure::Column::Failures, Expr::cust("sign_in_failure.failures + 1"))
            .value(failure::Column::LastAt, now)
            .to_owned();
        failure::Entity::insert(row).on_conflict(again).exec_without_returning(&db).await?;
        Ok(db.commit().await?)
    }
}

/// As much of a name as is counted by.
fn counted(name: &str) -> &str {
    &name[..name.floor_char_boundary(LONGEST_NAME)]
}

impl Tx {
    /// Opens a session for the writer, by the hash of its token; failures are forgotten and sessions
    /// that have ended are removed.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn open_session(&mut self, hash: String) -> Result<(), StoreError> {
        self.require(&[Action::UseDesk])?;
        let account_id = self.own_id().await?;
        let now = time::micros(self.now());
        let actor = self.actor().to_owned();
        failure::Entity::delete_by_id(&actor).exec(&*self.db).await?;
        let ended = Condition::any()
            .add(session::Column::OpenedAt.lte(now - LONGEST))
            .add(session::Column::SeenAt.lte(now - IDLE));
        session::Entity::delete_many().filter(ended).exec(&*self.db).await?;
        let row = session::ActiveModel {
            hash: Set(hash),
            account_id: Set(account_id),
            opened_at: Set(now),
            seen_at: Set(now),
        };
        session::Entity::insert(row).exec_without_returning(&*self.db).await?;
        self.record_registry("sign_in", &actor, &()).await
    }

    /// Ends a session of the writer's.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn end_session(&mut self, hash: &str) -> Result<(), StoreError> {
        self.require(&[Action::UseDesk])?;
        session::Entity::delete_by_id(hash).exec(&*self.db).await?;
        let actor = self.actor().to_owned();
        self.record_registry("sign_out", &actor, &()).await
    }

    /// Gives the writer another password and ends all sessions but one.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn change_own_password(
        &mut self,
        password_hash: String,
        but_session: &str,
    ) -> Result<(), StoreError> {
        self.require(&[Action::UseDesk])?;
        let actor = self.actor().to_owned();
        let row = account::Entity::find().filter(account::Column::Name.eq(&actor));
        let row = row.one(&*self.db).await?.ok_or(StoreError::Missing)?;
        let id = row.id;
        let mut row = row.into_active_model();
        row.password_hash = Set(Some(password_hash));
        row.must_change_password = Set(false);
        row.update(&*self.db).await?;
        session::Entity::delete_many()
            .filter(session::Column::AccountId.eq(id))
            .filter(session::Column::Hash.ne(but_session))
            .exec(&*self.db)
            .await?;
        self.record_registry("change_password", &actor, &()).await
    }
}
