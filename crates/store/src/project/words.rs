//! The words that projects are searched by: a text of each, the initials of its name, and an index
//! of the pairs of neighbouring characters in both.

use super::derived::Turn;
use super::facets::{Facets, iden};
use crate::error::StoreError;
use crate::rows::{self, ROWS};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, TryGetable};
use shortboard_domain::pinyin::initials;
use std::collections::{BTreeMap, BTreeSet};

/// A row of `project_search`.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
struct Words {
    /// Name, owner unit, code and registry number, normalised, a space between each.
    text: String,
    /// The initials of the name's pinyin.
    initials: String,
}

impl Words {
    fn of(facets: &Facets) -> Self {
        Self { text: facets.search.clone(), initials: initials(&facets.name) }
    }

    /// The pairs of neighbouring characters, in order, the last character of each word by itself.
    fn pairs(&self) -> String {
        let mut pairs = String::new();
        for word in self.text.split(' ').chain([self.initials.as_str()]) {
            for (place, first) in word.char_indices() {
                pairs.push(first);
                pairs.extend(word[place + first.len_utf8()..].chars().next());
                pairs.push(' ');
            }
        }
        pairs
    }
}

/// Brings the words of projects up to date.
pub(crate) async fn follow(
    db: &impl ConnectionTrait,
    turns: &[Turn<'_>],
) -> Result<(), StoreError> {
    let changed: Vec<&Turn> =
        turns.iter().filter(|turn| turn.before.map(source) != turn.after.map(source)).collect();
    let is_sqlite = db.get_database_backend() == DbBackend::Sqlite;
    for batch in changed.chunks(ROWS) {
        let gone: Vec<i64> =
            batch.iter().filter(|turn| turn.before.is_some()).map(|turn| turn.id).collect();
        if !gone.is_empty() {
            remove(db, "project_search", "id", &gone).await?;
            if is_sqlite {
                remove(db, "project_words", "rowid", &gone).await?;
            }
        }
        let words: Vec<(i64, Words)> =
            batch.iter().filter_map(|turn| Some((turn.id, Words::of(turn.after?)))).collect();
        if is_sqlite {
            // PostgreSQL makes its index from the row itself.
            let pairs = words.iter().map(|(id, words)| [(*id).into(), words.pairs().into()]);
            rows::insert(db, "project_words", &["rowid", "pairs"], pairs).await?;
        }
        let texts = words
            .into_iter()
            .map(|(id, words)| [id.into(), words.text.into(), words.initials.into()]);
        rows::insert(db, "project_search", &["id", "text", "initials"], texts).await?;
    }
    Ok(())
}

/// What the words of a project follow from.
fn source(facets: &Facets) -> (&str, &str) {
    (&facets.search, &facets.name)
}

async fn remove(
    db: &impl ConnectionTrait,
    table: &str,
    key: &str,
    ids: &[i64],
) -> Result<(), StoreError> {
    let ids = ids.iter().copied();
    let delete = Query::delete()
        .from_table(iden(table))
        .and_where(Expr::col(iden(key)).is_in(ids))
        .to_owned();
    db.execute(&delete).await?;
    Ok(())
}

/// Empties the index, which keeps its rows otherwise than tables do.
pub(crate) async fn clear(db: &impl ConnectionTrait) -> Result<(), StoreError> {
    if db.get_database_backend() == DbBackend::Sqlite {
        let sql = "INSERT INTO project_words (project_words) VALUES ('delete-all')";
        db.execute_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    }
    Ok(())
}

/// What of a range of projects is kept otherwise than it follows from them.
pub(crate) async fn problems(
    db: &impl ConnectionTrait,
    turns: &[Turn<'_>],
    first: i64,
    until: i64,
) -> Result<Vec<String>, StoreError> {
    let query = Query::select()
        .columns(["id", "text", "initials"].map(iden))
        .from(iden("project_search"))
        .and_where(Expr::col(iden("id")).between(first, until))
        .to_owned();
    let mut kept = BTreeMap::new();
    for row in &db.query_all(&query).await? {
        kept.insert(i64::try_get_by(row, "id")?, Words::from_query_result(row, "")?);
    }
    let indexed: BTreeSet<i64> = match db.get_database_backend() {
        DbBackend::Sqlite => {
            let query = Query::select()
                .expr_as(Expr::col(iden("rowid")), iden("id"))
                .from(iden("project_words"))
                .and_where(Expr::col(iden("rowid")).between(first, until))
                .to_owned();
            let rows = db.query_all(&query).await?;
            rows.iter().map(|row| i64::try_get_by(row, "id")).collect::<Result<_, _>>()?
        }
        _ => kept.keys().copied().collect(),
    };
    let told: BTreeMap<i64, Words> =
        turns.iter().filter_map(|turn| Some((turn.id, Words::of(turn.after?)))).collect();
    let ids: BTreeSet<i64> = kept.keys().chain(told.keys()).chain(&indexed).copied().collect();
    let differs =
        |id: &i64| kept.get(id) != told.get(id) || indexed.contains(id) != told.contains_key(id);
    let wrong = ids.into_iter().filter(differs);
    Ok(wrong.map(|id| format!("project {id}: its words do not follow from it")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_stay_within_a_word() {
        let words = Words { text: "滨河路 市水  b1".into(), initials: "bhl".into() };
        assert_eq!(words.pairs(), "滨河 河路 路 市水 水 b1 1 bh hl l ");
    }
}
