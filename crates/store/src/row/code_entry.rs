//! A period of an entry of a code list.

use sea_orm::entity::prelude::*;

/// A period of an entry of a code list.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "code_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub list: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub position: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub effective_from: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub recorded_from: i64,
    pub recorded_to: i64,
    pub entry: String,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
