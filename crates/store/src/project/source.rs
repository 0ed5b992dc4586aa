//! The rows that a read of many projects starts from: the current ones or the versions of a time,
//! within an actor's sight, by the list's filters.

use super::found::Found;
use super::link::Facet;
use super::need::{self, Asked};
use super::search::{Key, Search};
use super::walk::{self, Term, Terms};
use super::{ListFilter, When};
use crate::project::facets::iden;
use crate::project::indexes::{INVESTMENT, OPEN};
use crate::time::{self, NO_END};
use jiff::civil::Date;
use sea_orm::DbBackend;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr};
use shortboard_domain::access::{Drafts, Scope, Sight};
use shortboard_domain::filing::Filing;
use shortboard_domain::money::Money;
use shortboard_domain::need::Need;

/// Where rows come from: the table, and the name of the project's number in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    backend: DbBackend,
    pub table: &'static str,
    pub id: &'static str,
    when: When,
    /// The day whose needs are asked for.
    day: Date,
    found: Option<&'a Found>,
}

impl<'a> Source<'a> {
    /// The current rows, or the versions when another time is asked for.
    pub fn of(backend: DbBackend, when: When, today: Date) -> Self {
        let day = when.as_of.unwrap_or(today);
        let (table, id) =
            if when.is_now() { ("project", "id") } else { ("project_version", "project_id") };
        Self { backend, table, id, when, day, found: None }
    }

    /// The same with what [`crate::Store::found`] found.
    pub fn by(self, found: &'a Found) -> Self {
        Self { found: Some(found), ..self }
    }

    /// Whether it is the current rows.
    pub fn is_now(self) -> bool {
        self.when.is_now()
    }

    pub fn backend(self) -> DbBackend {
        self.backend
    }

    /// The project's number.
    pub fn id(self) -> SimpleExpr {
        Expr::col((iden(self.table), iden(self.id)))
    }

    /// The columns that tell which row it is, and the names they get; of rows in a table beside the
    /// projects, when these are walked along.
    pub fn identity(self, is_beside: bool) -> Vec<(&'static str, &'static str)> {
        match (self.is_now(), is_beside) {
            (true, true) => vec![("project_id", "project_id")],
            (true, false) => vec![("id", "project_id")],
            (false, _) => ["project_id", "seq", "effective_from"].map(|name| (name, name)).into(),
        }
    }

    /// Whether `full_row` is the row that [`Source::identity`] tells of.
    pub fn is_row_of(self, page: &str) -> String {
        if self.is_now() {
            return format!("full_row.id = {page}.project_id");
        }
        format!(
            "full_row.project_id = {page}.project_id AND full_row.seq = {page}.seq \
             AND full_row.effective_from = {page}.effective_from"
        )
    }

    /// The rows in sight that the filter lets through; no column is selected yet.
    pub fn rows(self, sight: &Sight, filter: &ListFilter) -> SelectStatement {
        let mut query = Query::select();
        query.cond_where(self.in_time());
        let terms = self.terms(sight, filter);
        put_rows(&mut query, self.table, &terms);
        if let Some(condition) = self.in_sight(sight) {
            query.and_where(condition);
        }
        for term in terms.into_iter().filter(|term| term.few().is_none()) {
            query.and_where(self.condition(term));
        }
        query
    }

    /// Whether a row passes the filter, for reads that need the other rows too.
    pub fn passes(self, sight: &Sight, filter: &ListFilter) -> SimpleExpr {
        let terms = self.terms(sight, filter).into_iter().map(|term| self.condition(term));
        terms.reduce(ExprTrait::and).unwrap_or(Expr::val(1).eq(1))
    }

    fn condition(self, term: Term) -> SimpleExpr {
        match term {
            Term::Column(column, values) => walk::one_of(Expr::col(iden(column)), &values),
            Term::Link(facet, codes) => self.linked(self.table, facet, &codes),
            Term::Investment(least, most) => within(&Expr::cust(INVESTMENT), least, most),
            Term::Few(numbers) => self.id().in_subquery(*numbers),
            Term::Need(asked) => asked.is_had_by(self.id()),
            Term::Words(key) => key.is_in_words_of(self.backend, self.id()),
            Term::Other(condition) => condition,
        }
    }

