//! Derived rows of which a project has a set: where it changes, those that differ are written and no
//! others.

use super::derived::Turn;
use super::facets::{Facets, iden};
use crate::error::StoreError;
use crate::rows;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::collections::BTreeSet;

/// A derived row, one of the set that a project has.
pub(crate) trait DerivedRow: FromQueryResult + Clone + Ord + Send + Sync {
    /// Where such rows are kept.
    const TABLE: &'static str;
    /// What they are called in a sentence: `links`.
    const NAME: &'static str;
    /// The columns, those of the key first; one of them is `project_id`.
    const COLUMNS: &'static [&'static str];
    /// How many columns are the key.
    const KEY: usize;

    /// Whether another row has the same key; where all columns are the key, only the row itself has.
    fn is_in_place_of(&self, other: &Self) -> bool {
        self == other
    }

    /// The project that has the row.
    fn project_id(&self) -> i64;

    /// The values of the columns, in their order.
    fn values(self) -> Vec<SimpleExpr>;
}

/// A derived row that follows from the current row alone.
pub(crate) trait OfFacets: DerivedRow {
    /// The rows of a project.
    fn of(id: i64, facets: &Facets) -> BTreeSet<Self>;
}

/// Brings the rows of projects up to date that follow from their current rows.
pub(crate) async fn follow<R: OfFacets>(
    db: &impl ConnectionTrait,
    turns: &[Turn<'_>],
) -> Result<(), StoreError> {
    let set = |turn: &Turn<'_>, facets: Option<&Facets>| {
        facets.map(|facets| R::of(turn.id, facets)).unwrap_or_default()
    };
    let sets = turns.iter().map(|turn| (set(turn, turn.before), set(turn, turn.after)));
    put(db, sets.collect()).await
}

/// Puts sets of rows in the place of those before.
pub(crate) async fn put<R: DerivedRow>(
    db: &impl ConnectionTrait,
    sets: Vec<(BTreeSet<R>, BTreeSet<R>)>,
) -> Result<(), StoreError> {
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for (before, after) in &sets {
        let is_gone = |old: &&R| !after.iter().any(|row| row.is_in_place_of(old));
        for gone in before.difference(after).filter(is_gone) {
            let mut delete = Query::delete();
            delete.from_table(iden(R::TABLE));
            for (column, value) in R::COLUMNS.iter().zip(gone.clone().values()).take(R::KEY) {
                delete.and_where(Expr::col(iden(*column)).eq(value));
            }
            db.execute(&delete).await?;
        }
        for row in after.difference(before) {
            let is_known = before.iter().any(|old| row.is_in_place_of(old));
            if is_known { &mut changed } else { &mut new }.push(row.clone());
        }
    }
    // In the order of the key, so that neighbours are written together.
    new.sort_unstable();
    let rows = rows::into(R::TABLE, R::COLUMNS);
    rows.put(db, new.into_iter().map(R::values)).await?;
    rows.by_key(R::KEY).put(db, changed.into_iter().map(R::values)).await
}

/// What of a range of projects is kept otherwise than it follows from their current rows.
pub(crate) async fn problems<R: OfFacets>(
    db: &impl ConnectionTrait,
    turns: &[Turn<'_>],
    first: i64,
    until: i64,
) -> Result<Vec<String>, StoreError> {
    let told = turns
        .iter()
        .filter_map(|turn| Some((turn.id, turn.after?)))
        .flat_map(|(id, facets)| R::of(id, facets));
    let kept = Expr::col(iden("project_id")).between(first, until);
    differences::<R>(db, kept, told.collect()).await
}

/// The projects whose kept rows are not those told, a sentence each.
pub(crate) async fn differences<R: DerivedRow>(
    db: &impl ConnectionTrait,
    kept: SimpleExpr,
    told: BTreeSet<R>,
) -> Result<Vec<String>, StoreError> {
    let query = Query::select()
        .columns(R::COLUMNS.iter().map(|column| iden(*column)))
        .from(iden(R::TABLE))
        .and_where(kept)
        .to_owned();
    let rows = db.query_all(&query).await?;
    let kept = rows.iter().map(|row| R::from_query_result(row, ""));
    let kept: BTreeSet<R> = kept.collect::<Result<_, _>>()?;
    let ids: BTreeSet<i64> = kept.symmetric_difference(&told).map(R::project_id).collect();
    let told = |id| format!("project {id}: its {} do not follow from it", R::NAME);
    Ok(ids.into_iter().map(told).collect())
}
