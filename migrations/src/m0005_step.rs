//! Steps: on which days the library changed, project by project, so that two days are compared
//! without looking at a version. They follow from the versions and can be made anew from them.
//!
//! Days are numbers here, 20180110 for 2018-01-10: a row is read a hundred thousand times for one
//! answer, and shall be narrow.

use crate::dialect;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0005_step"
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
const INCLUDED: &str =
    " INCLUDE (until, before_1, kind_1, before_2, kind_2, before_3, kind_3, reach)";

/// A row a day on which what is compared of a project differs from the day before: it holds from
/// `day` until the day `until`, 99991231 for no end. `kind_1` says how it differs from what held
/// before it from the day `before_1` on, `kind_2` from what held before that from `before_2` on, and
/// `kind_3` likewise; such a day is 0 where nothing came before. A kind is a sum of 1 entered, 2
/// left, 4 moved, 8 re-funded. `reach` are the codes it is seen by, `,d…,g…,r…,`; blank where they
/// are not the same in all the states that the row compares.
const TABLE: &str = "
CREATE TABLE project_step (
    day INTEGER NOT NULL,
    project_id BIGINT NOT NULL,
    until INTEGER NOT NULL,
    before_1 INTEGER NOT NULL,
    kind_1 SMALLINT NOT NULL,
    before_2 INTEGER NOT NULL,
    kind_2 SMALLINT NOT NULL,
    before_3 INTEGER NOT NULL,
    kind_3 SMALLINT NOT NULL,
    reach {text},
    PRIMARY KEY (day, project_id){included}
){clustered};
";
