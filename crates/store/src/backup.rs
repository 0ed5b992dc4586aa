//! Backups: the whole registry as lines of JSON, taken online on one snapshot, and put back into an
//! empty database of either kind. Moving from SQLite to PostgreSQL is a backup and a restore.

use crate::error::StoreError;
use crate::project::facets::iden;
use crate::snapshot::Snapshot;
use futures_util::TryStreamExt;
use sea_orm::sea_query::{Expr, Query, SimpleExpr};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, QueryResult, Statement, StreamTrait,
    TransactionTrait, TryGetable,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::{BufRead, Write};

/// The tables, those that others refer to first.
const TABLES: [&str; 17] = [
    "audit_record",
    "checkpoint",
    "project",
    "project_version",
    "code_entry",
    "document",
    "target",
    "account",
    "token",
    "idempotency_key",
    "saved_view",
    "kept_form",
    "import",
    "import_file",
    "import_row",
    "import_project",
    "import_mapping",
];

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Number,
    Text,
    Flag,
}

/// The line before a table's rows. A backup says itself what its columns are, so that a later
/// version can read it.
#[derive(Serialize, Deserialize)]
struct Table {
    table: String,
    columns: Vec<(String, Kind)>,
}

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

/// A line of a backup.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Row(Vec<Value>),
    Table(Table),
    Footer(Footer),
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
        for name in TABLES {
            let columns = columns(snapshot.db(), name).await?;
            let table = Table { table: name.into(), columns };
            line(out, &table)?;
            let mut query = Query::select();
            query.from(iden(name)).columns(table.columns.iter().map(|(column, _)| iden(column)));
            let mut found = snapshot.db().stream(&query).await?;
            while let Some(row) = found.try_next().await? {
                let values = table.columns.iter().map(|(column, kind)| read(&row, column, *kind));
                line(out, &values.collect::<Result<Vec<Value>, _>>()?)?;
                rows += 1;
            }
        }
        line(out, &Footer { rows })?;
        out.flush().map_err(file)?;
        snapshot.close().await?;
        Ok(rows)
    }

    /// Puts a backup into an empty database, all its rows or none, and brings it to this version:
    /// the database takes the steps that the backup's had taken, then the rows, then the steps that
    /// have come since. Answers the number of rows.
    ///
    /// # Errors
    /// [`StoreError::Version`] for a later version's backup, one that was cut off, or a database
    /// that is not empty; [`StoreError::Database`], [`StoreError::File`]
    pub async fn restore(&self, from: impl BufRead + Send) -> Result<u64, StoreError> {
        let mut lines = (1..).zip(from.lines());
        let first = lines.next().map(|(_, text)| text).transpose().map_err(file)?;
        let header: Header = serde_json::from_str(&first.unwrap_or_default())
            .map_err(|_| StoreError::Version("the file is no backup of a registry".into()))?;
        self.migrate_to(&header.steps).await?;
        if !self.is_empty().await? {
            return Err(StoreError::Version("the database to restore into is not empty".into()));
        }
        let tx = self.writer().begin().await?;
        let rows = put_back(&tx, lines).await?;
        tx.commit().await?;
        self.migrate().await?;
        if self.backend() == DbBackend::Postgres {
            // Only now are all the tables there.
            for sql in SEQUENCES {
                let statement = Statement::from_string(DbBackend::Postgres, sql);
                self.writer().execute_raw(statement).await?;
            }
        }
        self.derive().await?;
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

/// The columns of a table and what they hold, as the database knows them.
async fn columns(
    db: &impl ConnectionTrait,
    table: &str,
) -> Result<Vec<(String, Kind)>, StoreError> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT column_name::text AS name, data_type::text AS type \
             FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
        }
        _ => "SELECT name, type FROM pragma_table_info($1) ORDER BY cid",
    };
    let values = [table.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let mut columns = Vec::new();
    for row in &db.query_all_raw(statement).await? {
        let kind = String::try_get_by(row, "type")?.to_lowercase();
        let kind = match kind.as_str() {
            "boolean" => Kind::Flag,
            "bigint" | "integer" => Kind::Number,
            _ => Kind::Text,
        };
        columns.push((String::try_get_by(row, "name")?, kind));
    }
    Ok(columns)
}

