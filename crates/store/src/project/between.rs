//! What the steps tell of the time between two days, within an actor's sight: how many projects
//! changed in each way, which they are, and of which the versions themselves must be asked.

use super::changes::ChangeKind;
use super::facets::iden;
use super::passage::{ENTERED, LEFT, MOVED, Passage, REFUNDED};
use super::source::contains;
use super::step::{DEPARTMENT, GROUP, REGION, days_between, number};
use super::summary::{high, low, sum};
use crate::error::StoreError;
use jiff::civil::Date;
use sea_orm::sea_query::{
    Alias, CaseStatement, Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, TryGetable};
use shortboard_domain::access::{Drafts, Scope, Sight};
use std::collections::BTreeMap;

/// In the place of a passage: the steps cannot tell. It has no bit of a kind.
const DOUBTFUL: i16 = 16384;

/// The states before that a step knows: since when, how it differs, the total investment then.
const STATES: [(&str, &str, &str); 3] = [
    ("before_1", "passage_1", "total_1"),
    ("before_2", "passage_2", "total_2"),
    ("before_3", "passage_3", "total_3"),
];

/// The columns of the counts.
const COUNTS: [(ChangeKind, i16, &str); 4] = [
    (ChangeKind::Entered, ENTERED, "entered"),
    (ChangeKind::Left, LEFT, "left_it"),
    (ChangeKind::Moved, MOVED, "moved"),
    (ChangeKind::Refunded, REFUNDED, "refunded"),
];

/// The time between two days, as somebody sees it.
pub(crate) struct Between<'a> {
    backend: DbBackend,
    sight: &'a Sight,
    from: i32,
    to: i32,
    /// The passages asked for; none for all.
    wanted: Vec<i16>,
}

/// How many projects changed.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// In each way, those left out that are doubtful.
    pub counts: BTreeMap<ChangeKind, i64>,
    /// How many projects made a passage that is asked for, those left out that are doubtful.
    pub projects: i64,
    /// Of how many the versions must be asked.
    pub doubtful: i64,
}

/// What projects made the same passage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub projects: i64,
    /// The sum of their total investment on the first day and on the second one, fen.
    pub before: i128,
    pub after: i128,
}

impl<'a> Between<'a> {
    /// After the first day, up to the second one.
    pub fn new(
        backend: DbBackend,
        sight: &'a Sight,
        from: Date,
        to: Date,
    ) -> Result<Self, StoreError> {
        let [from, to] = [number(&from.to_string())?, number(&to.to_string())?];
        Ok(Self { backend, sight, from, to, wanted: Vec::new() })
    }

    /// Of some passages alone; none for all.
    pub fn of(self, passages: &[Passage]) -> Self {
        Self { wanted: passages.iter().map(|passage| passage.number()).collect(), ..self }
    }

    /// Counts what changed.
    pub async fn counts(&self, db: &impl ConnectionTrait) -> Result<Counts, StoreError> {
        let mut steps = self.last_steps();
        steps.and_where(self.in_range());
        let mut count = Query::select();
        count.from_subquery(steps, Alias::new("told"));
        for (_, bit, name) in COUNTS {
            count.expr_as(counted(bit), iden(name));
        }
        count.expr_as(self.count_wanted(), iden("projects"));
        count.expr_as(counted(DOUBTFUL), iden("doubtful"));
        let mut found = Counts::default();
        for row in &db.query_all(&count).await? {
            for (kind, _, name) in COUNTS {
                found.add(kind, i64::try_get_by(row, name)?);
            }
            found.projects = i64::try_get_by(row, "projects")?;
            found.doubtful = i64::try_get_by(row, "doubtful")?;
        }
        Ok(found)
    }

    /// Adds up what projects made the same passage, those left out that are doubtful, and tells
    /// whether there are such.
    pub async fn flows(
        &self,
        db: &impl ConnectionTrait,
    ) -> Result<(BTreeMap<Passage, Sums>, bool), StoreError> {
        let mut steps = self.last_steps();
        let mut before = CaseStatement::new();
        for (since, _, total) in STATES {
            before = before.case(self.is_since(since), Expr::col(iden(total)));
        }
        steps
            .and_where(self.in_range())
            .expr_as(before.finally(0_i64), iden("total_before"))
            .expr_as(Expr::col(iden("total")), iden("total_after"));
        let mut add_up = Query::select();
        add_up
            .column(iden("kind"))
            .expr_as(Expr::cust("COUNT(*)"), iden("projects"))
            .from_subquery(steps, Alias::new("told"))
            .and_where(Expr::col(iden("kind")).ne(0))
            .group_by_col(iden("kind"));
        for total in ["total_before", "total_after"] {
            add_up.expr_as(Expr::cust(high(total)), Alias::new(format!("{total}_high")));
            add_up.expr_as(Expr::cust(low(total)), Alias::new(format!("{total}_low")));
        }
        let (mut flows, mut has_doubtful) = (BTreeMap::new(), false);
        for row in &db.query_all(&add_up).await? {
            let kind = i16::try_get_by(row, "kind")?;
            if kind == DOUBTFUL {
                has_doubtful = true;
                continue;
            }
            let sums = Sums {
                projects: i64::try_get_by(row, "projects")?,
                before: sum(row, "total_before")?,
                after: sum(row, "total_after")?,
            };
            flows.insert(Passage::of(kind)?, sums);
        }
        Ok((flows, has_doubtful))
    }

