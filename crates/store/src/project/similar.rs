//! Likely duplicates of an entry, among the projects in sight: the index hands over candidates by
//! what is rarest in the name, these are scored.

use super::found::Found;
use super::search::{conjunction, how_many, matches, numbers, phrase};
use super::{ListFilter, When};
use crate::error::StoreError;
use crate::project::facets::iden;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, DbBackend, Statement, TryGetable};
use shortboard_domain::access::Sight;
use shortboard_domain::name::{NameKey, bigrams, normalise};
use shortboard_domain::project_code::ProjectCode;
use shortboard_domain::similar::{Candidate, Likeness, Probe, WORTH_SHOWING};
use std::collections::BTreeSet;

/// How many rows are scored.
const SCORED: u64 = 300;

/// How many rows one look into the index hands over at the most, and how many it goes through for
/// those in sight.
const HANDED: u64 = 500;
const SEEN: u64 = 3000;

/// With so many candidates there is no need for looks that go through long lists.
const ENOUGH: usize = 50;

/// How many pairs of characters of a name are looked for.
const PAIRS: usize = 40;

/// In how many projects a pair is rare enough to look at all of them.
const RARE: i64 = 300;

/// In how many projects a pair is rare enough when another one goes with it.
const UNUSUAL: i64 = 2000;

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
        let core = NameKey::new(probe.name.as_deref().unwrap_or_default()).core().to_owned();
        let ids = self.candidates(sight, probe, &core).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids = serde_json::to_string(&ids).unwrap_or_default();
        let found = Found::few(numbers(self.backend(), &ids));
        let source = self.source(When::default()).by(&found);
        let mut query = source.rows(sight, &ListFilter::default());
        query.column(iden("card"));

        // Those that share most pairs with the name come first; a row with the same code comes
        // before all.
        let one_if = |condition: SimpleExpr, points: i32| -> SimpleExpr {
            Expr::case(condition, points).finally(0).into()
        };
        let pairs = pairs(&core);
        let shared = pairs.iter().map(|pair| one_if(source.contains("search", pair), 1));
        let same = probe.code.as_ref().map(|code| one_if(has_base(code), 1000));
        if let Some(points) = shared.chain(same).reduce(ExprTrait::add) {
            query.order_by_expr(points, Order::Desc);
        }
        query.order_by_expr(source.id(), Order::Asc).limit(SCORED);

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

    /// The numbers of the projects in sight that are worth scoring.
    async fn candidates(
        &self,
        sight: &Sight,
        probe: &Probe,
        core: &str,
    ) -> Result<BTreeSet<i64>, StoreError> {
        let mut ids = BTreeSet::new();
        if let Some(code) = &probe.code {
            let source = self.source(When::default());
            let mut rows = source.rows(sight, &ListFilter::default());
            rows.and_where(has_base(code)).expr_as(source.id(), iden("id")).limit(HANDED);
            ids.extend(self.read_ids(rows).await?);
        }
        let Some(name) = &probe.name else { return Ok(ids) };
        let backend = self.backend();
        let key = normalise(name);
        let pairs = pairs(core);
        if pairs.is_empty() {
            // A name of one character, or none.
            if !key.is_empty() {
                ids.extend(self.look(sight, &in_a_row(backend, &key)).await?);
            }
            return Ok(ids);
        }
        let mut looks = vec![in_a_row(backend, core)];
        if key != core {
            looks.insert(0, in_a_row(backend, &key));
        }
        looks.extend(self.looks_by_rarity(&pairs).await?);
        for look in looks {
            ids.extend(self.look(sight, &look).await?);
        }
        if ids.len() < ENOUGH {
            for look in looks_by_parts(backend, core) {
                ids.extend(self.look(sight, &look).await?);
            }
        }
        Ok(ids)
    }

    /// Looks for whatever shares a rare pair with the name, or an unusual one and another.
    async fn looks_by_rarity(&self, pairs: &[String]) -> Result<Vec<String>, StoreError> {
        let backend = self.backend();
        let frequencies = self.frequencies(pairs).await?;
        let mut ranked: Vec<(i64, &str)> =
            frequencies.into_iter().zip(pairs.iter().map(String::as_str)).collect();
        ranked.sort_unstable();
        let (mut rare, mut room) = (Vec::new(), 4 * RARE);
        for (frequency, pair) in ranked.iter().take_while(|(frequency, _)| *frequency <= RARE) {
            if *frequency <= room {
                room -= frequency;
                rare.push(*pair);
            }
        }
        let mut looks = Vec::new();
        if !rare.is_empty() {
            looks.push(any(backend, &rare));
        }
        let unusual = ranked.iter().filter(|(frequency, _)| (RARE..=UNUSUAL).contains(frequency));
        for (_, pair) in unusual.take(3) {
            let others: Vec<&str> =
                ranked.iter().map(|(_, other)| *other).filter(|other| other != pair).collect();
            if !others.is_empty() {
                looks.push(both(backend, &any(backend, &[pair]), &any(backend, &others)));
            }
        }
        Ok(looks)
    }

    /// The numbers of projects in sight that a look into the index finds.
    async fn look(&self, sight: &Sight, look: &str) -> Result<Vec<i64>, StoreError> {
        let mut found = matches(self.backend(), look, "number");
        found.limit(SEEN);
        let found = Found::few(found);
        let source = self.source(When::default()).by(&found);
        let mut rows = source.rows(sight, &ListFilter::default());
        rows.expr_as(source.id(), iden("id")).limit(HANDED);
        self.read_ids(rows).await
    }

    async fn read_ids(&self, rows: SelectStatement) -> Result<Vec<i64>, StoreError> {
        let (_, ids) = self.gather(rows).await?;
        serde_json::from_str(&ids).map_err(|error| StoreError::inconsistent("project.id", error))
    }

    /// In how many projects each pair occurs: up to some more than [`UNUSUAL`], or about.
    async fn frequencies(&self, pairs: &[String]) -> Result<Vec<i64>, StoreError> {
        let backend = self.backend();
        let (query, share) = match backend {
            DbBackend::Postgres => self.counts_of_sample(pairs).await?,
            _ => {
                let mut counts = Query::select();
                for (place, pair) in pairs.iter().enumerate() {
                    let mut found = matches(backend, &phrase(pair), "number");
                    found.limit(UNUSUAL as u64 + 1);
                    counts.expr_as(how_many(found), iden(column(place)));
                }
                (backend.build(&counts), 1.0)
            }
        };
        let Some(row) = self.reader().query_one_raw(query).await? else { return Ok(Vec::new()) };
        let counts = (0..pairs.len()).map(|place| {
            let count = i64::try_get_by(&row, column(place).as_str())?;
            Ok((count as f64 / share) as i64)
        });
        counts.collect()
    }

    /// A query for how many rows of a sample have each pair, and which share of all it is.
    async fn counts_of_sample(&self, pairs: &[String]) -> Result<(Statement, f64), StoreError> {
        let share = super::search::share_of_sample(self.number_of_projects().await?);
        let counts: Vec<String> = (0..pairs.len())
            .map(|place| {
                let (column, parameter) = (column(place), place + 2);
                format!("COUNT(*) FILTER (WHERE strpos(text, ${parameter}) > 0) AS {column}")
            })
            .collect();
        let sql =
            format!("SELECT {} FROM project_search TABLESAMPLE SYSTEM ($1)", counts.join(", "));
        let percent = [(share * 100.0).into()];
        let values = percent.into_iter().chain(pairs.iter().map(|pair| pair.as_str().into()));
        Ok((Statement::from_sql_and_values(DbBackend::Postgres, sql, values), share))
    }
}