/// PostgreSQL's counters go on after what was put back.
const SEQUENCES: [&str; 6] = [
    "SELECT setval('project_number', GREATEST(1, (SELECT MAX(chain) FROM audit_record)))",
    "SELECT setval(pg_get_serial_sequence('account', 'id'), GREATEST(1, (SELECT MAX(id) FROM account)))",
    "SELECT setval(pg_get_serial_sequence('token', 'id'), GREATEST(1, (SELECT MAX(id) FROM token)))",
    "SELECT setval(pg_get_serial_sequence('saved_view', 'id'), GREATEST(1, (SELECT MAX(id) FROM saved_view)))",
    "SELECT setval(pg_get_serial_sequence('kept_form', 'id'), GREATEST(1, (SELECT MAX(id) FROM kept_form)))",
    "SELECT setval(pg_get_serial_sequence('import', 'id'), GREATEST(1, (SELECT MAX(id) FROM import)))",
];

async fn put_back(
    tx: &DatabaseTransaction,
    lines: impl Iterator<Item = (usize, std::io::Result<String>)>,
) -> Result<u64, StoreError> {
    let unreadable = |number: usize| StoreError::Version(format!("line {number} is no backup's"));
    let mut table: Option<Table> = None;
    let mut batch: Vec<Vec<SimpleExpr>> = Vec::new();
    let (mut rows, mut footer) = (0, None);
    for (number, text) in lines {
        let text = text.map_err(file)?;
        match serde_json::from_str(&text).map_err(|_| unreadable(number))? {
            Line::Table(next) if TABLES.contains(&next.table.as_str()) => {
                flush(tx, table.as_ref(), &mut batch).await?;
                table = Some(next);
            }
            Line::Row(values) => {
                let columns = table.as_ref().map(|table| table.columns.as_slice());
                let columns = columns.filter(|columns| columns.len() == values.len());
                let columns = columns.ok_or_else(|| unreadable(number))?;
                batch.push(values.into_iter().zip(columns).map(|(v, c)| write(v, c.1)).collect());
                rows += 1;
                if batch.len() == BATCH {
                    flush(tx, table.as_ref(), &mut batch).await?;
                }
            }
            Line::Footer(last) => footer = Some(last),
            Line::Table(_) => return Err(unreadable(number)),
        }
    }
    flush(tx, table.as_ref(), &mut batch).await?;
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
    insert.into_table(iden(&table.table)).columns(table.columns.iter().map(|(name, _)| iden(name)));
    for row in batch.drain(..) {
        insert.values(row).map_err(|error| StoreError::inconsistent("backup", error))?;
    }
    tx.execute(&insert).await?;
    Ok(())
}

fn read(row: &QueryResult, column: &str, kind: Kind) -> Result<Value, StoreError> {
    Ok(match kind {
        Kind::Number => Option::<i64>::try_get_by(row, column)?.into(),
        Kind::Text => Option::<String>::try_get_by(row, column)?.into(),
        Kind::Flag => Option::<bool>::try_get_by(row, column)?.into(),
    })
}

fn write(value: Value, kind: Kind) -> SimpleExpr {
    match kind {
        Kind::Number => Expr::val(value.as_i64()),
        Kind::Text => Expr::val(value.as_str().map(str::to_owned)),
        Kind::Flag => Expr::val(value.as_bool()),
    }
}

fn line(out: &mut impl Write, value: &impl Serialize) -> Result<(), StoreError> {
    let text = serde_json::to_string(value).unwrap_or_default();
    writeln!(out, "{text}").map_err(file)
}

fn file(error: std::io::Error) -> StoreError {
    StoreError::file(std::path::Path::new("backup"), error)
}