    /// The numbers of all projects that may have changed.
    pub fn candidates(&self) -> SelectStatement {
        let mut ids = self.ids(self.kind().ne(0));
        ids.and_where(self.in_range());
        ids
    }

    /// The numbers of the projects of which the versions must be asked.
    pub fn doubtful(&self) -> SelectStatement {
        let mut ids = self.ids(self.kind().eq(DOUBTFUL));
        ids.and_where(self.in_range());
        ids
    }

    /// The first projects that may have changed, of those with a number after `after`, up to
    /// `until`.
    pub async fn window(
        &self,
        db: &impl ConnectionTrait,
        (after, until): (i64, i64),
        limit: u64,
    ) -> Result<Vec<i64>, StoreError> {
        let id = || Expr::col(iden("project_id"));
        let mut ids = self.ids(self.is_asked_for());
        ids.and_where(days_between(self.from, self.to))
            .and_where(id().gt(after))
            .and_where(id().lte(until))
            .order_by(iden("project_id"), Order::Asc)
            .limit(limit);
        let rows: Vec<QueryResult> = db.query_all(&ids).await?;
        Ok(rows.iter().map(|row| i64::try_get_by(row, "project_id")).collect::<Result<_, _>>()?)
    }

    fn ids(&self, condition: SimpleExpr) -> SelectStatement {
        let mut ids = self.steps();
        ids.column(iden("project_id")).and_where(condition);
        ids
    }

    fn last_steps(&self) -> SelectStatement {
        let mut steps = self.steps();
        steps.expr_as(self.kind(), iden("kind"));
        steps
    }

    /// Of each project its last step up to the second day, if it may be in sight; the range of days
    /// is for the caller to give.
    fn steps(&self) -> SelectStatement {
        let mut steps = Query::select();
        steps.from(iden("project_step")).and_where(Expr::col(iden("until")).gt(self.to));
        if let Some(seen) = self.seen() {
            // The reach is that of three states before; earlier ones may have been in sight.
            let deep = Expr::col(iden("before_3")).gt(self.from);
            steps.and_where(seen.or(Expr::col(iden("reach")).is_null()).or(deep));
        }
        steps
    }

    fn in_range(&self) -> SimpleExpr {
        let day = || Expr::col(iden("day"));
        day().gt(self.from).and(day().lte(self.to))
    }

    /// How the project differs from what it was on the first day. In the whole city that is all;
    /// within a scope, the reach must be the same in all states compared.
    fn kind(&self) -> SimpleExpr {
        let mut kind = CaseStatement::new();
        if self.sight.scope != Scope::City {
            kind = kind.case(Expr::col(iden("reach")).is_null(), DOUBTFUL);
        }
        for (since, passage, _) in STATES {
            kind = kind.case(self.is_since(since), Expr::col(iden(passage)));
        }
        kind.finally(DOUBTFUL).into()
    }

    /// Whether a state before held on the first day.
    fn is_since(&self, column: &'static str) -> SimpleExpr {
        Expr::col(iden(column)).lte(self.from)
    }

    /// Counts the passages that are asked for; a doubtful one is not.
    fn count_wanted(&self) -> SimpleExpr {
        let wanted: Vec<String> = self.wanted.iter().map(ToString::to_string).collect();
        let condition = match wanted.is_empty() {
            true => format!("kind NOT IN (0, {DOUBTFUL})"),
            false => format!("kind IN ({})", wanted.join(", ")),
        };
        Expr::cust(format!("COUNT(*) FILTER (WHERE {condition})"))
    }

    /// Whether a project made a passage that is asked for, or may have.
    fn is_asked_for(&self) -> SimpleExpr {
        match self.wanted.as_slice() {
            [] => self.kind().ne(0),
            wanted => self.kind().is_in(wanted.iter().copied().chain([DOUBTFUL])),
        }
    }

    /// Whether a step is seen, by its reach; `None` in the whole city. What is in the library is
    /// accepted, so that drafts do not matter, but one's own projects are seen wherever they lie.
    fn seen(&self) -> Option<SimpleExpr> {
        let (letter, code) = match &self.sight.scope {
            Scope::City => return None,
            Scope::Region(code) => (REGION, code.as_str()),
            Scope::Department(code) => (DEPARTMENT, code.as_str()),
            Scope::Group(code) => (GROUP, code.as_str()),
        };
        let seen = contains(self.backend, "reach", &format!(",{letter}{code},"));
        Some(match &self.sight.drafts {
            Drafts::None => seen,
            Drafts::Of(author) | Drafts::All(author) => {
                let mut own = Query::select();
                own.column(iden("id"))
                    .from(iden("project"))
                    .and_where(Expr::col(iden("author")).eq(author.as_str()));
                seen.or(Expr::col(iden("project_id")).in_subquery(own))
            }
        })
    }
}

impl Counts {
    /// Counts projects.
    pub fn add(&mut self, kind: ChangeKind, projects: i64) {
        if projects > 0 {
            *self.counts.entry(kind).or_default() += projects;
        }
    }

    /// How many projects may be found.
    pub fn most(&self) -> i64 {
        self.projects + self.doubtful
    }
}

/// How many steps have a bit of a kind.
fn counted(bit: i16) -> SimpleExpr {
    Expr::cust(format!("COUNT(*) FILTER (WHERE (kind & {bit}) <> 0)"))
}
