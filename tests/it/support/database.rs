//! A database of a test's own, and a way to its rows behind the program's back.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// Where the database is.
pub enum Database {
    Sqlite { url: String },
    Postgres { admin: String, name: String, url: String },
}

impl Database {
    /// A new one: a file in the folder, or a database of the cluster.
    pub async fn create(folder: &Path) -> Self {
        let which = std::env::var("SHORTBOARD_TEST_DATABASE").unwrap_or_else(|_| "sqlite".into());
        if which == "sqlite" {
            return Self::Sqlite { url: format!("sqlite://{}", folder.join("it.db").display()) };
        }
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("it_{}_{number}", std::process::id());
        let mut admin = connect(&which).await;
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let base = which.rsplit_once('/').map_or(which.as_str(), |(base, _)| base);
        Self::Postgres { url: format!("{base}/{name}"), admin: which, name }
    }

    pub fn url(&self) -> &str {
        match self {
            Self::Sqlite { url } | Self::Postgres { url, .. } => url,
        }
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres { .. })
    }

    /// Runs a statement as somebody would who has the database but not the program. Answers the
    /// number of rows it touched.
    pub async fn tamper(&self, sql: &str) -> u64 {
        match self {
            Self::Sqlite { url } => {
                let options: SqliteConnectOptions = url.parse().unwrap();
                let mut db: SqliteConnection = options.connect().await.unwrap();
                let done = db.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
                db.close().await.unwrap();
                done.rows_affected()
            }
            Self::Postgres { url, .. } => {
                let mut db = connect(url).await;
                let done = db.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
                db.close().await.unwrap();
                done.rows_affected()
            }
        }
    }

    /// Gives the database back to the cluster.
    pub async fn drop(&self) {
        if let Self::Postgres { admin, name, .. } = self {
            let mut admin = connect(admin).await;
            let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            admin.execute(AssertSqlSafe(sql)).await.unwrap();
        }
    }
}

async fn connect(url: &str) -> PgConnection {
    url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap()
}
