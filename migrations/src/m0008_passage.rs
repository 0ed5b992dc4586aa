//! Passages: a step tells from which stage to which it led and how the total investment differs, so
//! that what went from stage to stage between two days is added up without looking at a version. The
//! table follows from the versions: it is left empty here and made anew at the next start.

use crate::dialect;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0008_passage"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let included = match manager.get_database_backend() {
            DbBackend::Postgres => INCLUDED,
            // The rows lie in the order of the key, with all their columns.
            _ => "",
        };
        dialect::run(manager, &TABLE.replace("{included}", included)).await
    }
}

/// So that the days of a range are read from the key alone.
const INCLUDED: &str = " INCLUDE (until, before_1, passage_1, total_1, before_2, passage_2, \
                        total_2, before_3, passage_3, total_3, total, reach)";

/// A row a day on which what is compared of a project differs from the day before: it holds from
/// `day` until the day `until`, 99991231 for no end. `passage_1` says how it differs from what held
/// before it from the day `before_1` on, and `total_1` the total investment then, in fen, 0 for none;
/// `passage_2` likewise from what held before that, and `passage_3`; such a day is 0 where nothing
/// came before. A passage is a number: 1 entered, 2 left, 4 moved, 8 re-funded, added up, with 16
/// times the stage before and 256 times the stage after, each by its place among the stages from 1
/// on, 0 outside of the registry's accepted projects; the whole is 0 where nothing differs. `reach`
/// are the codes it is seen by, `,d…,g…,r…,`; blank where they are not the same in all the states
/// that the row compares.
const TABLE: &str = "
DROP TABLE project_step;
CREATE TABLE project_step (
    day INTEGER NOT NULL,
    project_id BIGINT NOT NULL,
    until INTEGER NOT NULL,
    before_1 INTEGER NOT NULL,
    passage_1 SMALLINT NOT NULL,
    total_1 BIGINT NOT NULL,
    before_2 INTEGER NOT NULL,
    passage_2 SMALLINT NOT NULL,
    total_2 BIGINT NOT NULL,
    before_3 INTEGER NOT NULL,
    passage_3 SMALLINT NOT NULL,
    total_3 BIGINT NOT NULL,
    total BIGINT NOT NULL,
    reach {text},
    PRIMARY KEY (day, project_id){included}
){clustered};
";
