//! What changed in the library between two days: what entered, left, moved and was re-funded.

use super::between::{Between, Counts};
use super::passage::{Passage, is_in_library};
use super::source::Source;
use super::{ListFilter, When};
use crate::error::StoreError;
use crate::project::facets::iden;
use crate::snapshot::Snapshot;
use jiff::civil::Date;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, QueryResult, TryGetable};
use serde::Serialize;
use shortboard_domain::access::Sight;
use shortboard_domain::filing::Filing;
use shortboard_domain::money::SignedMoney;
use shortboard_domain::stage::Stage;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// How a project changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It was accepted into the library.
    Entered,
    /// It is not in the library any more: cancelled, or sent back to concept.
    Left,
    /// It stands at another stage.
    Moved,
    /// Its total investment, its sources or what has arrived of them differ.
    Refunded,
}

/// What is compared between the two days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Standing {
    /// Stage.
    pub stage: Stage,
    /// Total investment, yuan.
    pub total_investment: Option<SignedMoney>,
    /// The sum of the sources, yuan.
    pub planned_funding: SignedMoney,
    /// What has arrived of them, yuan.
    pub arrived_funding: SignedMoney,
}

/// A project that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangedProject {
    /// Its number.
    pub id: i64,
    /// How it changed.
    pub changes: Vec<ChangeKind>,
    /// From which stage to which, also out of the library.
    pub passage: Passage,
    /// How it stood on the first day; blank when it was not in the library.
    pub before: Option<Standing>,
    /// How it stood on the second day; blank when it is not in the library.
    pub after: Option<Standing>,
    /// Its card on the later day on which it was in the library, as JSON.
    pub card: String,
}

/// A question for changes.
#[derive(Debug, Clone)]
pub struct ChangeQuery {
    /// The first day.
    pub from: Date,
    /// The second day.
    pub to: Date,
    /// Which projects: those whose state on either day the filter lets through.
    pub filter: ListFilter,
    /// Which passages; none for all.
    pub passages: Vec<Passage>,
    /// Only after this project's number.
    pub after: i64,
    /// How many at the most.
    pub limit: usize,
}

/// A page of changes.
#[derive(Debug, Clone)]
pub struct ChangesPage {
    /// The changed projects, by number.
    pub items: Vec<ChangedProject>,
    /// The number after which the next page begins.
    pub next: Option<i64>,
    /// How many projects changed in each way, over all pages, whichever passages are asked for.
    pub counts: BTreeMap<ChangeKind, i64>,
    /// How many items there are on all pages.
    pub projects: i64,
}

/// The accepted projects of one day, each with whether it is in the library and the filter lets it
/// through.
type Day = BTreeMap<i64, (Standing, bool)>;

impl crate::Store {
    /// What changed between two days in the library, that is, among accepted projects that are not
    /// cancelled; nothing when the first day is not the earlier one.
    ///
    /// The counts come from the steps, which also tell where a page's projects are; only of those,
    /// and of the few of which the steps cannot tell, the versions are read. A filter asks for the
    /// versions of all that may have changed.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Inconsistent`]
    pub async fn changes(
        &self,
        sight: &Sight,
        query: &ChangeQuery,
    ) -> Result<ChangesPage, StoreError> {
        let mut page =
            ChangesPage { items: Vec::new(), next: None, counts: BTreeMap::new(), projects: 0 };
        if query.from >= query.to {
            return Ok(page);
        }
        let snapshot = Snapshot::of(self).await?;
        let db = snapshot.db();
        let between =
            Between::new(self.backend(), sight, query.from, query.to)?.of(&query.passages);
        if query.filter == ListFilter::default() {
            let mut counts = between.counts(db).await?;
            if counts.doubtful > 0 {
                let doubtful = changed(db, sight, query, Among::In(&between.doubtful())).await?;
                count(&mut counts, query, &doubtful);
            }
            page.items = first_items(db, sight, query, &between, counts.most()).await?;
            (page.counts, page.projects) = (counts.counts, counts.projects);
        } else {
            let mut counts = Counts::default();
            let all = changed(db, sight, query, Among::In(&between.candidates())).await?;
            count(&mut counts, query, &all);
            let rest = all.into_iter().filter(|item| query.asks_for(item) && item.id > query.after);
            page.items = rest.take(query.limit.saturating_add(1)).collect();
            (page.counts, page.projects) = (counts.counts, counts.projects);
        }
        if page.items.len() > query.limit {
            page.items.truncate(query.limit);
            page.next = page.items.last().map(|last| last.id);
        }
        put_cards(db, &mut page, query).await?;
        snapshot.close().await?;
        Ok(page)
    }
}

