//! What the steps tell of the time between two days, within an actor's sight: how many projects
//! changed in each way, which they are, and of which the versions themselves must be asked.

use super::changes::ChangeKind;
use super::facets::iden;
use super::source::contains;
use super::step::{
    DEPARTMENT, ENTERED, GROUP, LEFT, MOVED, REFUNDED, REGION, days_between, number,
};
use crate::error::StoreError;
use jiff::civil::Date;
use sea_orm::sea_query::{
    Alias, CaseStatement, Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, TryGetable};
use shortboard_domain::access::{Drafts, Scope, Sight};
use std::collections::BTreeMap;

/// Beside the kinds of a step: the steps cannot tell.
const DOUBTFUL: i16 = 16;

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
}

/// How many projects changed.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// In each way, those left out that are doubtful.
    pub counts: BTreeMap<ChangeKind, i64>,
    /// Of how many the versions must be asked.
    pub doubtful: i64,
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
        Ok(Self { backend, sight, from, to })
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
        count.expr_as(counted(DOUBTFUL), iden("doubtful"));
        let mut found = Counts::default();
        for row in &db.query_all(&count).await? {
            for (kind, _, name) in COUNTS {
                found.add(kind, i64::try_get_by(row, name)?);
            }
            found.doubtful = i64::try_get_by(row, "doubtful")?;
        }
        Ok(found)
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
        let mut ids = self.ids(self.kind().ne(0));
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
        let since = |column: &'static str| Expr::col(iden(column)).lte(self.from);
        let mut kind = CaseStatement::new();
        if self.sight.scope != Scope::City {
            kind = kind.case(Expr::col(iden("reach")).is_null(), DOUBTFUL);
        }
        for (before, difference) in
            [("before_1", "kind_1"), ("before_2", "kind_2"), ("before_3", "kind_3")]
        {
            kind = kind.case(since(before), Expr::col(iden(difference)));
        }
        kind.finally(DOUBTFUL).into()
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

    /// How many changes there are at the most.
    pub fn changes(&self) -> i64 {
        self.counts.values().sum::<i64>() + self.doubtful
    }
}

/// How many steps have a kind.
fn counted(bit: i16) -> SimpleExpr {
    Expr::cust(format!("COUNT(*) FILTER (WHERE (kind & {bit}) <> 0)"))
}
