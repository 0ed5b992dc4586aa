//! What lists read: a table that follows from the projects and can be made anew from them at any
//! time, and a mark of how what is derived was made (0: not at all).

use crate::dialect;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_reading"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, INDEXES).await?;
        let included = match manager.get_database_backend() {
            DbBackend::Postgres => INCLUDED,
            // The rows lie in the order of the key, with all their columns.
            _ => "",
        };
        let tables = TABLES.replace("{facets}", FACETS).replace("{included}", included);
        dialect::run(manager, &tables).await
    }
}

/// The program makes the indexes that lists read itself, with all else that is derived.
const INDEXES: &str = "
DROP INDEX project_by_investment;
DROP INDEX project_by_least_investment;
DROP INDEX project_by_stage;
DROP INDEX project_by_name;
DROP INDEX project_by_update;
DROP INDEX project_version_by_stage;
DROP INDEX project_version_by_investment;
";

/// What a link says of its project: all that a list filters by and the key of its first order.
const FACETS: &str = "
    investment BIGINT NOT NULL,
    project_id BIGINT NOT NULL,
    filing {text} NOT NULL,
    stage {text} NOT NULL,
    area {text} NOT NULL,
    region {text} NOT NULL,
    owner_group {text},
    start_year BIGINT,
    author {text} NOT NULL,
    also_in {text} NOT NULL,
    departments {text} NOT NULL
";

const INCLUDED: &str = " INCLUDE (filing, stage, area, region, owner_group, start_year, author,
    also_in, departments)";

const TABLES: &str = "
CREATE TABLE project_link (
    facet {text} NOT NULL,
    code {text} NOT NULL,
{facets},
    PRIMARY KEY (facet, code, investment, project_id){included}
){clustered};
CREATE TABLE derived (
    format BIGINT NOT NULL
);
INSERT INTO derived (format) VALUES (0);
";
