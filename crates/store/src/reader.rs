//! The connections that read. They can be listened to, to tell how a question is answered.

use crate::error::StoreError;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    TryGetable,
};
use std::sync::{Arc, Mutex, PoisonError};

/// Connections for reading.
#[derive(Clone)]
pub(crate) struct Reader {
    db: DatabaseConnection,
    heard: Option<Heard>,
}

/// The statements that a store which is listened to has run.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Vec<Statement>>>);

/// A statement, and how the database goes about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The statement, its values in their places.
    pub sql: String,
    /// The database's plan, a line each.
    pub plan: Vec<String>,
}

impl Reader {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db, heard: None }
    }

    pub fn listened(&self, heard: Heard) -> Self {
        Self { db: self.db.clone(), heard: Some(heard) }
    }

    /// The connections themselves.
    pub fn db(&self) -> &DatabaseConnection {
        &self.db
    }

    fn tell(&self, statement: &Statement) {
        if let Some(Heard(heard)) = &self.heard {
            heard.lock().unwrap_or_else(PoisonError::into_inner).push(statement.clone());
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.db.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.tell(&statement);
        self.db.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.db.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.tell(&statement);
        self.db.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.tell(&statement);
        self.db.query_all_raw(statement).await
    }
}

impl Heard {
    /// Forgets what was heard so far.
    pub fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl crate::Store {
    /// The same store, listened to: what it reads from now on is heard.
    pub fn listened(&self) -> (Self, Heard) {
        let heard = Heard::default();
        let mut store = self.clone();
        store.reader = self.reader().listened(heard.clone());
        (store, heard)
    }

    /// How the database goes about the statements that were heard.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn explain(&self, heard: &Heard) -> Result<Vec<Explained>, StoreError> {
        let heard = heard.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut explained = Vec::new();
        for statement in heard {
            let (prefix, column) = match self.backend() {
                DbBackend::Postgres => ("EXPLAIN (COSTS OFF) ", "QUERY PLAN"),
                _ => ("EXPLAIN QUERY PLAN ", "detail"),
            };
            let sql = statement.to_string();
            let question = Statement { sql: format!("{prefix}{}", statement.sql), ..statement };
            let rows = self.reader().db().query_all_raw(question).await?;
            let plan = rows.iter().map(|row| String::try_get_by(row, column));
            explained.push(Explained { sql, plan: plan.collect::<Result<_, _>>()? });
        }
        Ok(explained)
    }
}