    /// Whether a row holds at the time asked about.
    pub fn in_time(self) -> Cond {
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
            // To the letter as the indexes on the open versions have it.
            None => all.add(Expr::cust(OPEN)),
        }
    }

    /// The rows of the caller's own projects, by the filter, that it would not see if they were
    /// another's; `None` where there can be none.
    pub fn own_besides(self, sight: &Sight, filter: &ListFilter) -> Option<SelectStatement> {
        // Said so that an index by author tells most of it without a look at the rows.
        let outside = match &sight.scope {
            Scope::City => None,
            Scope::Region(code) => {
                let also_there = self.lists("also_in", code.as_str());
                Some(Expr::col(iden("region")).ne(code.as_str()).and(also_there.not()))
            }
            Scope::Department(code) => Some(self.lists("departments", code.as_str()).not()),
            Scope::Group(code) => Some(Expr::cust("COALESCE(owner_group, '')").ne(code.as_str())),
        };
        let open = Expr::col(iden("filing")).ne(Filing::Accepted.as_str());
        let (author, unseen) = match (&sight.drafts, outside) {
            (Drafts::None, _) | (Drafts::All(_), None) => return None,
            (Drafts::All(author), Some(outside)) => (author, outside),
            (Drafts::Of(author), Some(outside)) => (author, open.or(outside)),
            (Drafts::Of(author), None) => (author, open),
        };
        let mut query = Query::select();
        query.from(iden(self.table)).cond_where(self.in_time());
        query.and_where(Expr::col(iden("author")).eq(author.as_str())).and_where(unseen);
        for term in self.terms(sight, filter) {
            query.and_where(self.condition(term));
        }
        Some(query)
    }

    /// Whether a row lies in a scope; `None` where all do.
    pub fn in_scope(self, scope: &Scope) -> Option<SimpleExpr> {
        match scope {
            Scope::City => None,
            Scope::Region(code) => {
                let here = Expr::col(iden("region")).eq(code.as_str());
                Some(here.or(self.lists("also_in", code.as_str())))
            }
            Scope::Department(code) => Some(self.lists("departments", code.as_str())),
            Scope::Group(code) => Some(Expr::col(iden("owner_group")).eq(code.as_str())),
        }
    }

    fn in_sight(self, sight: &Sight) -> Option<SimpleExpr> {
        let scope = self.in_scope(&sight.scope);
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

    /// The terms of a filter.
    pub fn terms(self, sight: &Sight, filter: &ListFilter) -> Terms {
        let investment = (filter.min_investment, filter.max_investment);
        let years = filter.start_year.iter().map(|year| i64::from(*year));
        let terms = [
            Term::one_of("stage", filter.stage.iter().map(|word| word.as_str())),
            Term::one_of("filing", filter.filing.iter().map(|word| word.as_str())),
            Term::one_of("area", filter.area.iter().map(|code| code.as_str())),
            Term::one_of("region", filter.region.iter().map(|code| code.as_str())),
            Term::one_of("owner_group", groups(filter)),
            Term::linked(Facet::Department, filter.department.iter().map(|code| code.as_str())),
            Term::linked(Facet::Channel, filter.channel.iter().map(|code| code.as_str())),
            Term::one_of("start_year", years),
            // No monthly progress is kept yet, so that no project shows a light.
            (!filter.light.is_empty()).then(|| Term::Other(Expr::val(1).eq(0))),
            (investment != (None, None)).then(|| {
                Term::Investment(investment.0.map(Money::fen), investment.1.map(Money::fen))
            }),
            Term::one_of("author", filter.author.iter().map(String::as_str)),
            filter.stayed_since.map(|day| Term::Other(self.stayed_since(sight, day))),
            self.waiting(&filter.need),
            self.searched(filter.q.as_deref()),
        ];
        terms.into_iter().flatten().collect()
    }

    /// Whether a row's project stood, accepted and in sight, at the row's stage on a day as well.
    fn stayed_since(self, sight: &Sight, day: Date) -> SimpleExpr {
        let then = Self::of(self.backend, When { as_of: Some(day), ..self.when }, day);
        let earlier = |column: &'static str| Expr::col((iden("earlier"), iden(column)));
        let mut versions = Query::select();
        versions
            .expr(Expr::val(1))
            .from_as(iden(then.table), iden("earlier"))
            .and_where(earlier(then.id).equals((iden(self.table), iden(self.id))))
            .and_where(earlier("stage").equals((iden(self.table), iden("stage"))))
            .and_where(earlier("filing").eq(Filing::Accepted.as_str()))
            .cond_where(then.in_time());
        if let Some(condition) = then.in_sight(sight) {
            versions.and_where(condition);
        }
        Expr::exists(versions)
    }

    /// What needs ask of a row.
    fn waiting(self, needs: &[Need]) -> Option<Term> {
        let few = self.found.and_then(|found| found.waiting.clone());
        let asked = Asked::of(needs, self.day, few)?;
        Some(match self.is_now() {
            true => Term::Need(asked),
            false => Term::Other(need::version_has(self.backend, needs, self.day)),
        })
    }

    /// What a search asks of a row, by the way that was found for it or without one.
    fn searched(self, words: Option<&str>) -> Option<Term> {
        let nothing = || Term::Other(Expr::val(1).eq(0));
        if let Some(search) = self.found.and_then(|found| found.search.as_ref()) {
            return Some(match search {
                Search::Nothing => nothing(),
                Search::Few(numbers) => Term::Few(numbers.clone()),
                Search::Many(key) => Term::Words(key.clone()),
            });
        }
        Some(match Key::of(words?) {
            None => nothing(),
            Some(key) if self.is_now() => Term::Words(key),
            Some(key) => Term::Other(key.is_in_version(self.backend, self.id())),
        })
    }

    /// Whether the project of a row of `table` has one of several things. Regions and departments
    /// stand in every row and index; of channels the links tell, which versions do not have.
    pub fn linked(self, table: &str, facet: Facet, codes: &[String]) -> SimpleExpr {
        if !self.is_now() || facet != Facet::Channel {
            let has = |code: &String| match facet {
                Facet::Seen => {
                    Expr::col(iden("region")).eq(code.as_str()).or(self.lists("also_in", code))
                }
                Facet::Department => self.lists("departments", code),
                Facet::Channel => self.lists("channels", code),
            };
            return codes.iter().map(has).reduce(ExprTrait::or).unwrap_or(Expr::val(1).eq(0));
        }
        let id = if table == self.table { self.id } else { "project_id" };
        let link = |column: &'static str| Expr::col((iden("link"), iden(column)));
        let links = Query::select()
            .expr(Expr::val(1))
            .from_as(iden("project_link"), iden("link"))
            .and_where(link("project_id").equals((iden(table), iden(id))))
            .and_where(link("facet").eq(facet.as_str()))
            .and_where(among(link("code"), codes))
            .to_owned();
        Expr::exists(links)
    }

    /// Whether a column of codes lists one.
    pub fn lists(self, column: &'static str, code: &str) -> SimpleExpr {
        self.contains(column, &format!(",{code},"))
    }

    pub fn contains(self, column: &'static str, text: &str) -> SimpleExpr {
        contains(self.backend, column, text)
    }
}

