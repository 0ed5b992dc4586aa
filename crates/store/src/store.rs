//! The store: one database, read through some connections and written through a [`Tx`].

use crate::account::Callers;
use crate::connections::Connections;
use crate::error::StoreError;
use crate::reader::Reader;
use crate::reference;
use crate::tx::{Tx, let_go, lock};
use crate::version::Versions;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, TransactionTrait,
};
use shortboard_domain::access::Permit;
use shortboard_domain::codelist::CodeLists;
use shortboard_migrations::{Migrator, MigratorTrait};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Where time comes from: an argument, so that history can be tested.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How often a write is tried that the database broke off for another one's sake.
const ATTEMPTS: u32 = 8;

/// How to reach the database and how to tell time.
#[derive(Clone)]
pub struct Setup {
    /// `sqlite://PATH` or `postgres://…`.
    pub url: String,
    /// Connections for reading; on PostgreSQL half as many again for writing.
    pub connections: u32,
    /// Where time comes from.
    pub clock: Clock,
    /// The zone whose days are the registry's days.
    pub zone: TimeZone,
}

/// Leave to set the registry up, alone among the servers of one database.
#[derive(Debug)]
#[must_use]
pub struct SetupLock(#[allow(dead_code, reason = "held, not read")] Option<DatabaseTransaction>);

/// The registry's database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) reader: Reader,
    writer: DatabaseConnection,
    versions: Versions,
    pub(crate) callers: Arc<Callers>,
    clock: Clock,
    zone: TimeZone,
    lists: Arc<RwLock<Lists>>,
}

/// The code lists, and the length of the registry's chain when they were read.
#[derive(Clone, Default)]
pub(crate) struct Lists {
    pub lists: Arc<CodeLists>,
    pub revision: i64,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("backend", &self.backend()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database; a SQLite file is made when it is not there.
    ///
    /// # Errors
    /// [`StoreError::Database`] when it cannot be reached, [`StoreError::File`] when the folder of a
    /// SQLite file cannot be made.
    pub async fn open(setup: Setup) -> Result<Self, StoreError> {
        let Connections { reader, writer, watcher } =
            Connections::open(&setup.url, setup.connections).await?;
        Ok(Self {
            reader: Reader::new(reader),
            writer,
            versions: Versions::watch(watcher, Arc::clone(&setup.clock)),
            callers: Arc::default(),
            clock: setup.clock,
            zone: setup.zone,
            lists: Arc::default(),
        })
    }

    /// Waits until no other server sets the registry up, and keeps others waiting until what it
    /// returns is dropped. SQLite's file has one server.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn set_up_alone(&self) -> Result<SetupLock, StoreError> {
        if self.backend() != DbBackend::Postgres {
            return Ok(SetupLock(None));
        }
        let held = self.writer.begin().await?;
        lock::hold(&held, lock::SETUP).await?;
        Ok(SetupLock(Some(held)))
    }