impl ChangeQuery {
    /// All that changed between two days.
    pub fn between(from: Date, to: Date) -> Self {
        let filter = ListFilter::default();
        Self { from, to, filter, passages: Vec::new(), after: 0, limit: usize::MAX }
    }

    fn asks_for(&self, item: &ChangedProject) -> bool {
        self.passages.is_empty() || self.passages.contains(&item.passage)
    }
}

fn count(counts: &mut Counts, query: &ChangeQuery, items: &[ChangedProject]) {
    for item in items {
        counts.projects += i64::from(query.asks_for(item));
        for change in &item.changes {
            counts.add(*change, 1);
        }
    }
}

/// The items of a page and one more, where there is one.
///
/// They are looked for in stretches of the projects' numbers, of a length in which about a page of
/// them should be found; where they are not, as when the changed projects have one neighbouring
/// numbers, the stretches grow.
async fn first_items(
    db: &impl ConnectionTrait,
    sight: &Sight,
    query: &ChangeQuery,
    between: &Between<'_>,
    most: i64,
) -> Result<Vec<ChangedProject>, StoreError> {
    let mut items = Vec::new();
    if most == 0 {
        return Ok(items);
    }
    let wanted = query.limit.saturating_add(1);
    let rows = u64::try_from(wanted).unwrap_or(u64::MAX);
    let last = last_project(db).await?;
    let expected = i64::try_from(wanted).unwrap_or(i64::MAX).saturating_mul(2);
    let mut length = expected.saturating_mul((last / most).saturating_add(1));
    let mut after = query.after;
    while items.len() < wanted && after < last {
        let until = after.saturating_add(length);
        let ids = between.window(db, (after, until), rows).await?;
        (after, length) = match ids.last() {
            // There may be more up to the end of the stretch.
            Some(id) if ids.len() == wanted => (*id, length),
            _ => (until, length.saturating_mul(2)),
        };
        if !ids.is_empty() {
            let found = changed(db, sight, query, Among::These(&ids)).await?;
            items.extend(found.into_iter().filter(|item| query.asks_for(item)));
        }
    }
    items.truncate(wanted);
    Ok(items)
}

async fn last_project(db: &impl ConnectionTrait) -> Result<i64, StoreError> {
    let last = Query::select()
        .expr_as(Expr::col(iden("id")).max(), iden("last"))
        .from(iden("project"))
        .to_owned();
    let row = db.query_one(&last).await?;
    let last = row.map(|row| Option::<i64>::try_get_by(&row, "last")).transpose()?;
    Ok(last.flatten().unwrap_or(0))
}

/// Which projects are compared.
#[derive(Clone, Copy)]
pub(super) enum Among<'a> {
    These(&'a [i64]),
    In(&'a SelectStatement),
}

impl Among<'_> {
    fn condition(self, id: SimpleExpr) -> SimpleExpr {
        match self {
            Self::These(ids) => id.is_in(ids.iter().copied()),
            Self::In(ids) => id.in_subquery(ids.clone()),
        }
    }
}

/// Those of some projects that changed, by number; they have no cards yet.
pub(super) async fn changed(
    db: &impl ConnectionTrait,
    sight: &Sight,
    query: &ChangeQuery,
    among: Among<'_>,
) -> Result<Vec<ChangedProject>, StoreError> {
    let on = |day| When { as_of: Some(day), known_at: None };
    let before = accepted(db, sight, query, on(query.from), among).await?;
    let after = accepted(db, sight, query, on(query.to), among).await?;
    let mut items = Vec::new();
    for id in before.keys().chain(after.keys()).copied().collect::<BTreeSet<i64>>() {
        let (old, new) = (before.get(&id), after.get(&id));
        let asked_for = [old, new].into_iter().flatten().any(|(_, passes)| *passes);
        let (old, new) = (old.map(|(old, _)| old), new.map(|(new, _)| new));
        let passage = compare(old, new);
        let changes = passage.kinds();
        if asked_for && !changes.is_empty() {
            let there = |standing: Option<&Standing>| {
                standing.filter(|standing| is_in_library(Some(standing.stage))).cloned()
            };
            let (before, after) = (there(old), there(new));
            items.push(ChangedProject { id, changes, passage, before, after, card: String::new() });
        }
    }
    Ok(items)
}

