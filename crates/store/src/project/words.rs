//! The words that projects are searched by: a text of each, the initials of its name, and an index
//! of the pairs of neighbouring characters in both.

use super::derived::Turn;
use super::facets::{Facets, iden};
use crate::error::StoreError;
use crate::rows::{self, ROWS};
use futures_util::future::BoxFuture;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, QueryResult, Statement, TryGetable};
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

/// How many rows a statement puts into SQLite's index. Each statement has the index write down what
/// it has gathered, and merge it with what is there: few large ones are much quicker.
const INDEXED: usize = 4000;

/// Brings the words of projects up to date, but for SQLite's index of them; PostgreSQL makes its own
/// from the rows.
pub(crate) async fn follow(
    db: &impl ConnectionTrait,
    turns: &[Turn<'_>],
) -> Result<(), StoreError> {
    remove(db, "project_search", "id", &gone(turns)).await?;
    let texts =
        words(turns).map(|(id, words)| [id.into(), words.text.into(), words.initials.into()]);
    rows::into("project_search", &["id", "text", "initials"]).put(db, texts).await
}

/// Brings SQLite's index of words up to date.
pub(crate) async fn index(db: &impl ConnectionTrait, turns: &[Turn<'_>]) -> Result<(), StoreError> {
    if db.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    remove(db, "project_words", "rowid", &gone(turns)).await?;
    put_pairs(db, words(turns)).await
}

/// Fills SQLite's index of words, which is empty, from the words that are kept.
pub(crate) async fn index_all(db: &impl ConnectionTrait) -> Result<(), StoreError> {
    if db.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let mut after = 0;
    loop {
        let query = Query::select()
            .columns(["id", "text", "initials"].map(iden))
            .from(iden("project_search"))
            .and_where(Expr::col(iden("id")).gt(after))
            .order_by(iden("id"), Order::Asc)
            .limit(INDEXED as u64)
            .to_owned();
        let kept = read(&db.query_all(&query).await?)?;
        let Some((last, _)) = kept.last() else { return Ok(()) };
        after = *last;
        put_pairs(db, kept.into_iter()).await?;
    }
}

fn put_pairs<C: ConnectionTrait>(
    db: &C,
    words: impl Iterator<Item = (i64, Words)>,
) -> BoxFuture<'_, Result<(), StoreError>> {
    let pairs = words.map(|(id, words)| [id.into(), words.pairs().into()]);
    rows::into("project_words", &["rowid", "pairs"]).at_a_time(INDEXED).put(db, pairs)
}

fn read(rows: &[QueryResult]) -> Result<Vec<(i64, Words)>, StoreError> {
    let one = |row| Ok((i64::try_get_by(row, "id")?, Words::from_query_result(row, "")?));
    rows.iter().map(one).collect()
}

/// The projects whose words change.
fn changed<'a>(turns: &'a [Turn<'a>]) -> impl Iterator<Item = &'a Turn<'a>> {
    turns.iter().filter(|turn| turn.before.map(source) != turn.after.map(source))
}

/// Those of them that have words already.
fn gone(turns: &[Turn<'_>]) -> Vec<i64> {
    changed(turns).filter(|turn| turn.before.is_some()).map(|turn| turn.id).collect()
}

/// Their words.
fn words<'a>(turns: &'a [Turn<'a>]) -> impl Iterator<Item = (i64, Words)> + 'a {
    changed(turns).filter_map(|turn| Some((turn.id, Words::of(turn.after?))))
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
    for ids in ids.chunks(ROWS) {
        let delete = Query::delete()
            .from_table(iden(table))
            .and_where(Expr::col(iden(key)).is_in(ids.iter().copied()))
            .to_owned();
        db.execute(&delete).await?;
    }
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
    let kept: BTreeMap<i64, Words> = read(&db.query_all(&query).await?)?.into_iter().collect();
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
