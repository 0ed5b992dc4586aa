//! The projects that a document names, those that name a department, and the names by which a
//! ledger's rows find theirs.

use super::row_set::{DerivedRow, OfFacets};
use super::source::Source;
use super::{ListFilter, When};
use crate::error::StoreError;
use crate::project::facets::{Facets, iden};
use crate::tx::Tx;
use sea_orm::sea_query::{Expr, ExprTrait, Order, SimpleExpr};
use sea_orm::{ConnectionTrait, FromQueryResult, TryGetable};
use serde::Serialize;
use shortboard_domain::access::Sight;
use shortboard_domain::code::DepartmentCode;
use shortboard_domain::name::{NameKey, normalise};
use shortboard_domain::stage::Stage;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A project that a document names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NamedProject {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its stage.
    pub stage: Stage,
    /// Its task area.
    pub area: String,
    /// The clause that names it.
    pub clause: Option<String>,
}

/// By what a name is found: without ordinals and generic endings; of a name that is nothing else,
/// all of it.
pub fn name_key(name: &str) -> String {
    let whole = normalise(name);
    let key = NameKey::new(&whole).core().to_owned();
    if key.is_empty() { whole } else { key }
}

/// A row of `project_name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, FromQueryResult)]
pub(crate) struct NameOf {
    key: String,
    project_id: i64,
}

impl DerivedRow for NameOf {
    const TABLE: &'static str = "project_name";
    const NAME: &'static str = "name";
    const COLUMNS: &'static [&'static str] = &["key", "project_id"];
    const KEY: usize = 2;

    fn project_id(&self) -> i64 {
        self.project_id
    }

    fn values(self) -> Vec<SimpleExpr> {
        vec![self.key.into(), self.project_id.into()]
    }
}

impl OfFacets for NameOf {
    fn of(id: i64, facets: &Facets) -> BTreeSet<Self> {
        BTreeSet::from([Self { key: name_key(&facets.name), project_id: id }])
    }
}

impl Tx {
    /// The numbers of the projects that name one of the departments.
    pub(crate) async fn projects_naming(
        &mut self,
        departments: &[String],
    ) -> Result<Vec<i64>, StoreError> {
        self.flush().await?;
        let source = Source::of(self.db.get_database_backend(), When::default(), self.today());
        let department = departments.iter().map(DepartmentCode::new).collect::<Vec<_>>();
        if department.is_empty() {
            return Ok(Vec::new());
        }
        let filter = ListFilter { department, ..ListFilter::default() };
        let mut query = source.rows(&Sight::everything(), &filter);
        query.column(iden("id")).order_by(iden("id"), Order::Asc);
        let rows = self.db.query_all(&query).await?;
        Ok(rows.iter().map(|row| i64::try_get_by(row, "id")).collect::<Result<_, _>>()?)
    }
}

impl crate::Store {
    /// The projects in sight that a document names, in the order they were registered.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn projects_of(
        &self,
        sight: &Sight,
        document: &str,
    ) -> Result<Vec<NamedProject>, StoreError> {
        let source = self.source(When::default());
        let mut query = source.rows(sight, &ListFilter::default());
        query
            .and_where(Expr::col(iden("document")).eq(document))
            .columns(["id", "name", "stage", "area", "clause"].map(iden))
            .order_by(iden("id"), Order::Asc);
        let rows = self.reader().query_all(&query).await?;
        let named = rows.iter().map(|row| {
            let stage = String::try_get_by(row, "stage")?;
            Ok(NamedProject {
                id: i64::try_get_by(row, "id")?,
                name: String::try_get_by(row, "name")?,
                stage: stage
                    .parse()
                    .map_err(|_| StoreError::inconsistent("project.stage", &stage))?,
                area: String::try_get_by(row, "area")?,
                clause: Option::<String>::try_get_by(row, "clause")?,
            })
        });
        named.collect()
    }
}
