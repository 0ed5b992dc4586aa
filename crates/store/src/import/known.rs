//! By what a ledger's rows find the projects they tell of: hundreds of them a statement.

use crate::error::StoreError;
use crate::project::facets::iden;
use crate::project::source::Source;
use crate::project::{ListFilter, Seen, When, in_full, name_key};
use crate::tx::Tx;
use jiff::civil::Date;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shortboard_domain::access::Sight;
use std::collections::{BTreeMap, BTreeSet};

/// What rows tell by which a project may be known.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Project codes.
    pub codes: BTreeSet<String>,
    /// Registry numbers.
    pub numbers: BTreeSet<String>,
    /// Names, as written.
    pub names: BTreeSet<String>,
    /// Numbers of projects.
    pub ids: BTreeSet<i64>,
}

/// A project that may be one that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Known {
    /// Its number.
    pub id: i64,
    /// Its readable number.
    pub registry_number: String,
    /// Its name.
    pub name: String,
    /// Its project code.
    pub code: Option<String>,
    /// The region where it counts.
    pub region: String,
}

async fn known(
    db: &impl ConnectionTrait,
    sight: &Sight,
    wanted: &Wanted,
    today: Date,
) -> Result<Vec<Known>, StoreError> {
    let keys: BTreeSet<String> = wanted.names.iter().map(|name| name_key(name)).collect();
    let named = Query::select()
        .column(iden("project_id"))
        .from(iden("project_name"))
        .and_where(Expr::col(iden("key")).is_in(&keys))
        .to_owned();
    let column = |name: &'static str| Expr::col(iden(name));
    let looks: [(bool, SimpleExpr); 4] = [
        (!wanted.codes.is_empty(), column("code").is_in(&wanted.codes)),
        (!wanted.numbers.is_empty(), column("registry_number").is_in(&wanted.numbers)),
        (!keys.is_empty(), column("id").in_subquery(named)),
        (!wanted.ids.is_empty(), column("id").is_in(wanted.ids.iter().copied())),
    ];
    let source = Source::of(db.get_database_backend(), When::default(), today);
    let mut found = BTreeMap::new();
    for (_, condition) in looks.into_iter().filter(|(is_asked, _)| *is_asked) {
        let mut query = source.rows(sight, &ListFilter::default());
        query
            .columns(["id", "registry_number", "name", "code", "region"].map(iden))
            .and_where(condition);
        for row in &db.query_all(&query).await? {
            let known = Known::from_query_result(row, "")?;
            found.insert(known.id, known);
        }
    }
    Ok(found.into_values().collect())
}

impl crate::Store {
    /// The projects in sight that may be one that is wanted: by code, by registry number, or by a
    /// name that is the same but for ordinals and generic endings.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn known(&self, sight: &Sight, wanted: &Wanted) -> Result<Vec<Known>, StoreError> {
        known(self.reader(), sight, wanted, self.today()).await
    }
}

impl Tx {
    /// As [`crate::Store::known`], as the write sees them.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn known(
        &mut self,
        sight: &Sight,
        wanted: &Wanted,
    ) -> Result<Vec<Known>, StoreError> {
        self.unit.settle().await?;
        known(&*self.db, sight, wanted, self.today()).await
    }

    /// As [`crate::Store::projects_in_full`], as the write sees them.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn projects_in_full(
        &mut self,
        sight: &Sight,
        ids: &[i64],
    ) -> Result<Vec<Seen>, StoreError> {
        self.unit.settle().await?;
        in_full(&*self.db, sight, ids, (When::default(), self.today())).await
    }

    /// The whole history of a project, whatever its state.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn history(
        &mut self,
        id: i64,
    ) -> Result<Option<shortboard_domain::history::History>, StoreError> {
        self.unit.settle().await?;
        crate::project::load_history(&*self.db, id).await
    }
}