/// The groups asked for; null stands for none.
fn groups(filter: &ListFilter) -> impl Iterator<Item = Option<&str>> {
    let named = filter.group.iter().map(|code| Some(code.as_str()));
    named.chain(filter.no_group.then_some(None))
}

/// Whether a value is one of several; of one alone, the plain way, which every planner knows.
pub(crate) fn among(value: SimpleExpr, codes: &[String]) -> SimpleExpr {
    match codes {
        [code] => value.eq(code.as_str()),
        codes => value.is_in(codes),
    }
}

/// Whether an investment, -1 for a blank one, lies within bounds.
pub(crate) fn within(total: &SimpleExpr, least: Option<i64>, most: Option<i64>) -> SimpleExpr {
    let most = most.map(|most| total.clone().lte(most).and(total.clone().gte(0)));
    let both = least.map(|least| total.clone().gte(least)).into_iter().chain(most);
    both.reduce(ExprTrait::and).unwrap_or(Expr::val(1).eq(1))
}

/// Whether a column contains a text.
pub(crate) fn contains(backend: DbBackend, column: &'static str, text: &str) -> SimpleExpr {
    let position = match backend {
        DbBackend::Postgres => "strpos",
        _ => "instr",
    };
    let found: SimpleExpr =
        Func::cust(iden(position)).arg(Expr::col(iden(column))).arg(text).into();
    found.gt(0)
}

/// Puts a table's rows in a query's FROM: where a search has found few, those alone, by their
/// numbers, whatever the planner thinks of other ways.
pub(crate) fn put_rows<'q>(
    query: &'q mut SelectStatement,
    table: &'static str,
    terms: &[Term],
) -> &'q mut SelectStatement {
    let Some(numbers) = terms.iter().find_map(Term::few) else {
        return query.from(iden(table));
    };
    // Only SQLite takes a cross join for an order to be kept to; PostgreSQL counts.
    let number = Expr::col((iden("found"), iden("number")));
    query
        .from_subquery(numbers.clone(), iden("found"))
        .cross_join(iden(table))
        .and_where(Expr::col((iden(table), iden("id"))).eq(number))
}
