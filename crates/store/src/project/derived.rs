//! What follows from the projects and their versions and is kept for reading alone: brought up to
//! date in the write's own transaction, made anew at any time, proved equal by `check`.

use super::facets::{Facets, iden};
use super::link::Link;
use super::named::NameOf;
use super::need::Waiting;
use super::summary::Following;
use super::version::Version;
use super::{indexes, row_set, step, words};
use crate::error::StoreError;
use crate::store::Store;
use crate::time::NEVER;
use crate::tx::{Aside, begin_immediate, lock, put_aside};
use crate::verify::versions;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, TryGetable};
use std::collections::HashMap;

/// What is kept, and how: another number makes it anew at the next start.
const FORMAT: i64 = 10;

/// The format while nothing is kept.
pub(crate) const NOTHING: i64 = 0;

/// How many projects are read at a time to make it anew.
const BATCH: u64 = 500;

/// What a write makes of one project.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn<'a> {
    pub id: i64,
    /// The current row before; none of a new project.
    pub before: Option<&'a Facets>,
    /// The current row; none of a project that is withdrawn.
    pub after: Option<&'a Facets>,
    /// The open versions that hold no more.
    pub ended: &'a [Version],
    /// The open versions that hold in their place.
    pub appended: &'a [Version],
}

/// Follows what a write made of projects.
pub(crate) async fn follow(
    db: &impl ConnectionTrait,
    turns: &[Turn<'_>],
) -> Result<(), StoreError> {
    follow_rows(db, turns).await?;
    words::index(db, turns).await
}

/// All but the index of words, which is filled more quickly when nothing else is written meanwhile.
async fn follow_rows(db: &impl ConnectionTrait, turns: &[Turn<'_>]) -> Result<(), StoreError> {
    row_set::follow::<Link>(db, turns).await?;
    step::follow(db, turns).await?;
    row_set::follow::<Waiting>(db, turns).await?;
    row_set::follow::<NameOf>(db, turns).await?;
    words::follow(db, turns).await
}

/// The tables, which backups leave out.
const TABLES: [&str; 7] = [
    "project_link",
    "project_step",
    "project_need",
    "project_search",
    "project_name",
    "summary_cell",
    "summary_pending",
];

/// Those of them that are kept in the order of a key other than the project's number.
const SORTED: [(&str, &str); 4] = [
    ("project_link", "facet, code, investment, project_id"),
    ("project_step", "day, project_id"),
    ("project_need", "need, day, investment, project_id"),
    ("project_name", "key, project_id"),
];

impl Store {
    /// Makes anew what an earlier version of the program kept otherwise, or not at all.
    pub(crate) async fn derive_when_outdated(&self) -> Result<(), StoreError> {
        match format(self.writer()).await? {
            FORMAT => Ok(()),
            _ => self.derive().await,
        }
    }

    /// Makes all that is derived anew.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn derive(&self) -> Result<(), StoreError> {
        put_aside(self.writer(), Aside::File).await?;
        let made = self.derive_all().await;
        put_aside(self.writer(), Aside::Memory).await?;
        made
    }

    async fn derive_all(&self) -> Result<(), StoreError> {
        let db = begin_immediate(self.writer()).await?;
        // Alone: no write is under way.
        lock::hold(&db, lock::WRITERS).await?;
        for table in TABLES {
            db.execute(&Query::delete().from_table(iden(table)).to_owned()).await?;
        }
        indexes::drop(&db).await?;
        words::clear(&db).await?;
        make_anew(&db).await?;
        indexes::make(&db).await?;
        set_format(&db, FORMAT).await?;
        db.commit().await?;
        Ok(())
    }

    /// Keeps nothing derived until [`Store::derive`] makes it anew, which is much quicker where a
    /// great many projects come in. Until then lists find nothing by region or department; should
    /// the program die before, the next start makes up for it.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn derive_later(&self) -> Result<(), StoreError> {
        let db = begin_immediate(self.writer()).await?;
        lock::hold(&db, lock::WRITERS).await?;
        indexes::drop(&db).await?;
        set_format(&db, NOTHING).await?;
        db.commit().await?;
        Ok(())
    }
}

async fn set_format(db: &impl ConnectionTrait, format: i64) -> Result<(), StoreError> {
    let update = Query::update().table(iden("derived")).value(iden("format"), format).to_owned();
    db.execute(&update).await?;
    Ok(())
}

