//! Summaries that are kept: how many projects and how much money, by where they are seen from, what
//! they are counted by, and when; and what writes have changed of that and is not added up yet.

use crate::dialect;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0004_summary"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            dialect::run(manager, POSTGRES).await?;
        }
        Ok(())
    }
}

/// `period` is empty for what holds today; of the past, a cell says what a day (`d2025-03-17`) or a month
/// (`m2025-03`) added. Money is in two parts, millions of fen and the rest, so that no sum overflows.
const TABLES: &str = "
CREATE TABLE summary_cell (
    scope {text} NOT NULL,
    dimensions {text} NOT NULL,
    filing {text} NOT NULL,
    period {text} NOT NULL,
    codes {text} NOT NULL,
    projects BIGINT NOT NULL,
    inferred BIGINT NOT NULL,
    with_total BIGINT NOT NULL,
    total_high BIGINT NOT NULL,
    total_low BIGINT NOT NULL,
    planned_high BIGINT NOT NULL,
    planned_low BIGINT NOT NULL,
    arrived_high BIGINT NOT NULL,
    arrived_low BIGINT NOT NULL,
    covered_high BIGINT NOT NULL,
    covered_low BIGINT NOT NULL,
    PRIMARY KEY (scope, dimensions, filing, period, codes)
){clustered};
CREATE TABLE summary_pending (
    id {id},
    body TEXT NOT NULL
);
";

/// Cells are added to in place; what is pending comes and goes, and is swept up before it piles up.
const POSTGRES: &str = "
ALTER TABLE summary_cell SET (fillfactor = 80);
ALTER TABLE summary_pending SET
    (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
";
