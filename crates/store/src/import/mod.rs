//! Imports: ledgers that were uploaded, what was read of them, and what became of it. Until one is
//! carried out it is its account's alone and no part of the registry; then the registry's chain
//! tells of it, and every record that it made cites it.

mod known;
mod rows;

pub use known::{Known, Wanted};
pub use rows::ImportRow;

use crate::error::StoreError;
use crate::project::facets::iden;
use crate::row::{account, import as row};
use crate::time;
use crate::tx::{Tx, lock};
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, TryGetable,
};
use serde::Serialize;
use shortboard_domain::access::Action;
use shortboard_domain::decision::{Conflict, Refusal};
use shortboard_domain::import::ImportState;

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub account: String,
    /// The file's name.
    pub name: String,
    /// Its size, bytes.
    pub size: i64,
    /// Its digest, in hexadecimal.
    pub sha256: String,
    /// What has become of it.
    pub state: ImportState,
    /// How often it was revised.
    pub version: i64,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// When it was last worked on.
    pub touched_at: Timestamp,
    /// When it was carried out.
    pub committed_at: Option<Timestamp>,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
    /// By whom.
    pub undone_by: Option<String>,
    /// What was understood and counted, as JSON.
    pub said: String,
}

/// The actions of which one permits to carry an import out, or to take it back.
const IMPORTING: [Action; 3] = [Action::PlaceProject, Action::ImportProjects, Action::TagFunding];

fn import_of((row, account): (row::Model, Option<account::Model>)) -> Result<Import, StoreError> {
    let time = |micros| time::timestamp(micros, "import");
    Ok(Import {
        id: row.id,
        account: account.map(|account| account.name).unwrap_or_default(),
        name: row.name,
        size: row.size,
        sha256: row.sha256,
        state: row
            .state
            .parse()
            .map_err(|_| StoreError::inconsistent("import.state", &row.state))?,
        version: row.version,
        created_at: time(row.created_at)?,
        touched_at: time(row.touched_at)?,
        committed_at: row.committed_at.map(time).transpose()?,
        undone_at: row.undone_at.map(time).transpose()?,
        undone_by: row.undone_by,
        said: row.said,
    })
}

async fn import(db: &impl ConnectionTrait, id: i64) -> Result<Option<Import>, StoreError> {
    let row = row::Entity::find_by_id(id).find_also_related(account::Entity).one(db).await?;
    row.map(import_of).transpose()
}

impl crate::Store {
    /// Imports, the newest first: of one account, or of all; those before a number, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn imports(
        &self,
        account: Option<&str>,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<Import>, StoreError> {
        let mut query = row::Entity::find().find_also_related(account::Entity);
        if let Some(account) = account {
            query = query.filter(account::Column::Name.eq(account));
        }
        if let Some(before) = before {
            query = query.filter(row::Column::Id.lt(before));
        }
        let rows = query.order_by_desc(row::Column::Id).limit(limit).all(self.reader()).await?;
        rows.into_iter().map(import_of).collect()
    }

    /// An import.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn import(&self, id: i64) -> Result<Option<Import>, StoreError> {
        import(self.reader(), id).await
    }

    /// What an account took columns with a signature of headers for the last time, as JSON.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn import_mapping(
        &self,
        account: &str,
        signature: &str,
    ) -> Result<Option<String>, StoreError> {
        let query = Query::select()
            .column(iden("mapping"))
            .from(iden("import_mapping"))
            .and_where(Expr::col(iden("account")).eq(account))
            .and_where(Expr::col(iden("signature")).eq(signature))
            .to_owned();
        let row = self.reader().query_one(&query).await?;
        Ok(row.map(|row| String::try_get_by(&row, "mapping")).transpose()?)
    }
}

