//! What lists, searches and summaries read: indexes that hold all a list filters by, and tables
//! that follow from the projects and their versions and can be made anew from them at any time.

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
        let (included, own) = match manager.get_database_backend() {
            DbBackend::Postgres => (INCLUDED, POSTGRES),
            // The rows lie in the order of the key, with all their columns.
            _ => ("", SQLITE),
        };
        let tables = TABLES.replace("{facets}", FACETS).replace("{included}", included);
        dialect::run(manager, &tables).await?;
        dialect::run(manager, own).await
    }
}

/// Each index serves a filter or an order of the list, and holds every column that the list may
/// filter by besides, so that a page is found without looking at a project that is not on it.
/// Regions, departments and channels have `project_link`.
const INDEXES: &str = "
DROP INDEX project_by_investment;
DROP INDEX project_by_least_investment;
DROP INDEX project_by_stage;
DROP INDEX project_by_name;
DROP INDEX project_by_update;
DROP INDEX project_version_by_stage;
DROP INDEX project_version_by_investment;
CREATE INDEX project_by_investment ON project (COALESCE(total_investment, -1) DESC, id DESC,
    filing, stage, area, region, owner_group, start_year, author);
CREATE INDEX project_by_stage ON project (stage, COALESCE(total_investment, -1) DESC, id DESC,
    filing, area, region, owner_group, start_year, author);
CREATE INDEX project_by_area ON project (area, COALESCE(total_investment, -1) DESC, id DESC,
    filing, stage, region, owner_group, start_year, author);
CREATE INDEX project_by_region ON project (region, COALESCE(total_investment, -1) DESC, id DESC,
    filing, stage, area, owner_group, start_year, author);
CREATE INDEX project_by_group ON project (owner_group, COALESCE(total_investment, -1) DESC, id DESC,
    filing, stage, area, region, start_year, author);
CREATE INDEX project_by_year ON project (start_year, COALESCE(total_investment, -1) DESC, id DESC,
    filing, stage, area, region, owner_group, author);
CREATE INDEX project_by_author ON project (author, COALESCE(total_investment, -1) DESC, id DESC,
    filing, stage, area, region, owner_group, start_year);
CREATE INDEX project_by_filing ON project (filing, COALESCE(total_investment, -1) DESC, id DESC,
    stage, area, region, owner_group, start_year, author);
CREATE INDEX project_by_name ON project (name, id,
    filing, stage, area, region, owner_group, start_year, author);
CREATE INDEX project_by_update ON project (updated_at, id,
    filing, stage, area, region, owner_group, start_year, author);
CREATE INDEX project_by_number ON project (registry_number, id,
    filing, stage, area, region, owner_group, start_year, author);
CREATE INDEX project_version_by_stage ON project_version
    (stage, COALESCE(total_investment, -1) DESC, project_id DESC, effective_from, effective_to,
    filing, area, region, owner_group, start_year, author)
    WHERE recorded_to = 9223372036854775807;
CREATE INDEX project_version_by_investment ON project_version
    (COALESCE(total_investment, -1) DESC, project_id DESC, effective_from, effective_to,
    recorded_from, recorded_to, filing, stage, area, region, owner_group, start_year, author);
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
    author {text} NOT NULL
";

const INCLUDED: &str = " INCLUDE (filing, stage, area, region, owner_group, start_year, author)";

const TABLES: &str = "
CREATE TABLE project_link (
    facet {text} NOT NULL,
    code {text} NOT NULL,
{facets},
    PRIMARY KEY (facet, code, investment, project_id){included}
){clustered};
CREATE INDEX project_link_of ON project_link (project_id, facet, code);
CREATE TABLE derived (
    format BIGINT NOT NULL
);
INSERT INTO derived (format) VALUES (0);
";

const SQLITE: &str = "";

const POSTGRES: &str = "";
