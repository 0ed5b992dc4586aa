//! Integrity of the database against the domain's rules: the current rows say what the newest
//! versions say, and those say what the trail says.

mod registry;

use crate::error::StoreError;
use crate::project::derived;
use crate::project::facets::{Facets, iden};
use crate::project::history_of;
use crate::project::summary;
use crate::project::version::Version;
use crate::row::audit_record as record;
use crate::snapshot::Snapshot;
use crate::time::{self, NEVER, NO_END};
use crate::trail;
use crate::verify::versions;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    Statement, TryGetable,
};
use shortboard_domain::card::Edition;
use std::collections::HashMap;

/// How many projects are read at a time.
const BATCH: u64 = 500;

/// How many problems are told before the check gives up.
const TOLD: usize = 20;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Projects read.
    pub projects: i64,
    /// What is wrong, a sentence each; at most twenty.
    pub problems: Vec<String>,
}

#[derive(FromQueryResult)]
struct Current {
    id: i64,
    #[sea_orm(nested)]
    facets: Facets,
}

impl crate::Store {
    /// Checks every project: the trail folded up gives its open versions and its current row, money
    /// and dates and all; its open versions cover business time without gap or overlap. Also what
    /// belongs to no project, and on SQLite the file itself.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn check(&self) -> Result<Checked, StoreError> {
        let mut found = Checked::default();
        if self.backend() == DbBackend::Sqlite {
            let statement = Statement::from_string(DbBackend::Sqlite, "PRAGMA integrity_check");
            for row in self.reader().query_all_raw(statement).await? {
                let line = String::try_get_by_index(&row, 0)?;
                if line != "ok" {
                    found.problems.push(format!("the database file: {line}"));
                }
            }
        }
        if let Err(error) = self.reload_lists().await {
            found.problems.push(format!("the code lists: {error}"));
        }
        let snapshot = Snapshot::of(self).await?;
        found.problems.extend(registry::problems(snapshot.db()).await?);
        let mut after = None;
        while found.problems.len() < TOLD {
            let numbers = snapshot.numbers_after(after, BATCH).await?;
            let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { break };
            self.check_range(&snapshot, *first, *last, &mut found).await?;
            after = Some(*last);
        }
        if found.problems.len() < TOLD {
            found.problems.extend(summary::problem(snapshot.db()).await?);
        }
        snapshot.close().await?;
        found.problems.truncate(TOLD);
        Ok(found)
    }

    async fn check_range(
        &self,
        snapshot: &Snapshot,
        first: i64,
        until: i64,
        found: &mut Checked,
    ) -> Result<(), StoreError> {
        let db = snapshot.db();
        let records = record::Entity::find()
            .filter(record::Column::Chain.between(first, until))
            .filter(record::Column::Chain.ne(trail::REGISTRY))
            .order_by_asc(record::Column::Chain)
            .order_by_asc(record::Column::Seq)
            .all(db)
            .await?;
        let mut versions = versions(db, first, until).await?;
        let mut rows = current(db, first, until).await?;
        for chain in records.chunk_by(|a, b| a.chain == b.chain) {
            let Some(id) = chain.first().map(|record| record.chain) else { continue };
            found.projects += 1;
            let open = versions.remove(&id).unwrap_or_default();
            let problem = self.compare(id, chain.to_vec(), open, rows.remove(&id));
            found.problems.extend(problem.map(|what| format!("project {id}: {what}")));
        }
        found.problems.extend(derived::problems(db, first, until).await?);
        let orphans = versions.into_keys().chain(rows.into_keys());
        found.problems.extend(orphans.map(|id| format!("project {id}: the trail has no record")));
        Ok(())
    }

    fn compare(
        &self,
        id: i64,
        chain: Vec<record::Model>,
        versions: Vec<Version>,
        row: Option<Facets>,
    ) -> Option<String> {
        let history = match history_of(id, chain) {
            Ok(Some(history)) => history,
            Ok(None) => return Some("the trail has no record".into()),
            Err(error) => return Some(error.to_string()),
        };
        let mut open: Vec<&Version> =
            versions.iter().filter(|version| version.recorded_to == NEVER).collect();
        if history.current().is_none() {
            let is_gone = open.is_empty() && row.is_none();
            return (!is_gone).then(|| "it is withdrawn and still there".into());
        }
        open.sort_by(|a, b| a.effective_from.cmp(&b.effective_from));
        if open.windows(2).any(|pair| pair[0].effective_to != pair[1].effective_from)
            || open.last().is_none_or(|last| last.effective_to != NO_END)
        {
            return Some("its versions leave a gap in time or overlap".into());
        }
        let newest = open.last()?;
        match row {
            None => return Some("it has no current row".into()),
            Some(row) if row != newest.facets => {
                return Some("its current row is not its newest version".into());
            }
            Some(_) => {}
        }
        let lists = self.lists();
        for version in open {
            let from = &version.effective_from;
            let Ok(day) = time::date(from, "project_version.effective_from") else {
                return Some(format!("a version begins on {from}, which is no day"));
            };
            let Ok(updated_at) = time::timestamp(version.facets.updated_at, "updated_at") else {
                return Some(format!("the version from {from} has an impossible time"));
            };
            let edition =
                Edition { lists: &lists, day, version: version.facets.version, updated_at };
            let told = history.at(day).map(|project| Facets::of(&project, edition));
            if told.as_ref() != Some(&version.facets) {
                return Some(format!("its version from {from} is not what the trail tells"));
            }
        }
        None
    }
}

async fn current(
    db: &impl ConnectionTrait,
    first: i64,
    until: i64,
) -> Result<HashMap<i64, Facets>, StoreError> {
    let query = Query::select()
        .expr(Expr::cust("*"))
        .from(iden("project"))
        .and_where(Expr::col(iden("id")).between(first, until))
        .to_owned();
    let mut rows = HashMap::new();
    for row in &db.query_all(&query).await? {
        let row = Current::from_query_result(row, "")?;
        rows.insert(row.id, row.facets);
    }
    Ok(rows)
}
