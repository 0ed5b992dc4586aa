//! The way to the rows behind the program's back, and the bare insert that writes are held against.

use anyhow::{Context, Result, bail};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, Row};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A connection of our own to the registry's database.
pub enum Database {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// What the database itself says about a word.
#[derive(Debug, PartialEq, Eq)]
pub struct Hits {
    /// The projects of the first page, in the order of the list.
    pub first: Vec<i64>,
    /// All of them, but no more than a list counts.
    pub count: i64,
}

/// Runs a statement that answers numbers, one a row, with text values, on either database.
macro_rules! numbers {
    ($self:expr, $sql:expr, $values:expr) => {{
        let sql: String = $sql;
        match $self {
            Database::Sqlite(db) => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for value in $values {
                    query = query.bind(value.to_owned());
                }
                let rows = query.fetch_all(db).await?;
                rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<i64>, _>>()?
            }
            Database::Postgres(db) => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for value in $values {
                    query = query.bind(value.to_owned());
                }
                let rows = query.fetch_all(db).await?;
                rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<i64>, _>>()?
            }
        }
    }};
}

impl Database {
    /// Opens the registry's database; a file for reading only.
    pub async fn open(url: &str) -> Result<Self> {
        if url.starts_with("postgres") {
            return Ok(Self::Postgres(url.parse::<PgConnectOptions>()?.connect().await?));
        }
        let options: SqliteConnectOptions = url.parse()?;
        let busy = Duration::from_secs(30);
        Ok(Self::Sqlite(options.read_only(true).busy_timeout(busy).connect().await?))
    }

    /// Whether a PostgreSQL database holds no registry yet.
    pub async fn is_fresh(&mut self) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'project'";
        let no_values: [&str; 0] = [];
        Ok(numbers!(self, sql.to_owned(), no_values) == [0])
    }

    /// The hits of a word that is as the database keeps it: found by looking at every row, as `LIKE`
    /// does.
    pub async fn hits(&mut self, word: &str, stage: Option<&str>, most: i64) -> Result<Hits> {
        let (find, one, two) = match self {
            Self::Sqlite(_) => ("instr", "?1", "?2"),
            Self::Postgres(_) => ("strpos", "$1", "$2"),
        };
        let stage_is = stage.map(|_| format!(" AND stage = {two}")).unwrap_or_default();
        let rows = format!("FROM project WHERE {find}(search, {one}) > 0{stage_is}");
        let order = "ORDER BY COALESCE(total_investment, -1) DESC, id DESC LIMIT 50";
        let values: Vec<&str> = [word].into_iter().chain(stage).collect();
        let first = numbers!(self, format!("SELECT id {rows} {order}"), &values);
        let count = format!("SELECT COUNT(*) FROM (SELECT 1 {rows} LIMIT {most}) AS found");
        let count = numbers!(self, count, &values).first().copied().unwrap_or_default();
        Ok(Hits { first, count })
    }

    /// The bytes that the projects of a range of numbers take: in the trail and the versions, which
    /// only grow, and in the current rows.
    pub async fn bytes(&mut self, projects: &RangeInclusive<i64>) -> Result<(i64, i64)> {
        let trail = self.text_bytes("audit_record", "chain", projects).await?;
        let versions = self.text_bytes("project_version", "project_id", projects).await?;
        Ok((trail + versions, self.text_bytes("project", "id", projects).await?))
    }

    async fn text_bytes(
        &mut self,
        table: &str,
        key: &str,
        projects: &RangeInclusive<i64>,
    ) -> Result<i64> {
        let (columns, length) = match self {
            Self::Sqlite(db) => {
                let sql = "SELECT name FROM pragma_table_info(?) WHERE type = 'TEXT'";
                let rows = sqlx::query(sql).bind(table.to_owned()).fetch_all(db).await?;
                let names = rows.iter().map(|row| row.try_get::<String, _>(0));
                (names.collect::<Result<Vec<_>, _>>()?, "LENGTH(CAST(? AS BLOB))")
            }
            Self::Postgres(db) => {
                let sql = "SELECT column_name::text FROM information_schema.columns \
                           WHERE table_name = $1 AND data_type = 'text'";
                let rows = sqlx::query(sql).bind(table.to_owned()).fetch_all(db).await?;
                let names = rows.iter().map(|row| row.try_get::<String, _>(0));
                (names.collect::<Result<Vec<_>, _>>()?, "OCTET_LENGTH(?)")
            }
        };
        let lengths: Vec<String> = columns
            .iter()
            .map(|column| format!("COALESCE({}, 0)", length.replace('?', column)))
            .collect();
        if lengths.is_empty() {
            bail!("{table} has no text");
        }
        let sql = format!(
            "SELECT CAST(COALESCE(SUM({}), 0) AS BIGINT) FROM {table} WHERE {key} BETWEEN {} AND {}",
            lengths.join(" + "),
            projects.start(),
            projects.end(),
        );
        let no_values: [&str; 0] = [];
        numbers!(self, sql, no_values).first().copied().context("no sum")
    }
}

/// Inserts of so many bytes, each committed: what the disk allows a writer. In a SQLite file of the
/// registry's folder with `synchronous=FULL`, or in a table of the registry's PostgreSQL.
pub struct BareInserts {
    database: Database,
    file: PathBuf,
}

impl BareInserts {
    /// Makes the table.
    pub async fn open(folder: &Path, url: &str) -> Result<Self> {
        let file = folder.join("bare.db");
        if url.starts_with("postgres") {
            let mut db = url.parse::<PgConnectOptions>()?.connect().await?;
            db.execute("DROP TABLE IF EXISTS bare").await?;
            db.execute("CREATE TABLE bare (id BIGSERIAL PRIMARY KEY, body BYTEA NOT NULL)").await?;
            return Ok(Self { database: Database::Postgres(db), file });
        }
        let _ = std::fs::remove_file(&file);
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut db = options.connect().await?;
        db.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body BLOB NOT NULL)").await?;
        Ok(Self { database: Database::Sqlite(db), file })
    }

    /// Inserts and commits once; answers how long it took.
    pub async fn insert(&mut self, bytes: usize) -> Result<Duration> {
        let body = vec![b'x'; bytes];
        let start = Instant::now();
        // A statement by itself is a transaction by itself.
        match &mut self.database {
            Database::Sqlite(db) => {
                let insert = sqlx::query("INSERT INTO bare (body) VALUES (?)").bind(body);
                insert.execute(db).await?;
            }
            Database::Postgres(db) => {
                let insert = sqlx::query("INSERT INTO bare (body) VALUES ($1)").bind(body);
                insert.execute(db).await?;
            }
        }
        Ok(start.elapsed())
    }

    /// Removes the table.
    pub async fn close(self) -> Result<()> {
        match self.database {
            Database::Sqlite(db) => {
                db.close().await?;
                std::fs::remove_file(&self.file)?;
            }
            Database::Postgres(mut db) => {
                db.execute("DROP TABLE bare").await?;
                db.close().await?;
            }
        }
        Ok(())
    }
}
