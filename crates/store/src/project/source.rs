//! The rows that a read of many projects starts from: the current ones or the versions of a time,
//! within an actor's sight, by the list's filters.

use super::search::{Key, Search};
use super::{ListFilter, When};
use crate::project::facets::iden;
use crate::time::{self, NEVER, NO_END};
use sea_orm::DbBackend;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr};
use shortboard_domain::access::{Drafts, Scope, Sight};
use shortboard_domain::filing::Filing;
use shortboard_domain::money::Money;

/// Where rows come from: the table, and the name of the project's number in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Source<'a> {
    backend: DbBackend,
    pub table: &'static str,
    pub id: &'static str,
    when: When,
    search: Option<&'a Search>,
}

impl<'a> Source<'a> {
    /// The current rows, or the versions when another time is asked for.
    pub fn of(backend: DbBackend, when: When) -> Self {
        if when.is_now() {
            Self { backend, table: "project", id: "id", when, search: None }
        } else {
            let (table, id) = ("project_version", "project_id");
            Self { backend, table, id, when, search: None }
        }
    }

    /// The same with the way that [`crate::Store::search`] found.
    pub fn by(self, search: Option<&'a Search>) -> Self {
        Self { search, ..self }
    }

    /// The project's number.
    pub fn id(self) -> SimpleExpr {
        Expr::col((iden(self.table), iden(self.id)))
    }

    /// The rows in sight that the filter lets through; no column is selected yet.
    pub fn rows(self, sight: &Sight, filter: &ListFilter) -> SelectStatement {
        let mut query = Query::select();
        match self.search {
            Some(search) => {
                let found = search.put_rows(&mut query, self.backend, self.table);
                query.and_where(found);
            }
            None => {
                query.from(iden(self.table));
            }
        }
        query.cond_where(self.in_time());
        if let Some(condition) = self.in_sight(sight) {
            query.and_where(condition);
        }
        for condition in self.filtered(filter) {
            query.and_where(condition);
        }
        query
    }

    /// Whether a row passes the filter, for reads that need the other rows too.
    pub fn passes(self, filter: &ListFilter) -> SimpleExpr {
        self.filtered(filter).into_iter().reduce(ExprTrait::and).unwrap_or(Expr::val(1).eq(1))
    }

    fn in_time(self) -> Cond {
        let mut all = Cond::all();
        if self.when.is_now() {
            return all;
        }
        all = match self.when.as_of {
            Some(day) => all
                .add(Expr::col(iden("effective_from")).lte(day.to_string()))
                .add(Expr::col(iden("effective_to")).gt(day.to_string())),
            None => all.add(Expr::col(iden("effective_to")).eq(NO_END)),
        };
        match self.when.known_at.map(time::micros) {
            Some(time) => all
                .add(Expr::col(iden("recorded_from")).lte(time))
                .add(Expr::col(iden("recorded_to")).gt(time)),
            None => all.add(Expr::col(iden("recorded_to")).eq(NEVER)),
        }
    }

    fn in_sight(self, sight: &Sight) -> Option<SimpleExpr> {
        let scope = match &sight.scope {
            Scope::City => None,
            Scope::Region(code) => Some(
                Expr::col(iden("region"))
                    .eq(code.as_str())
                    .or(self.lists("also_in", code.as_str())),
            ),
            Scope::Department(code) => Some(self.lists("departments", code.as_str())),
            Scope::Group(code) => Some(Expr::col(iden("owner_group")).eq(code.as_str())),
        };
        let own = |author: &String| Expr::col(iden("author")).eq(author.as_str());
        let accepted = Expr::col(iden("filing")).eq(Filing::Accepted.as_str());
        match &sight.drafts {
            Drafts::None => Some(match scope {
                Some(scope) => accepted.and(scope),
                None => accepted,
            }),
            Drafts::Of(author) => Some(match scope {
                Some(scope) => accepted.and(scope).or(own(author)),
                None => accepted.or(own(author)),
            }),
            Drafts::All(author) => scope.map(|scope| scope.or(own(author))),
        }
    }

    fn filtered(self, filter: &ListFilter) -> Vec<SimpleExpr> {
        let mut all = Vec::new();
        let mut words = |column: &'static str, values: Vec<&str>| {
            if !values.is_empty() {
                all.push(Expr::col(iden(column)).is_in(values));
            }
        };
        words("stage", filter.stage.iter().map(|word| word.as_str()).collect());
        words("filing", filter.filing.iter().map(|word| word.as_str()).collect());
        words("area", filter.area.iter().map(|code| code.as_str()).collect());
        words("region", filter.region.iter().map(|code| code.as_str()).collect());
        words("owner_group", filter.group.iter().map(|code| code.as_str()).collect());
        let departments = filter.department.iter().map(|code| code.as_str());
        all.extend(self.lists_any("departments", departments));
        all.extend(self.lists_any("channels", filter.channel.iter().map(|code| code.as_str())));
        if !filter.start_year.is_empty() {
            let years = filter.start_year.iter().map(|year| i64::from(*year));
            all.push(Expr::col(iden("start_year")).is_in(years));
        }
        if !filter.light.is_empty() {
            // No monthly progress is kept yet, so that no project shows a light.
            all.push(Expr::val(1).eq(0));
        }
        let investment = || Expr::col(iden("total_investment"));
        all.extend(filter.min_investment.map(Money::fen).map(|least| investment().gte(least)));
        all.extend(filter.max_investment.map(Money::fen).map(|most| investment().lte(most)));
        if let (Some(words), None) = (&filter.q, self.search) {
            all.push(match Key::of(words) {
                None => Expr::val(1).eq(0),
                Some(key) if self.when.is_now() => key.is_in_words_of(self.backend, self.id()),
                Some(key) => key.is_in_version(self.backend, self.id()),
            });
        }
        all
    }

    /// Whether a column of codes lists one.
    pub fn lists(self, column: &'static str, code: &str) -> SimpleExpr {
        self.contains(column, &format!(",{code},"))
    }

    fn lists_any<'c>(
        self,
        column: &'static str,
        codes: impl Iterator<Item = &'c str>,
    ) -> Option<SimpleExpr> {
        codes.map(|code| self.lists(column, code)).reduce(ExprTrait::or)
    }

    pub fn contains(self, column: &'static str, text: &str) -> SimpleExpr {
        let position = match self.backend {
            DbBackend::Postgres => "strpos",
            _ => "instr",
        };
        let found: SimpleExpr =
            Func::cust(iden(position)).arg(Expr::col(iden(column))).arg(text).into();
        found.gt(0)
    }
}
