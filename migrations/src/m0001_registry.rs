//! The registry: trail, projects and their versions, code lists, the document, accounts.
//!
//! Dates are `YYYY-MM-DD`, `9999-12-31` for what has no end; times are microseconds since 1970 in
//! UTC, the largest number for what has no end; money is fen; lists of codes are written `,a,b,`.

use crate::dialect;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0001_registry"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TRAIL).await?;
        dialect::run(manager, &PROJECT.replace("{facets}", FACETS)).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            dialect::run(manager, "CREATE SEQUENCE project_number").await?;
        }
        dialect::run(manager, REFERENCE).await?;
        dialect::run(manager, ACCOUNTS).await
    }
}

/// The trail is the primary truth; every other table of projects follows from it. Chain 0 belongs
/// to the registry itself, chain N to project N.
const TRAIL: &str = "
CREATE TABLE audit_record (
    chain BIGINT NOT NULL CHECK (chain >= 0),
    seq BIGINT NOT NULL CHECK (seq > 0),
    epoch BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    actor {text} NOT NULL,
    action {text} NOT NULL,
    effective_on {text},
    subject {text} NOT NULL,
    body TEXT NOT NULL,
    versions TEXT NOT NULL,
    prev {text} NOT NULL,
    hash {text} NOT NULL,
    PRIMARY KEY (chain, seq)
);
CREATE INDEX audit_record_by_time ON audit_record (recorded_at, chain, seq);
CREATE TABLE checkpoint (
    epoch BIGINT PRIMARY KEY,
    made_at BIGINT NOT NULL,
    body TEXT NOT NULL
);
";

/// What lists filter, sort and sum by, beside the card they answer with.
const FACETS: &str = "
    registry_number {text} NOT NULL,
    name {text} NOT NULL,
    search {text} NOT NULL,
    code {text},
    stage {text} NOT NULL,
    stage_since {text} NOT NULL,
    inferred BOOLEAN NOT NULL,
    filing {text} NOT NULL,
    author {text} NOT NULL,
    area {text} NOT NULL,
    region {text} NOT NULL,
    also_in {text} NOT NULL,
    owner_group {text},
    departments {text} NOT NULL,
    channels {text} NOT NULL,
    total_investment BIGINT,
    planned_funding BIGINT NOT NULL,
    arrived_funding BIGINT NOT NULL,
    start_year BIGINT,
    document {text},
    clause {text},
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    card TEXT NOT NULL
";

const PROJECT: &str = "
CREATE TABLE project (
    id {key} CHECK (id > 0),
{facets}
);
CREATE UNIQUE INDEX project_by_registry_number ON project (registry_number);
CREATE INDEX project_by_investment ON project (COALESCE(total_investment, -1) DESC, id DESC);
CREATE INDEX project_by_least_investment ON project
    (COALESCE(total_investment, 9223372036854775807), id);
CREATE INDEX project_by_stage ON project (stage, COALESCE(total_investment, -1) DESC, id DESC);
CREATE INDEX project_by_name ON project (name, id);
CREATE INDEX project_by_update ON project (updated_at, id);
CREATE INDEX project_by_code ON project (code);
CREATE INDEX project_by_document ON project (document, id) WHERE document IS NOT NULL;
CREATE TABLE project_version (
    project_id BIGINT NOT NULL CHECK (project_id > 0),
    seq BIGINT NOT NULL,
    effective_from {text} NOT NULL,
    effective_to {text} NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_to BIGINT NOT NULL,
    closed_by BIGINT,
{facets},
    PRIMARY KEY (project_id, seq, effective_from)
);
CREATE INDEX project_version_open ON project_version (project_id, recorded_to, effective_from);
CREATE INDEX project_version_by_stage ON project_version
    (stage, COALESCE(total_investment, -1) DESC, project_id DESC);
CREATE INDEX project_version_by_investment ON project_version
    (COALESCE(total_investment, -1) DESC, project_id DESC);
";

const REFERENCE: &str = "
CREATE TABLE code_entry (
    list {text} NOT NULL,
    code {text} NOT NULL,
    position BIGINT NOT NULL,
    effective_from {text} NOT NULL,
    recorded_from BIGINT NOT NULL,
    recorded_to BIGINT NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (list, code, effective_from, recorded_from)
);
CREATE TABLE document (
    number {text} PRIMARY KEY,
    body TEXT NOT NULL
);
CREATE TABLE target (
    code {text} PRIMARY KEY,
    document {text} NOT NULL,
    position BIGINT NOT NULL,
    body TEXT NOT NULL
);
";

const ACCOUNTS: &str = "
CREATE TABLE account (
    id {id},
    name {text} NOT NULL UNIQUE,
    role {text} NOT NULL,
    scope {text} NOT NULL,
    password_hash {text},
    must_change_password BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);
CREATE TABLE token (
    id {id},
    account_id BIGINT NOT NULL REFERENCES account (id),
    hash {text} NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE TABLE idempotency_key (
    account {text} NOT NULL,
    idempotency_key {text} NOT NULL,
    fingerprint {text} NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account, idempotency_key)
);
";
