//! The data's version: while it is the same, every question has the same answer.
//!
//! SQLite tells each connection whether another one has committed; PostgreSQL numbers the
//! transactions that a reader sees. Whoever asks waits for a look that begins after the question, so
//! that no commit is overlooked; all who ask meanwhile share one.

use crate::store::Clock;
use sea_orm::sqlx::{self, Sqlite, pool::PoolConnection};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, TryGetable};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// The data's version, a word without meaning.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DataVersion(Arc<str>);

impl DataVersion {
    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

type Ask = oneshot::Sender<Option<DataVersion>>;

/// Where the version is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Versions(mpsc::Sender<Ask>);

impl Versions {
    /// Begins to look; `db` is the watcher's own on SQLite.
    pub fn watch(db: DatabaseConnection, clock: Clock) -> Self {
        let (ask, asked) = mpsc::channel(1024);
        tokio::spawn(look(db, clock, asked));
        Self(ask)
    }

    /// The version now; `None` when the database does not tell.
    pub async fn now(&self) -> Option<DataVersion> {
        let (answer, answered) = oneshot::channel();
        self.0.send(answer).await.ok()?;
        answered.await.ok().flatten()
    }
}

async fn look(db: DatabaseConnection, clock: Clock, mut asked: mpsc::Receiver<Ask>) {
    let mut waiting = Vec::new();
    let mut eye = None;
    while asked.recv_many(&mut waiting, 1024).await > 0 {
        let version = match db.get_database_backend() {
            DbBackend::Postgres => snapshot(&db, &mut eye, &clock).await,
            _ => data_version(&db, &mut eye, &clock).await,
        };
        for answer in waiting.drain(..) {
            // Whoever has hung up needs no answer.
            let _ = answer.send(version.clone());
        }
    }
}

/// What looks: the time since when it has, which tells its words from another's, and on SQLite its
/// connection, since the number means something to one connection alone.
struct Eye {
    since: i64,
    connection: Option<PoolConnection<Sqlite>>,
}

impl Eye {
    fn word(&self, what: &str) -> DataVersion {
        DataVersion(format!("{:x}.{what}", self.since).into())
    }
}

async fn snapshot(
    db: &DatabaseConnection,
    eye: &mut Option<Eye>,
    clock: &Clock,
) -> Option<DataVersion> {
    let since = clock().as_microsecond();
    let eye = eye.get_or_insert(Eye { since, connection: None });
    // Two readers with the same snapshot see the same.
    let sql = "SELECT pg_current_snapshot()::text AS seen";
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.ok()??;
    Some(eye.word(&String::try_get_by(&row, "seen").ok()?))
}

async fn data_version(
    db: &DatabaseConnection,
    eye: &mut Option<Eye>,
    clock: &Clock,
) -> Option<DataVersion> {
    if eye.is_none() {
        let connection = db.get_sqlite_connection_pool().acquire().await.ok()?;
        *eye = Some(Eye { since: clock().as_microsecond(), connection: Some(connection) });
    }
    let held = eye.as_mut()?;
    let connection = held.connection.as_deref_mut()?;
    let found = sqlx::query_scalar::<_, i64>("PRAGMA data_version").fetch_one(connection).await;
    match found {
        Ok(number) => Some(held.word(&number.to_string())),
        Err(error) => {
            tracing::warn!(%error, "the data's version could not be read");
            *eye = None;
            None
        }
    }
}

impl crate::Store {
    /// The data's version now; `None` when the database does not tell.
    pub async fn data_version(&self) -> Option<DataVersion> {
        self.versions().now().await
    }
}
