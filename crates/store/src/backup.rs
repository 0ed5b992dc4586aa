//! Backups: the whole registry as lines of JSON, taken online on one snapshot, and put back into an
//! empty database of either kind. Moving from SQLite to PostgreSQL is a backup and a restore.

use crate::error::StoreError;
use crate::project::facets::iden;
use crate::snapshot::Snapshot;
use futures_util::TryStreamExt;
use sea_orm::sea_query::{Expr, Order, Query, SimpleExpr};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, QueryResult, Statement, StreamTrait,
    TransactionTrait, TryGetable,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::{BufRead, Write};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Flag,
}
use Kind::{Flag, Number, Text};

/// A table with its columns, the key's first; parents come before what refers to them.
struct Table {
    name: &'static str,
    keys: usize,
    columns: &'static [(&'static str, Kind)],
}

macro_rules! facets {
    ($($own:expr),*) => {
        &[
            $($own,)*
            ("registry_number", Text), ("name", Text), ("search", Text), ("code", Text),
            ("stage", Text), ("stage_since", Text), ("inferred", Flag), ("filing", Text),
            ("author", Text), ("area", Text), ("region", Text), ("also_in", Text),
            ("owner_group", Text), ("departments", Text), ("channels", Text),
            ("total_investment", Number), ("planned_funding", Number),
            ("arrived_funding", Number), ("start_year", Number), ("document", Text), ("clause", Text), ("version", Number),
            ("updated_at", Number), ("card", Text),
        ]
    };
}

const TABLES: [Table; 10] = [
    Table {
        name: "audit_record",
        keys: 2,
        columns: &[
            ("chain", Number),
            ("seq", Number),
            ("epoch", Number),
            ("recorded_at", Number),
            ("actor", Text),
            ("action", Text),
            ("effective_on", Text),
            ("subject", Text),
            ("body", Text),
            ("versions", Text),
            ("prev", Text),
            ("hash", Text),
        ],
    },
    Table {
        name: "checkpoint",
        keys: 1,
        columns: &[("epoch", Number), ("made_at", Number), ("body", Text)],
    },
    Table { name: "project", keys: 1, columns: facets![("id", Number)] },
    Table {
        name: "project_version",
        keys: 3,
        columns: facets![
            ("project_id", Number),
            ("seq", Number),
            ("effective_from", Text),
            ("effective_to", Text),
            ("recorded_from", Number),
            ("recorded_to", Number),
            ("closed_by", Number)
        ],
    },
    Table {
        name: "code_entry",
        keys: 2,
        columns: &[
            ("list", Text),
            ("code", Text),
            ("position", Number),
            ("effective_from", Text),
            ("recorded_from", Number),
            ("recorded_to", Number),
            ("entry", Text),
        ],
    },
    Table { name: "document", keys: 1, columns: &[("number", Text), ("body", Text)] },
    Table {
        name: "target",
        keys: 1,
        columns: &[("code", Text), ("document", Text), ("position", Number), ("body", Text)],
    },
    Table {
        name: "account",
        keys: 1,
        columns: &[
            ("id", Number),
            ("name", Text),
            ("role", Text),
            ("scope", Text),
            ("password_hash", Text),
            ("must_change_password", Flag),
            ("created_at", Number),
            ("disabled_at", Number),
        ],
    },
    Table {
        name: "token",
        keys: 1,
        columns: &[
            ("id", Number),
            ("account_id", Number),
            ("hash", Text),
            ("created_at", Number),
            ("expires_at", Number),
            ("revoked_at", Number),
        ],
    },
    Table {
        name: "idempotency_key",
        keys: 2,
        columns: &[
            ("account", Text),
            ("idempotency_key", Text),
            ("fingerprint", Text),
            ("answer", Text),
            ("created_at", Number),
        ],
    },
];

/// The first line of a backup.
#[derive(Serialize, Deserialize)]
struct Header {
    shortboard_backup: u32,
    steps: Vec<String>,
}

/// The last line of a backup: without it, the file was cut off.
#[derive(Serialize, Deserialize)]
struct Footer {
    rows: u64,
}

/// How many rows are put back at a time; SQLite takes 32,766 parameters a statement.
const BATCH: usize = 500;

impl crate::Store {
    /// Writes the whole registry to `out`, as it is at one moment; answers the number of rows.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::File`]
    pub async fn back_up(&self, out: &mut (impl Write + Send)) -> Result<u64, StoreError> {
        let header = Header { shortboard_backup: 1, steps: self.taken_steps().await? };
        line(out, &header)?;
        let snapshot = Snapshot::of(self).await?;
        let mut rows = 0;
        for table in &TABLES {
            line(out, &table.name)?;
            let mut query = Query::select();
            query.from(iden(table.name));
            for (column, _) in table.columns {
                query.column(iden(*column));
            }
            for (column, _) in &table.columns[..table.keys] {
                query.order_by(iden(*column), Order::Asc);
            }
            let mut found = snapshot.db().stream(&query).await?;
            while let Some(row) = found.try_next().await? {
                let values = table.columns.iter().map(|column| read(&row, *column));
                line(out, &values.collect::<Result<Vec<Value>, _>>()?)?;
                rows += 1;
            }
        }
        line(out, &Footer { rows })?;
        out.flush().map_err(file)?;
        snapshot.close().await?;
        Ok(rows)
    }

