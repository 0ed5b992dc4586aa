//! A write: a transaction that cannot be had without a permit and writes nothing without a record
//! in the trail.

use crate::error::StoreError;
use crate::project::derived;
use crate::project::unit::Unit;
use crate::store::Store;
use crate::time;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sea_orm::sqlx::{self, Connection};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, FromQueryResult,
    RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use shortboard_domain::access::{Action, Permit};
use shortboard_domain::codelist::CodeLists;
use std::sync::Arc;

/// The advisory locks of PostgreSQL, by number.
pub(crate) mod lock {
    use crate::error::StoreError;
    use sea_orm::{ConnectionTrait, DbBackend, Statement};

    /// Shared by every writer, taken alone by a checkpoint and by the loading of seeds.
    pub const WRITERS: i64 = 0x5342_0001;
    /// Taken by whoever writes to the registry's own chain.
    pub const REGISTRY_CHAIN: i64 = 0x5342_0002;
    /// Taken by the one server that sets a new registry up.
    pub const SETUP: i64 = 0x5342_0003;
    /// Taken by the one who adds to the cells of summaries.
    pub const SUMMARY: i64 = 0x5342_0004;
    /// Taken by whoever carries an import out or takes one back.
    pub const IMPORTS: i64 = 0x5342_0005;

    /// Taken by whoever writes to an import.
    pub fn import(id: i64) -> i64 {
        (IMPORTS << 32) + id
    }

    /// Waits until nobody else holds a lock, then holds it until the transaction ends. SQLite has one
    /// writer and no such locks.
    pub async fn hold(db: &impl ConnectionTrait, lock: i64) -> Result<(), StoreError> {
        take(db, "SELECT pg_advisory_xact_lock($1)", lock).await
    }

    /// As [`hold`], beside others who share it.
    pub async fn share(db: &impl ConnectionTrait, lock: i64) -> Result<(), StoreError> {
        take(db, "SELECT pg_advisory_xact_lock_shared($1)", lock).await
    }

    async fn take(db: &impl ConnectionTrait, sql: &str, lock: i64) -> Result<(), StoreError> {
        if db.get_database_backend() == DbBackend::Postgres {
            let values = [lock.into()];
            let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
            db.query_one_raw(statement).await?;
        }
        Ok(())
    }
}

/// An open write. Its verbs are beside the nouns they write.
pub struct Tx {
    pub(crate) db: Arc<DatabaseTransaction>,
    pub(crate) lists: Arc<CodeLists>,
    pub(crate) unit: Unit,
    /// The number of the last project registered here.
    pub(crate) last_id: Option<i64>,
    /// The import that what is recorded cites.
    pub(crate) import: Option<i64>,
    permit: Permit,
    now: Timestamp,
    today: Date,
    zone: TimeZone,
    epoch: i64,
    abandoned: bool,
    is_large: bool,
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").field("permit", &self.permit).finish_non_exhaustive()
    }
}

/// The pages that SQLite's writer holds, kibibytes: what a write of some thousand rows touches.
pub(crate) const PAGES: u32 = 32 << 10;

/// The same of a write of a hundred thousand projects.
const PAGES_OF_MANY: u32 = 256 << 10;

/// Has SQLite hold so many kibibytes of pages on a connection.
async fn hold_pages(db: &impl ConnectionTrait, kib: u32) -> Result<(), StoreError> {
    pragma(db, &format!("cache_size = -{kib}")).await
}

/// Has SQLite let go of what a large write needed: its statements of many rows, each of its own
/// length and none to come again soon, and its pages. Those that may stay lie here and there among
/// the others, whose memory would go back to nobody: so all go.
pub(crate) async fn let_go(writer: &DatabaseConnection) -> Result<(), StoreError> {
    if writer.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let failed = |error: sqlx::Error| DbErr::Conn(RuntimeErr::SqlxError(error.into()));
    let mut connection = writer.get_sqlite_connection_pool().acquire().await.map_err(failed)?;
    connection.clear_cached_statements().await.map_err(failed)?;
    drop(connection);
    hold_pages(writer, PAGES).await?;
    pragma(writer, "shrink_memory").await
}

/// Sets a connection of SQLite; PostgreSQL has none of it.
async fn pragma(db: &impl ConnectionTrait, setting: &str) -> Result<(), StoreError> {
    if db.get_database_backend() == DbBackend::Sqlite {
        let sql = format!("PRAGMA {setting}");
        db.execute_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    }
    Ok(())
}

/// Where SQLite puts what it needs for the time being.
pub(crate) enum Aside {
    /// In memory, as writers do: of each statement of many rows, the pages as they were before it,
    /// which cost a write to a file each otherwise.
    Memory,
    /// In files: for sorting all there is.
    File,
}

/// Has SQLite put what it needs for the time being somewhere on a connection, outside of any write.
pub(crate) async fn put_aside(db: &impl ConnectionTrait, aside: Aside) -> Result<(), StoreError> {
    let setting = match aside {
        Aside::Memory => "temp_store = MEMORY",
        Aside::File => "temp_store = FILE",
    };
    pragma(db, setting).await
}

