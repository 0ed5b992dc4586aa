//! The desk: sessions of people who signed in, failures to sign in, saved views, forms
//! that are not finished, and whether the
//! security administrator has given an account its role.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0007_desk"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await
    }
}

/// A session is known by the hash of its token. Failures are counted by the name that was typed,
/// whether or not there is such an account.
const TABLES: &str = "
CREATE TABLE session (
    hash {text} PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (id),
    opened_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX session_by_account ON session (account_id);
CREATE TABLE sign_in_failure (
    name {text} PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE TABLE saved_view (
    id {id},
    account_id BIGINT NOT NULL REFERENCES account (id),
    name {text} NOT NULL,
    query TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (account_id, name)
);
CREATE TABLE kept_form (
    id {id},
    account_id BIGINT NOT NULL REFERENCES account (id),
    subject {text} NOT NULL,
    fields TEXT NOT NULL,
    kept_at BIGINT NOT NULL
);
CREATE INDEX kept_form_by_account ON kept_form (account_id, id);
ALTER TABLE account ADD COLUMN role_given BOOLEAN NOT NULL DEFAULT TRUE;
";