/// Those of some projects that were accepted on a day and changed their version since the other
/// one: a version that holds on both days is the same on both.
async fn accepted(
    db: &impl ConnectionTrait,
    sight: &Sight,
    query: &ChangeQuery,
    when: When,
    among: Among<'_>,
) -> Result<Day, StoreError> {
    let source = Source::of(db.get_database_backend(), when, query.to);
    let mut rows = source.rows(sight, &ListFilter::default());
    rows.and_where(among.condition(source.id()))
        .and_where(Expr::col(iden("filing")).eq(Filing::Accepted.as_str()))
        .and_where(
            Expr::col(iden("effective_from"))
                .gt(query.from.to_string())
                .or(Expr::col(iden("effective_to")).lte(query.to.to_string())),
        );
    let passes = Expr::case(source.passes(sight, &query.filter), true).finally(false);
    rows.expr_as(passes, iden("passes"));
    select_standing(&mut rows, source);
    db.query_all(&rows).await?.iter().map(standing).collect()
}

/// Adds the cards of a page, of the later day on which each project was in the library.
async fn put_cards(
    db: &impl ConnectionTrait,
    page: &mut ChangesPage,
    query: &ChangeQuery,
) -> Result<(), StoreError> {
    for (day, is_there) in [(query.to, true), (query.from, false)] {
        let items = page.items.iter().filter(|item| item.after.is_some() == is_there);
        let ids: Vec<i64> = items.map(|item| item.id).collect();
        if ids.is_empty() {
            continue;
        }
        let when = When { as_of: Some(day), known_at: None };
        let source = Source::of(db.get_database_backend(), when, day);
        let mut rows = source.rows(&Sight::everything(), &ListFilter::default());
        rows.columns(["project_id", "card"].map(iden)).and_where(source.id().is_in(ids));
        for row in &db.query_all(&rows).await? {
            let id = i64::try_get_by(row, "project_id")?;
            if let Some(item) = page.items.iter_mut().find(|item| item.id == id) {
                item.card = String::try_get_by(row, "card")?;
            }
        }
    }
    Ok(())
}

fn select_standing(rows: &mut SelectStatement, source: Source) {
    rows.expr_as(source.id(), iden("project_id"));
    for column in ["stage", "total_investment", "planned_funding", "arrived_funding"] {
        rows.column(iden(column));
    }
}

fn standing(row: &QueryResult) -> Result<(i64, (Standing, bool)), StoreError> {
    let stage = String::try_get_by(row, "stage")?;
    let money = |column: &str| i64::try_get_by(row, column).map(SignedMoney::from_fen);
    let total = Option::<i64>::try_get_by(row, "total_investment")?;
    let standing = Standing {
        stage: stage
            .parse()
            .map_err(|_| StoreError::inconsistent("project_version.stage", &stage))?,
        total_investment: total.map(SignedMoney::from_fen),
        planned_funding: money("planned_funding")?,
        arrived_funding: money("arrived_funding")?,
    };
    let passes = bool::try_get_by(row, "passes")? && is_in_library(Some(standing.stage));
    Ok((i64::try_get_by(row, "project_id")?, (standing, passes)))
}

fn compare(old: Option<&Standing>, new: Option<&Standing>) -> Passage {
    let stage = |standing: Option<&Standing>| standing.map(|standing| standing.stage);
    let money = |standing: Option<&Standing>| {
        standing.map(|of| (of.total_investment, of.planned_funding, of.arrived_funding))
    };
    let (before, after) = (stage(old), stage(new));
    let stays = is_in_library(before) && is_in_library(after);
    Passage { before, after, refunded: stays && money(old) != money(new) }
}
