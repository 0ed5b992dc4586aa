//! Failures to sign in under a name.

use sea_orm::entity::prelude::*;

/// Failures to sign in under a name.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_failure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub failures: i64,
    pub last_at: i64,
}

/// None: names that were typed belong to nobody.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
