//! How a database is reached: connections to read with, to write with, and to watch it with.

use crate::error::StoreError;
use crate::tx::PAGES;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Those who write wait for one another, those who read never for them: each has connections of its
/// own.
pub(crate) struct Connections {
    pub reader: DatabaseConnection,
    pub writer: DatabaseConnection,
    /// Asks for the data's version.
    pub watcher: DatabaseConnection,
}

impl Connections {
    /// Opens the database; a SQLite file is made when it is not there.
    ///
    /// # Errors
    /// [`StoreError::Database`] when it cannot be reached, [`StoreError::File`] when the folder of a
    /// SQLite file cannot be made.
    pub async fn open(url: &str, readers: u32) -> Result<Self, StoreError> {
        match sqlite_path(url) {
            Some(path) => Self::of_file(url, &path, readers).await,
            None => Self::of_server(url, readers).await,
        }
    }

    async fn of_file(url: &str, path: &Path, readers: u32) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| StoreError::file(folder, error))?;
        }
        make_private(path)?;
        // The writer comes first: it sets the file's journal mode.
        let writer = Database::connect(sqlite(url, 1, false)).await?;
        // More readers than processors can feed only hold memory.
        let cores = std::thread::available_parallelism().map_or(4, std::num::NonZero::get);
        let readers = readers.min(u32::try_from(2 * cores).unwrap_or(readers));
        let reader = Database::connect(sqlite(url, readers, true)).await?;
        let watcher = Database::connect(sqlite(url, 1, true)).await?;
        Ok(Self { reader, writer, watcher })
    }

    async fn of_server(url: &str, readers: u32) -> Result<Self, StoreError> {
        let reader = Database::connect(postgres(url, readers)).await?;
        // Two at the least: a registry is set up within a lock that one of them holds.
        let writer = Database::connect(postgres(url, (readers / 2).max(2))).await?;
        Ok(Self { watcher: reader.clone(), reader, writer })
    }
}

/// The path in a SQLite address.
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
    Some(Path::new(rest.split('?').next().unwrap_or(rest)).to_owned())
}

/// Makes the file of a new database, for its owner alone: it holds hashes of passwords and tokens.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(StoreError::file(path, error))
        }
        _ => Ok(()),
    }
}

fn sqlite(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| {
            let options = options
                .create_if_missing(!read_only)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(20))
                .foreign_keys(true)
                // Pages that one write after another changes are put in their places once.
                .pragma("wal_autocheckpoint", "4000")
                // A file that grew while much came in is cut back afterwards.
                .pragma("journal_size_limit", "67108864")
                // Pages, kibibytes.
                .pragma("cache_size", if read_only { "-8192".into() } else { format!("-{PAGES}") });
            match read_only {
                true => options.pragma("query_only", "ON"),
                // See `tx::Aside`.
                false => options.pragma("temp_store", "MEMORY"),
            }
        });
    options
}

fn postgres(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false);
    options
}