    /// Brings the database to this version and reads the code lists.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn migrate(&self) -> Result<(), StoreError> {
        Migrator::up(&self.writer, None).await?;
        self.derive_when_outdated().await?;
        self.reload_lists().await.map(drop)
    }

    /// Takes exactly these steps, the first ones of this version.
    ///
    /// # Errors
    /// [`StoreError::Version`] when they are not that, or the database has taken more.
    pub(crate) async fn migrate_to(&self, steps: &[String]) -> Result<(), StoreError> {
        let known: Vec<String> =
            Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
        let taken = self.taken_steps().await?;
        if !known.starts_with(steps) || !steps.starts_with(&taken) {
            return Err(StoreError::Version(format!(
                "the backup is of a database with the steps {}, this one has {}, and the program \
                 knows {}",
                steps.join(", "),
                taken.join(", "),
                known.join(", ")
            )));
        }
        let more = u32::try_from(steps.len() - taken.len()).unwrap_or(u32::MAX);
        Ok(Migrator::up(&self.writer, Some(more)).await?)
    }

    /// Reads the code lists, when the database is of this version.
    ///
    /// # Errors
    /// [`StoreError::Version`] when steps are pending or unknown.
    pub async fn require_migrated(&self) -> Result<(), StoreError> {
        let pending = self.pending_steps().await?;
        if !pending.is_empty() {
            let steps = pending.join(", ");
            return Err(StoreError::Version(format!(
                "the database lacks the steps {steps}: run `shortboard migrate`"
            )));
        }
        self.reload_lists().await.map(drop)
    }

    /// The steps of this version that the database lacks.
    ///
    /// # Errors
    /// [`StoreError::Database`], also for steps this program does not know.
    pub async fn pending_steps(&self) -> Result<Vec<String>, StoreError> {
        let pending = Migrator::get_pending_migrations(&self.writer).await?;
        Ok(pending.iter().map(|step| step.name().to_owned()).collect())
    }

    /// The steps the database has taken.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn taken_steps(&self) -> Result<Vec<String>, StoreError> {
        let taken = Migrator::get_applied_migrations(&self.writer).await?;
        Ok(taken.iter().map(|step| step.name().to_owned()).collect())
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.reader.db().ping().await?)
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        crate::time::truncated((self.clock)())
    }

    /// The day now, in the registry's zone.
    pub fn today(&self) -> Date {
        self.day_of(self.now())
    }

    /// The registry's day of a time.
    pub fn day_of(&self, time: Timestamp) -> Date {
        self.zone.to_datetime(time).date()
    }

    /// A time as the registry's clocks show it.
    pub fn local(&self, time: Timestamp) -> DateTime {
        self.zone.to_datetime(time)
    }

    /// The last microsecond of a day in the registry's zone.
    pub fn end_of_day(&self, day: Date) -> Timestamp {
        let midnight = day.tomorrow().map(|next| next.at(0, 0, 0, 0));
        let next = midnight.and_then(|midnight| self.zone.to_timestamp(midnight));
        let last =
            next.ok().and_then(|next| Timestamp::from_microsecond(next.as_microsecond() - 1).ok());
        last.unwrap_or(Timestamp::MAX)
    }

    /// The code lists.
    pub fn lists(&self) -> Arc<CodeLists> {
        self.lists.read().unwrap_or_else(PoisonError::into_inner).lists.clone()
    }

    /// The code lists as a connection sees them: read anew when another process changed them.
    pub(crate) async fn lists_on(
        &self,
        db: &impl ConnectionTrait,
    ) -> Result<Arc<CodeLists>, StoreError> {
        let revision = reference::lists_revision(db).await?;
        self.lists_at(db, revision).await
    }

    /// The code lists of a revision that the connection sees.
    pub(crate) async fn lists_at(
        &self,
        db: &impl ConnectionTrait,
        revision: i64,
    ) -> Result<Arc<CodeLists>, StoreError> {
        let known = self.lists.read().unwrap_or_else(PoisonError::into_inner).clone();
        if known.revision == revision {
            return Ok(known.lists);
        }
        let lists = Arc::new(reference::load_lists(db).await?);
        let fresh = Lists { lists: Arc::clone(&lists), revision };
        *self.lists.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(lists)
    }

    /// The code lists, read anew when another process changed them.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn reload_lists(&self) -> Result<Arc<CodeLists>, StoreError> {
        self.lists_on(&self.reader).await
    }

    /// Writes: opens a transaction with leave to do one thing, does the work, commits.
    ///
    /// The write runs as a task of its own, so that a caller who hangs up cannot break it off half
    /// way; it is tried again, a bounded number of times, when the database broke it off for
    /// another writer's sake.
    ///
    /// # Errors
    /// What the work returns; [`StoreError::Database`] when it could not be committed.
    pub async fn write<T, F>(&self, permit: Permit, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, StoreError>> + Send + Sync + 'static,
    {
        let store = self.clone();
        let task = tokio::spawn(async move { store.attempt(permit, work).await });
        task.await.map_err(|error| StoreError::BrokenOff(error.to_string()))?
    }

    async fn attempt<T, F>(&self, permit: Permit, work: F) -> Result<T, StoreError>
    where
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, StoreError>>,
    {
        let mut attempt = 1;
        loop {
            let outcome = self.once(permit.clone(), &work).await;
            match outcome {
                Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                    tracing::debug!(attempt, %error, "a write is tried again");
                    tokio::time::sleep(Duration::from_millis(5 << attempt)).await;
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn once<T, F>(&self, permit: Permit, work: &F) -> Result<T, StoreError>
    where
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, StoreError>>,
    {
        let mut tx = Tx::begin(self, permit).await?;
        let worked = work(&mut tx).await;
        let is_large = tx.is_large();
        let outcome = match worked {
            Ok(value) if tx.is_abandoned() => tx.roll_back().await.map(|()| (value, false)),
            Ok(value) => tx.commit().await.map(|is_due| (value, is_due)),
            Err(error) => tx.roll_back().await.and(Err(error)),
        };
        if is_large {
            let_go(&self.writer).await?;
        }
        let (value, is_due) = outcome?;
        if is_due {
            self.fold_summaries_later();
        }
        Ok(value)
    }

    pub(crate) fn zone(&self) -> TimeZone {
        self.zone.clone()
    }

    /// Which database it is.
    pub(crate) fn backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }

    pub(crate) fn reader(&self) -> &Reader {
        &self.reader
    }

    pub(crate) fn versions(&self) -> &Versions {
        &self.versions
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }
}