/// How the registry stands when a write begins.
#[derive(FromQueryResult)]
struct Standing {
    /// The epoch that is open: one more than the last checkpoint's.
    epoch: i64,
    /// The length of the registry's own chain, by which the code lists are known.
    revision: i64,
    /// How what is derived is kept.
    format: i64,
}

impl Standing {
    async fn read(db: &impl ConnectionTrait) -> Result<Self, StoreError> {
        let sql = "SELECT \
            (SELECT COALESCE(MAX(epoch), 0) + 1 FROM checkpoint) AS epoch, \
            (SELECT COALESCE(MAX(seq), 0) FROM audit_record WHERE chain = 0) AS revision, \
            (SELECT COALESCE(MAX(format), 0) FROM derived) AS format";
        let statement = Statement::from_string(db.get_database_backend(), sql);
        let row = db.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| StoreError::inconsistent("checkpoint.epoch", "no row"))?;
        Ok(Self::from_query_result(&row, "")?)
    }
}

/// Opens a transaction that may write. A deferred one that reads before it writes fails at once on
/// SQLite when another process wrote in between.
pub(crate) async fn begin_immediate(
    writer: &DatabaseConnection,
) -> Result<DatabaseTransaction, StoreError> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    Ok(writer.begin_with_options(options).await?)
}

impl Tx {
    pub(crate) async fn begin(store: &Store, permit: Permit) -> Result<Self, StoreError> {
        let db = begin_immediate(store.writer()).await?;
        match permit.action() {
            // Alone: no record is under way, and nobody writes with labels that are changing.
            Action::WriteCheckpoint | Action::LoadSeeds | Action::KeepDepartments => {
                lock::hold(&db, lock::WRITERS).await?;
            }
            _ => lock::share(&db, lock::WRITERS).await?,
        }
        let standing = Standing::read(&db).await?;
        // The clock is read under the lock: no record is older than the last checkpoint.
        let now = store.now();
        let lists = store.lists_at(&db, standing.revision).await?;
        let derives_later = standing.format == derived::NOTHING;
        Ok(Self {
            db: Arc::new(db),
            lists,
            unit: Unit::new(derives_later),
            last_id: None,
            import: None,
            permit,
            now,
            today: store.day_of(now),
            zone: store.zone(),
            epoch: standing.epoch,
            abandoned: false,
            is_large: false,
        })
    }

    /// Who writes.
    pub fn actor(&self) -> &str {
        self.permit.actor()
    }

    /// The time of the write.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The registry's day of the write.
    pub fn today(&self) -> Date {
        self.today
    }

    /// The code lists, as the write sees them.
    pub fn lists(&self) -> &CodeLists {
        &self.lists
    }

    /// Takes another time for what follows: the made-up past of demonstration data.
    pub fn set_now(&mut self, now: Timestamp) {
        self.now = time::truncated(now);
        self.today = self.zone.to_datetime(self.now).date();
    }

    /// Lets all that is recorded from now on cite an import.
    pub fn cite(&mut self, import: i64) {
        self.import = Some(import);
    }

    /// Makes the write a trial: when its work is done, it is rolled back.
    pub fn abandon(&mut self) {
        self.abandoned = true;
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned
    }

    /// Prepares for a write of very many rows: SQLite's writer holds more of the pages it touches
    /// until the write ends, so that fewer of them go out and come back.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn expect_many(&mut self) -> Result<(), StoreError> {
        self.is_large = true;
        hold_pages(&*self.db, PAGES_OF_MANY).await
    }

    pub(crate) fn is_large(&self) -> bool {
        self.is_large
    }

    pub(crate) fn permit(&self) -> &Permit {
        &self.permit
    }

    pub(crate) fn epoch(&self) -> i64 {
        self.epoch
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.db.get_database_backend() == DbBackend::Postgres
    }

    /// Refuses what the permit is not for.
    pub(crate) fn require(&self, needed: &[Action]) -> Result<(), StoreError> {
        let held = self.permit.action();
        match needed.first() {
            Some(first) if !needed.contains(&held) => {
                Err(StoreError::WrongPermit { held, needed: *first })
            }
            _ => Ok(()),
        }
    }

    /// Commits; answers whether so much is pending of the summaries that it shall be added up.
    pub(crate) async fn commit(mut self) -> Result<bool, StoreError> {
        self.flush().await?;
        let due = self.unit.take_summaries().settle(&*self.db).await?;
        self.alone()?.commit().await?;
        Ok(due)
    }

    pub(crate) async fn roll_back(mut self) -> Result<(), StoreError> {
        // What is under way fails or not: it is taken back.
        let _ = self.unit.settle().await;
        Ok(self.alone()?.rollback().await?)
    }

    /// Writes all that is kept back.
    pub(crate) async fn flush(&mut self) -> Result<(), StoreError> {
        self.unit.write(&self.db).await?;
        self.unit.settle().await
    }

    fn alone(self) -> Result<DatabaseTransaction, StoreError> {
        Arc::into_inner(self.db)
            .ok_or_else(|| StoreError::BrokenOff("a part of the write is still under way".into()))
    }
}