/// Whether a row has the code, with whatever suffix; as a range, which an index serves.
fn has_base(code: &ProjectCode) -> SimpleExpr {
    let column = || Expr::col(iden("code"));
    // A suffix follows a hyphen, and a full stop follows the hyphen.
    column().gte(code.base()).and(column().lt(format!("{}.", code.base())))
}

fn column(place: usize) -> String {
    format!("pair_{place}")
}

/// The pairs of a name, each once.
fn pairs(core: &str) -> Vec<String> {
    let mut pairs: Vec<String> =
        bigrams(core).into_iter().map(|pair| pair.iter().collect()).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs.truncate(PAIRS);
    pairs
}

/// Looks for the most of a name, should its beginning or its end be another.
fn looks_by_parts(backend: DbBackend, core: &str) -> Vec<String> {
    let length = core.chars().count();
    let part = Ord::max(length * 2 / 3, 2);
    let (first, last): (String, String) =
        (core.chars().take(part).collect(), core.chars().skip(length - part).collect());
    [first, last].map(|part| in_a_row(backend, &part)).to_vec()
}

/// A look for a text; in PostgreSQL, which keeps no positions, for its pairs in any order.
fn in_a_row(backend: DbBackend, text: &str) -> String {
    match backend {
        DbBackend::Postgres => conjunction(text),
        _ => phrase(text),
    }
}

/// A look for any of some pairs.
fn any(backend: DbBackend, pairs: &[&str]) -> String {
    let looks: Vec<String> = pairs.iter().map(|pair| in_a_row(backend, pair)).collect();
    looks.join(match backend {
        DbBackend::Postgres => " | ",
        _ => " OR ",
    })
}

/// A look for what two looks find.
fn both(backend: DbBackend, one: &str, other: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("({one}) & ({other})"),
        _ => format!("({one}) AND ({other})"),
    }
}
