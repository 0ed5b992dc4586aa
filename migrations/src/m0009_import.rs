//! Imports: ledgers that were uploaded, what was read of them row by row, what their columns were
//! taken for by hand; and the names by which rows find their projects. The names follow from the
//! projects: they are left empty here and made anew at the next start.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0009_import"
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

/// Of an import, `said` is what was understood and counted, as JSON; of a row, `body` is what the
/// ledger tells, `plan` what is to be done about it, `kind` the plan's word, `choice` what the user
/// decided; `import_project` tells which projects it made or changed. A file's parts are base64. A
/// mapping is remembered by the signature of the headers, for the account that made it.
const TABLES: &str = "
CREATE TABLE import (
    id {id},
    account_id BIGINT NOT NULL REFERENCES account (id),
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 {text} NOT NULL,
    state {text} NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    touched_at BIGINT NOT NULL,
    committed_at BIGINT,
    undone_at BIGINT,
    undone_by {text},
    said TEXT NOT NULL
);
CREATE INDEX import_by_account ON import (account_id, id);
CREATE TABLE import_file (
    import_id BIGINT NOT NULL REFERENCES import (id),
    part BIGINT NOT NULL,
    bytes TEXT NOT NULL,
    PRIMARY KEY (import_id, part)
);
CREATE TABLE import_row (
    import_id BIGINT NOT NULL REFERENCES import (id),
    position BIGINT NOT NULL,
    kind {text} NOT NULL,
    project_id BIGINT,
    body TEXT NOT NULL,
    plan TEXT NOT NULL,
    choice TEXT NOT NULL,
    PRIMARY KEY (import_id, position)
);
CREATE INDEX import_row_by_kind ON import_row (import_id, kind, position);
CREATE TABLE import_project (
    import_id BIGINT NOT NULL REFERENCES import (id),
    project_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (import_id, project_id)
);
CREATE TABLE import_mapping (
    account {text} NOT NULL,
    signature {text} NOT NULL,
    mapping TEXT NOT NULL,
    kept_at BIGINT NOT NULL,
    PRIMARY KEY (account, signature)
);
CREATE TABLE project_name (
    key {text} NOT NULL,
    project_id BIGINT NOT NULL,
    PRIMARY KEY (key, project_id)
){clustered};
CREATE INDEX project_name_of ON project_name (project_id);
";