async fn format(db: &impl ConnectionTrait) -> Result<i64, StoreError> {
    let statement = Statement::from_string(
        db.get_database_backend(),
        "SELECT MAX(format) AS format FROM derived",
    );
    let row = db.query_one_raw(statement).await?;
    Ok(row.and_then(|row| Option::<i64>::try_get_by(&row, "format").ok().flatten()).unwrap_or(0))
}

async fn make_anew(db: &DatabaseTransaction) -> Result<(), StoreError> {
    for (table, _) in SORTED {
        unsorted(db, table).await?;
    }
    let mut summaries = Following::default();
    let mut after = 0;
    loop {
        let ids = next_ids(db, after).await?;
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else { break };
        let open = open_versions(db, *first, *last).await?;
        let turns = turns(&open);
        summaries.follow(&turns);
        follow_rows(db, &turns).await?;
        after = *last;
    }
    words::index_all(db).await?;
    for (table, key) in SORTED {
        sort(db, table, key).await?;
    }
    summaries.settle(db).await.map(drop)
}

/// Puts a table without order in the place of one that is kept in the order of its key: to fill it
/// project by project would touch a page a row.
async fn unsorted(db: &DatabaseTransaction, table: &str) -> Result<(), StoreError> {
    indexes::run(db, &format!("ALTER TABLE {table} RENAME TO {table}_sorted")).await?;
    let same = format!("CREATE TABLE {table} AS SELECT * FROM {table}_sorted WHERE 1 = 0");
    indexes::run(db, &same).await
}

/// Puts the table that is kept in order back in its place, filled.
async fn sort(db: &DatabaseTransaction, table: &str, key: &str) -> Result<(), StoreError> {
    let fill = format!("INSERT INTO {table}_sorted SELECT * FROM {table} ORDER BY {key}");
    indexes::run(db, &fill).await?;
    indexes::run(db, &format!("DROP TABLE {table}")).await?;
    indexes::run(db, &format!("ALTER TABLE {table}_sorted RENAME TO {table}")).await
}

async fn next_ids(db: &impl ConnectionTrait, after: i64) -> Result<Vec<i64>, StoreError> {
    let query = Query::select()
        .column(iden("id"))
        .from(iden("project"))
        .and_where(Expr::col(iden("id")).gt(after))
        .order_by(iden("id"), Order::Asc)
        .limit(BATCH)
        .to_owned();
    let rows = db.query_all(&query).await?;
    Ok(rows.iter().map(|row| i64::try_get_by(row, "id")).collect::<Result<_, _>>()?)
}

/// The open versions of a range of projects, oldest first.
async fn open_versions(
    db: &impl ConnectionTrait,
    first: i64,
    until: i64,
) -> Result<HashMap<i64, Vec<Version>>, StoreError> {
    let mut open = versions(db, first, until).await?;
    for versions in open.values_mut() {
        versions.retain(|version| version.recorded_to == NEVER);
        versions.sort_by(|a, b| a.effective_from.cmp(&b.effective_from));
    }
    Ok(open)
}

/// Projects as though a write had just made them.
fn turns(open: &HashMap<i64, Vec<Version>>) -> Vec<Turn<'_>> {
    let mut turns: Vec<Turn> = open
        .iter()
        .filter_map(|(id, versions)| {
            let after = Some(&versions.last()?.facets);
            Some(Turn { id: *id, before: None, after, ended: &[], appended: versions })
        })
        .collect();
    turns.sort_by_key(|turn| turn.id);
    turns
}

/// What is kept otherwise than it follows from the open versions, a sentence each.
pub(crate) async fn problems(
    db: &impl ConnectionTrait,
    first: i64,
    until: i64,
) -> Result<Vec<String>, StoreError> {
    let open = open_versions(db, first, until).await?;
    let turns = turns(&open);
    let mut problems = row_set::problems::<Link>(db, &turns, first, until).await?;
    problems.extend(step::problems(db, &turns, first, until).await?);
    problems.extend(row_set::problems::<Waiting>(db, &turns, first, until).await?);
    problems.extend(row_set::problems::<NameOf>(db, &turns, first, until).await?);
    problems.extend(words::problems(db, &turns, first, until).await?);
    Ok(problems)
}
