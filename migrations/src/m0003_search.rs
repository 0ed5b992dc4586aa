//! Search: the text of each project that is searched, with the initials of its name, and an index
//! of the pairs of neighbouring characters in it. It follows from the projects and can be made anew.

use crate::dialect;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0003_search"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLE).await?;
        let index = match manager.get_database_backend() {
            DbBackend::Postgres => POSTGRES,
            _ => SQLITE,
        };
        dialect::run(manager, index).await
    }
}

const TABLE: &str = "
CREATE TABLE project_search (
    id {key},
    text {text} NOT NULL,
    initials {text} NOT NULL
);
";

/// The program hands over the pairs, separated by spaces, and keeps the text elsewhere. The `ascii`
/// tokenizer takes them as they are: it parts at ASCII punctuation alone, of which there is none.
/// The prefix index finds a single character as quickly as a pair.
const SQLITE: &str = "
CREATE VIRTUAL TABLE project_words USING fts5 (
    pairs, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1'
);
";

/// The index makes the pairs itself: each character with the one behind it, the last of a word with
/// a space. Positions are not kept; a longer search compares the text. New pairs are sorted in early,
/// since every search has to look through those that wait.
const POSTGRES: &str = "
CREATE FUNCTION project_pairs(words TEXT) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_agg(DISTINCT pair)) FROM (
        SELECT substr(words || ' ', place, 2) AS pair FROM generate_series(1, length(words)) AS place
    ) AS pairs WHERE pair NOT LIKE ' %'
$$;
CREATE INDEX project_words ON project_search
    USING gin (project_pairs(text || ' ' || initials)) WITH (gin_pending_list_limit = 256);
";