impl Tx {
    /// Begins an import of the writer's own, in the state `reading`; answers its number.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn add_import(
        &mut self,
        name: &str,
        size: i64,
        sha256: &str,
        said: &str,
    ) -> Result<i64, StoreError> {
        self.require(&[Action::UseDesk])?;
        let now = time::micros(self.now());
        let row = row::ActiveModel {
            account_id: Set(self.own_id().await?),
            name: Set(name.to_owned()),
            size: Set(size),
            sha256: Set(sha256.to_owned()),
            state: Set(ImportState::Reading.as_str().to_owned()),
            version: Set(1),
            created_at: Set(now),
            touched_at: Set(now),
            said: Set(said.to_owned()),
            ..Default::default()
        };
        Ok(row::Entity::insert(row).exec(&*self.db).await?.last_insert_id)
    }

    /// Revises an import of the writer's own that is not carried out: its state and what is said of
    /// it. With `expected`, the version it must have.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Stale`], [`StoreError::Refused`] when it is carried
    /// out, [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn revise_import(
        &mut self,
        id: i64,
        expected: Option<i64>,
        state: ImportState,
        said: &str,
    ) -> Result<i64, StoreError> {
        let import = self.own_import(id).await?;
        if let Some(expected) = expected.filter(|expected| *expected != import.version) {
            return Err(StoreError::Stale { expected, current: import.version });
        }
        let row = row::ActiveModel {
            id: Set(id),
            state: Set(state.as_str().to_owned()),
            version: Set(import.version + 1),
            touched_at: Set(time::micros(self.now())),
            said: Set(said.to_owned()),
            ..Default::default()
        };
        row::Entity::update(row).exec(&*self.db).await?;
        Ok(import.version + 1)
    }

    /// Throws an import of the writer's own away that is not carried out.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Refused`], [`StoreError::WrongPermit`],
    /// [`StoreError::Database`]
    pub async fn remove_import(&mut self, id: i64) -> Result<(), StoreError> {
        self.own_import(id).await?;
        for table in ["import_file", "import_row"] {
            self.remove_of_import(table, id).await?;
        }
        row::Entity::delete_by_id(id).exec(&*self.db).await?;
        Ok(())
    }

    /// Remembers what the writer took columns with a signature of headers for by hand.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn keep_mapping(&mut self, signature: &str, mapping: &str) -> Result<(), StoreError> {
        self.require(&[Action::UseDesk])?;
        let now = time::micros(self.now());
        let values = [self.actor().into(), signature.into(), mapping.into(), now.into()];
        let mut insert = Query::insert();
        insert
            .into_table(iden("import_mapping"))
            .columns(["account", "signature", "mapping", "kept_at"].map(iden))
            .values(values)
            .map_err(|error| StoreError::inconsistent("import_mapping", error))?
            .on_conflict(
                OnConflict::columns(["account", "signature"].map(iden))
                    .update_columns(["mapping", "kept_at"].map(iden))
                    .to_owned(),
            );
        self.db.execute(&insert).await?;
        Ok(())
    }

    /// An import of the writer's own that is not carried out.
    async fn own_import(&self, id: i64) -> Result<Import, StoreError> {
        self.require(&[Action::UseDesk])?;
        lock::hold(&*self.db, lock::import(id)).await?;
        let import = import(&*self.db, id).await?.ok_or(StoreError::Missing)?;
        if import.account != self.actor() {
            return Err(StoreError::Missing);
        }
        match import.state {
            ImportState::Done | ImportState::Undone => {
                Err(Refusal::from(Conflict::ImportNotReady).into())
            }
            _ => Ok(import),
        }
    }

    async fn remove_of_import(&self, table: &'static str, id: i64) -> Result<(), StoreError> {
        let mut delete = Query::delete();
        delete.from_table(iden(table)).and_where(Expr::col(iden("import_id")).eq(id));
        self.db.execute(&delete).await?;
        Ok(())
    }

    /// Begins to carry an import out, or to take it back: nobody else does meanwhile, and all that
    /// is recorded from now on cites it.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn open_import(&mut self, id: i64) -> Result<Import, StoreError> {
        self.require(&IMPORTING)?;
        lock::hold(&*self.db, lock::IMPORTS).await?;
        lock::hold(&*self.db, lock::import(id)).await?;
        let import = import(&*self.db, id).await?.ok_or(StoreError::Missing)?;
        self.cite(id);
        Ok(import)
    }

    /// Takes down which projects an import made or changed, each with the place of its row.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn add_import_projects(
        &mut self,
        id: i64,
        projects: &[(i64, i64)],
    ) -> Result<(), StoreError> {
        self.require(&IMPORTING)?;
        self.unit.settle().await?;
        let rows = projects
            .iter()
            .map(|(project, position)| [id.into(), (*project).into(), (*position).into()]);
        let columns = ["import_id", "project_id", "position"];
        crate::rows::into("import_project", &columns).put(&*self.db, rows).await
    }

    /// Ends what [`Tx::open_import`] began: the import is `done`, and its file is needed no more, or
    /// `undone`. The registry's chain tells of it.
    ///
    /// # Errors
    /// [`StoreError::WrongPermit`], [`StoreError::Database`]
    pub async fn close_import(
        &mut self,
        import: &Import,
        state: ImportState,
        said: &str,
        record: &impl Serialize,
    ) -> Result<(), StoreError> {
        self.require(&IMPORTING)?;
        self.unit.settle().await?;
        let now = time::micros(self.now());
        let mut row = row::ActiveModel {
            id: Set(import.id),
            state: Set(state.as_str().to_owned()),
            version: Set(import.version + 1),
            touched_at: Set(now),
            said: Set(said.to_owned()),
            ..Default::default()
        };
        let action = match state {
            ImportState::Undone => {
                row.undone_at = Set(Some(now));
                row.undone_by = Set(Some(self.actor().to_owned()));
                "undo_import"
            }
            _ => {
                row.committed_at = Set(Some(now));
                self.remove_of_import("import_file", import.id).await?;
                "import"
            }
        };
        row::Entity::update(row).exec(&*self.db).await?;
        self.record_registry(action, &import.id.to_string(), record).await
    }

    /// The projects that an import made or changed, in the order of their rows.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn import_projects(&self, id: i64) -> Result<Vec<i64>, StoreError> {
        let query = Query::select()
            .column(iden("project_id"))
            .from(iden("import_project"))
            .and_where(Expr::col(iden("import_id")).eq(id))
            .order_by(iden("position"), Order::Asc)
            .to_owned();
        let rows = self.db.query_all(&query).await?;
        Ok(rows.iter().map(|row| i64::try_get_by(row, "project_id")).collect::<Result<_, _>>()?)
    }
}
