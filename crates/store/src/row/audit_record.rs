//! A record of the audit trail.

use sea_orm::entity::prelude::*;

/// A record of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_record")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub chain: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub epoch: i64,
    pub recorded_at: i64,
    pub actor: String,
    pub action: String,
    pub effective_on: Option<String>,
    pub subject: String,
    pub body: String,
    pub versions: String,
    pub prev: String,
    pub hash: String,
}

/// None: rows are joined by the queries that need it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
