//! The steps by which a database reaches this version: one file each, for both databases from one
//! source. A step never names the code of another crate, so that it means the same for ever.

use sea_orm_migration::prelude::*;
pub use sea_orm_migration::{MigratorTrait, sea_orm::DbErr};

mod dialect;
mod m0001_registry;
mod m0002_reading;
mod m0003_search;
mod m0004_summary;
mod m0005_step;
mod m0006_need;
mod m0007_desk;
mod m0008_passage;
mod m0009_import;

/// All steps, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_registry::Migration),
            Box::new(m0002_reading::Migration),
            Box::new(m0003_search::Migration),
            Box::new(m0004_summary::Migration),
            Box::new(m0005_step::Migration),
            Box::new(m0006_need::Migration),
            Box::new(m0007_desk::Migration),
            Box::new(m0008_passage::Migration),
            Box::new(m0009_import::Migration),
        ]
    }
}
