//! Likely duplicates of an entry, among the projects in sight.

use super::source::Source;
use super::{ListFilter, When};
use crate::error::StoreError;
use crate::project::facets::iden;
use sea_orm::sea_query::{Expr, ExprTrait, Order, SimpleExpr};
use sea_orm::{ConnectionTrait, TryGetable};
use shortboard_domain::access::Sight;
use shortboard_domain::name::{bigrams, normalise};
use shortboard_domain::similar::{Candidate, Likeness, Probe, WORTH_SHOWING};

/// How many rows the database hands over to be scored.
const CANDIDATES: u64 = 300;

/// How many pairs of characters of a name are looked for.
const PAIRS: usize = 40;

/// A likely duplicate.
#[derive(Debug, Clone)]
pub struct Similar {
    /// Its card, as JSON.
    pub card: String,
    /// How likely, and why.
    pub likeness: Likeness,
}

impl crate::Store {
    /// The likeliest duplicates, likeliest first.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn similar(
        &self,
        sight: &Sight,
        probe: &Probe,
        limit: usize,
    ) -> Result<Vec<Similar>, StoreError> {
        let source = Source::of(self.backend(), When::default());
        let mut query = source.rows(sight, &ListFilter::default());
        query.column(iden("card"));

        // The rows that share most pairs of characters with the name come first; a row with the
        // same code comes before all.
        let key = normalise(probe.name.as_deref().unwrap_or_default());
        let mut pairs: Vec<String> =
            bigrams(&key).into_iter().map(|pair| pair.iter().collect()).collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs.truncate(PAIRS);
        let one_if = |condition: SimpleExpr, points: i32| -> SimpleExpr {
            Expr::case(condition, points).finally(0).into()
        };
        let mut points: Vec<SimpleExpr> =
            pairs.iter().map(|pair| one_if(source.contains("search", pair), 1)).collect();
        if let Some(code) = &probe.code {
            let same = Expr::col(iden("code")).like(format!("{}%", code.base()));
            points.push(one_if(same, 1000));
        }
        let Some(points) = points.into_iter().reduce(ExprTrait::add) else {
            return Ok(Vec::new());
        };
        query
            .and_where(points.clone().gt(i32::try_from(pairs.len() / 4).unwrap_or(0)))
            .order_by_expr(points, Order::Desc)
            .order_by_expr(source.id(), Order::Asc)
            .limit(CANDIDATES);

        let mut found = Vec::new();
        for row in &self.reader().query_all(&query).await? {
            let card = String::try_get_by(row, "card")?;
            let candidate: Candidate = serde_json::from_str(&card)
                .map_err(|error| StoreError::inconsistent("project.card", error))?;
            let likeness = probe.likeness(&candidate);
            if likeness.score >= WORTH_SHOWING {
                found.push(Similar { card, likeness });
            }
        }
        found.sort_by(|a, b| b.likeness.score.total_cmp(&a.likeness.score));
        found.truncate(limit);
        Ok(found)
    }
}
