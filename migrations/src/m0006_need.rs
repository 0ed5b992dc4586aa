//! Needs: what waits to be done about each project, so that a list of those that wait is found
//! without looking at the others. They follow from the current rows and can be made anew from them.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0006_need"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLE).await
    }
}

/// A row a need. `day` is the one from which the project has it, which may be yet to come; empty for
/// a need that waits for no day, so that the rows of such a need lie in the order of lists, by
/// total investment, -1 for a blank one.
const TABLE: &str = "
CREATE TABLE project_need (
    need {text} NOT NULL,
    day {text} NOT NULL,
    investment BIGINT NOT NULL,
    project_id BIGINT NOT NULL,
    PRIMARY KEY (need, day, investment, project_id)
){clustered};
";
