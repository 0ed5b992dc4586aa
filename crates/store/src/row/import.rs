//! An import: a ledger that was uploaded, and what became of it.

use sea_orm::entity::prelude::*;

/// An import.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub account_id: i64,
    pub name: String,
    pub size: i64,
    pub sha256: String,
    pub state: String,
    pub version: i64,
    pub created_at: i64,
    pub touched_at: i64,
    pub committed_at: Option<i64>,
    pub undone_at: Option<i64>,
    pub undone_by: Option<String>,
    pub said: String,
}

/// An import is an account's.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::account::Entity",
        from = "Column::AccountId",
        to = "super::account::Column::Id"
    )]
    Account,
}

impl Related<super::account::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Account.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