    /// Puts a backup back into an empty database of the same version, all of it or nothing; answers
    /// the number of rows.
    ///
    /// # Errors
    /// [`StoreError::Version`] for another version's backup, one that was cut off, or a database
    /// that is not empty; [`StoreError::Database`], [`StoreError::File`]
    pub async fn restore(&self, from: impl BufRead + Send) -> Result<u64, StoreError> {
        if !self.is_empty().await? {
            return Err(StoreError::Version("the database to restore into is not empty".into()));
        }
        let steps = self.taken_steps().await?;
        let tx = self.writer().begin().await?;
        let rows = put_back(&tx, from, &steps).await?;
        if self.backend() == DbBackend::Postgres {
            for sql in SEQUENCES {
                tx.execute_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
            }
        }
        tx.commit().await?;
        self.reload_lists().await?;
        Ok(rows)
    }

    /// Whether nothing has been recorded yet.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM audit_record LIMIT 1";
        let statement = Statement::from_string(self.backend(), sql);
        Ok(self.writer().query_one_raw(statement).await?.is_none())
    }
}

/// PostgreSQL's counters go on after what was put back.
const SEQUENCES: [&str; 3] = [
    "SELECT setval('project_number', GREATEST(1, (SELECT MAX(id) FROM project)))",
    "SELECT setval(pg_get_serial_sequence('account', 'id'), GREATEST(1, (SELECT MAX(id) FROM account)))",
    "SELECT setval(pg_get_serial_sequence('token', 'id'), GREATEST(1, (SELECT MAX(id) FROM token)))",
];

async fn put_back(
    tx: &DatabaseTransaction,
    from: impl BufRead,
    steps: &[String],
) -> Result<u64, StoreError> {
    let unreadable = |number: usize| StoreError::Version(format!("line {number} is no backup's"));
    let mut table: Option<&Table> = None;
    let mut batch: Vec<Vec<SimpleExpr>> = Vec::new();
    let (mut rows, mut footer) = (0, None);
    for (number, text) in (1..).zip(from.lines()) {
        let text = text.map_err(file)?;
        if number == 1 {
            let header: Header = serde_json::from_str(&text).map_err(|_| unreadable(1))?;
            if header.steps != steps {
                return Err(StoreError::Version(format!(
                    "the backup is of a database with the steps {}, this one has {}",
                    header.steps.join(", "),
                    steps.join(", ")
                )));
            }
            continue;
        }
        match serde_json::from_str(&text).map_err(|_| unreadable(number))? {
            Value::String(name) => {
                flush(tx, table, &mut batch).await?;
                let known = TABLES.iter().find(|table| table.name == name);
                table = Some(known.ok_or_else(|| unreadable(number))?);
            }
            Value::Array(values) => {
                let columns = table.ok_or_else(|| unreadable(number))?.columns;
                if values.len() != columns.len() {
                    return Err(unreadable(number));
                }
                batch.push(values.into_iter().zip(columns).map(|(v, c)| write(v, c.1)).collect());
                rows += 1;
                if batch.len() == BATCH {
                    flush(tx, table, &mut batch).await?;
                }
            }
            object => footer = serde_json::from_value::<Footer>(object).ok(),
        }
    }
    flush(tx, table, &mut batch).await?;
    match footer {
        Some(footer) if footer.rows == rows => Ok(rows),
        _ => Err(StoreError::Version("the backup was cut off".into())),
    }
}

async fn flush(
    tx: &DatabaseTransaction,
    table: Option<&Table>,
    batch: &mut Vec<Vec<SimpleExpr>>,
) -> Result<(), StoreError> {
    let Some(table) = table.filter(|_| !batch.is_empty()) else { return Ok(()) };
    let mut insert = Query::insert();
    insert.into_table(iden(table.name)).columns(table.columns.iter().map(|(name, _)| iden(*name)));
    for row in batch.drain(..) {
        insert.values(row).map_err(|error| StoreError::inconsistent("backup", error))?;
    }
    tx.execute(&insert).await?;
    Ok(())
}

fn read(row: &QueryResult, (column, kind): (&str, Kind)) -> Result<Value, StoreError> {
    Ok(match kind {
        Number => Option::<i64>::try_get_by(row, column)?.into(),
        Text => Option::<String>::try_get_by(row, column)?.into(),
        Flag => Option::<bool>::try_get_by(row, column)?.into(),
    })
}

fn write(value: Value, kind: Kind) -> SimpleExpr {
    match kind {
        Number => Expr::val(value.as_i64()),
        Text => Expr::val(value.as_str().map(str::to_owned)),
        Flag => Expr::val(value.as_bool()),
    }
}

fn line(out: &mut impl Write, value: &impl Serialize) -> Result<(), StoreError> {
    let text = serde_json::to_string(value).unwrap_or_default();
    writeln!(out, "{text}").map_err(file)
}

fn file(error: std::io::Error) -> StoreError {
    StoreError::file(std::path::Path::new("backup"), error)
}
