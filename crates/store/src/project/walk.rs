//! How a page of the list is found: by walking an index in the order asked for, past what the filter
//! or the caller's sight leaves out, and looking at nothing but the index.
//!
//! What a caller sees of the current projects is up to two walks that share none: what lies in
//! scope, and what the caller registered elsewhere.

use super::ListFilter;
use super::link::Facet;
use super::list::{Key as SortKey, Sort};
use super::need::Asked;
use super::search::Key;
use super::source::{Source, among, put_rows, within};
use crate::project::facets::iden;
use crate::project::indexes::{INVESTMENT, LEAST_INVESTMENT};
use sea_orm::DbBackend;
use sea_orm::sea_query::{
    Asterisk, Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr, UnionType, Value,
};
use shortboard_domain::access::{Drafts, Scope, Sight};
use shortboard_domain::filing::Filing;

/// A condition on a project.
#[derive(Debug, Clone)]
pub(crate) enum Term {
    /// A column holds one of these.
    Column(&'static str, Vec<Value>),
    /// One of these is among what the project has several of.
    Link(Facet, Vec<String>),
    /// The total investment lies within.
    Investment(Option<i64>, Option<i64>),
    /// The projects of these numbers, few enough to be sorted.
    Few(Box<SelectStatement>),
    /// The words have a text, as those of many projects do.
    Words(Key),
    /// Something waits to be done.
    Need(Asked),
    /// Something that no index tells.
    Other(SimpleExpr),
}

/// The projects that meet all terms.
pub(crate) type Terms = Vec<Term>;

/// The place after which a page begins: the value it is sorted by, and the project's number.
pub(crate) type Place<'a> = Option<(&'a SortKey, i64)>;

/// What an index leads to, the rarest first; a name that is not here leads nowhere.
const LEADING: [&str; 10] = [
    "author",
    "channel",
    "department",
    "owner_group",
    "start_year",
    "seen",
    "region",
    "area",
    "stage",
    "filing",
];

impl Term {
    pub fn one_of<V: Into<Value>>(
        column: &'static str,
        values: impl IntoIterator<Item = V>,
    ) -> Option<Self> {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        (!values.is_empty()).then_some(Self::Column(column, values))
    }

    pub fn linked<'a>(facet: Facet, codes: impl Iterator<Item = &'a str>) -> Option<Self> {
        let codes: Vec<String> = codes.map(str::to_owned).collect();
        (!codes.is_empty()).then_some(Self::Link(facet, codes))
    }

    /// The numbers of the projects that it leaves, in a column `number`, where these are few.
    pub fn few(&self) -> Option<&SelectStatement> {
        match self {
            Self::Few(numbers) => Some(numbers),
            Self::Need(asked) => asked.few.as_deref(),
            _ => None,
        }
    }

    /// Whether nearly all projects meet it.
    fn is_common(&self) -> bool {
        let accepted = Value::from(Filing::Accepted.as_str());
        matches!(self, Self::Column("filing", values) if values.contains(&accepted))
    }

    /// How rare it is, 0 for the rarest; `None` where no single stretch of an index leads to it.
    fn rank(&self) -> Option<usize> {
        let name = match self {
            Self::Column(column, values) if values.len() == 1 => *column,
            Self::Link(facet, codes) if codes.len() == 1 => facet.as_str(),
            _ => return None,
        };
        LEADING.iter().position(|leading| *leading == name)
    }
}

/// Whether a column holds one of some values, among which null stands for nothing there.
pub(super) fn one_of(column: SimpleExpr, values: &[Value]) -> SimpleExpr {
    let nothing = Value::from(None::<String>);
    let given: Vec<&Value> = values.iter().filter(|value| **value != nothing).collect();
    let is_blank = (given.len() < values.len()).then(|| column.clone().is_null());
    let is_given = match given[..] {
        [] => None,
        [value] => Some(column.eq(value.clone())),
        _ => Some(column.is_in(given.into_iter().cloned())),
    };
    let either = is_given.into_iter().chain(is_blank).reduce(ExprTrait::or);
    either.unwrap_or(Expr::val(1).eq(0))
}

/// What a caller sees, by the filter, as walks that share no project.
pub(crate) fn walks(source: Source<'_>, sight: &Sight, filter: &ListFilter) -> Vec<Terms> {
    let terms = source.terms(sight, filter);
    let with = |more: &[Option<Term>]| -> Terms {
        terms.iter().cloned().chain(more.iter().flatten().cloned()).collect()
    };
    let accepted = || Term::one_of("filing", [Filing::Accepted.as_str()]);
    let own = |author: &str| Term::one_of("author", [author]);
    let elsewhere = |seen: Option<SimpleExpr>| {
        seen.map(|seen| Term::Other(Expr::case(seen, 1).finally(0).eq(0)))
    };
    let scope = scope_term(&sight.scope);
    match &sight.drafts {
        Drafts::None => vec![with(&[accepted(), scope])],
        Drafts::All(_) if scope.is_none() => vec![with(&[])],
        Drafts::All(author) => {
            let rest = elsewhere(source.in_scope(&sight.scope));
            vec![with(&[scope]), with(&[own(author), rest])]
        }
        Drafts::Of(author) => {
            let filed = Expr::col(iden("filing")).eq(Filing::Accepted.as_str());
            let seen = match source.in_scope(&sight.scope) {
                Some(scope) => filed.and(scope),
                None => filed,
            };
            vec![with(&[accepted(), scope]), with(&[own(author), elsewhere(Some(seen))])]
        }
    }
}

fn scope_term(scope: &Scope) -> Option<Term> {
    match scope {
        Scope::City => None,
        Scope::Region(code) => Term::linked(Facet::Seen, [code.as_str()].into_iter()),
        Scope::Department(code) => Term::linked(Facet::Department, [code.as_str()].into_iter()),
        Scope::Group(code) => Term::one_of("owner_group", [code.as_str()]),
    }
}

/// The rows of a page, in order, at most `limit`: `sort_key` and the columns that tell which row it
/// is (see [`Source::identity`]).
pub(crate) fn page(
    source: Source<'_>,
    walks: &[Terms],
    sort: Sort,
    after: Place<'_>,
    limit: u64,
) -> SelectStatement {
    let mut parts = walks.iter().flat_map(|terms| stretches(source, terms, sort, after, limit));
    let Some(first) = parts.next() else { return Query::select() };
    let wrapped = |part: SelectStatement, number: usize| {
        Query::select()
            .column(Asterisk)
            .from_subquery(part, iden(format!("walk_{number}")))
            .to_owned()
    };
    let rest: Vec<SelectStatement> = parts.collect();
    if rest.is_empty() {
        return first;
    }
    let mut all = wrapped(first, 0);
    for (number, part) in (1..).zip(rest) {
        all.union(UnionType::All, wrapped(part, number));
    }
    all.order_by(iden("sort_key"), sort.direction())
        .order_by(iden("project_id"), sort.direction())
        .limit(limit);
    all
}

/// How many rows the walks find, counting at most `most`: the rows to be counted.
pub(crate) fn counted(source: Source<'_>, walks: &[Terms], most: u64) -> Vec<SelectStatement> {
    let count = |terms: &Terms| {
        let mut query = Way::of(source, terms, None).rows(terms);
        query.expr(Expr::val(1)).limit(most);
        query
    };
    walks.iter().map(count).collect()
}

/// What a walk goes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Along {
    /// The rows themselves.
    Rows,
    /// The links that the leading term asks for.
    Links,
    /// The needs that the leading term asks for.
    Needs,
}

/// A walk along one index.
#[derive(Debug, Clone, Copy)]
struct Way<'a> {
    source: Source<'a>,
    /// The term whose stretch of an index is walked.
    leading: Option<usize>,
    along: Along,
    sort: Sort,
}

impl<'a> Way<'a> {
    /// The way to rows in an order, or in any.
    fn of(source: Source<'a>, terms: &[Term], sort: Option<Sort>) -> Self {
        let in_any = sort.is_none();
        let sort = sort.unwrap_or_default();
        let are_few = terms.iter().any(|term| term.few().is_some());
        let is_plain = terms.iter().all(|term| !matches!(term, Term::Other(_)));
        let leads = |term: &Term| {
            let is_there = match term {
                // Versions have no links, and links not all the columns.
                Term::Link(..) => source.is_now() && is_plain,
                Term::Column("stage", _) => true,
                _ => source.is_now(),
            };
            // Only the order by investment is kept beside what leads.
            let is_kept = sort.is_by_investment() || matches!(term, Term::Column("author", _));
            term.rank().filter(|_| is_there && is_kept && !are_few)
        };
        let ranked = terms.iter().enumerate().filter_map(|(at, term)| Some((leads(term)?, at)));
        let leading = ranked.min().map(|(_, at)| at);
        // What waits is found by its own table where nothing leads to fewer.
        let is_found_by = |term: &Term| match term {
            Term::Need(asked) if in_any => asked.is_one(),
            Term::Need(asked) => asked.is_in_order() && sort.is_by_investment(),
            _ => false,
        };
        let need = terms.iter().position(is_found_by);
        if need.is_some() && !are_few && leading.is_none_or(|at| terms[at].is_common()) {
            return Self { source, leading: need, along: Along::Needs, sort };
        }
        let by_link = leading.is_some_and(|at| matches!(terms[at], Term::Link(..)));
        let along = if by_link { Along::Links } else { Along::Rows };
        Self { source, leading, along, sort }
    }

    /// The rows that meet the terms.
    fn rows(self, terms: &[Term]) -> SelectStatement {
        let mut query = Query::select();
        match self.along {
            // Nothing else is asked of the projects.
            Along::Needs if terms.len() == 1 => query.from(iden("project_need")),
            // Only SQLite takes a cross join for an order to be kept to; PostgreSQL counts.
            Along::Needs => query
                .from(iden("project_need"))
                .cross_join(iden(self.source.table))
                .and_where(self.source.id().eq(self.id())),
            _ => put_rows(&mut query, self.table(), terms),
        };
        query.cond_where(self.source.in_time());
        for (at, term) in terms.iter().enumerate() {
            query.and_where(self.condition(term, self.leading == Some(at)));
        }
        query
    }

    fn condition(self, term: &Term, leads: bool) -> SimpleExpr {
        match term {
            Term::Column(column, values) if leads => one_of(Expr::col(iden(*column)), values),
            Term::Column(column, values) => one_of(self.aside(column), values),
            Term::Link(facet, codes) if leads => Expr::col(iden("facet"))
                .eq(facet.as_str())
                .and(among(Expr::col(iden("code")), codes)),
            Term::Link(facet, codes) => self.source.linked(self.table(), *facet, codes),
            Term::Investment(least, most) => within(&self.investment(), *least, *most),
            // These are where the rows come from.
            term if term.few().is_some() => Expr::val(1).eq(1),
            Term::Few(_) => Expr::val(1).eq(1),
            Term::Need(asked) if leads => asked.is_of("project_need"),
            Term::Need(asked) => asked.is_had_by(self.id()),
            Term::Words(key) => key.is_in_words_of(self.source.backend(), self.id()),
            Term::Other(condition) => condition.clone(),
        }
    }

    /// A column that is looked at on the way and does not lead. SQLite takes the way that is chosen
    /// here; PostgreSQL knows better how often each value occurs.
    fn aside(self, column: &str) -> SimpleExpr {
        match self.source.backend() {
            DbBackend::Postgres => Expr::col(iden(column)),
            _ => Expr::cust(format!("+{column}")),
        }
    }

    fn table(self) -> &'static str {
        match self.along {
            Along::Links => "project_link",
            Along::Rows | Along::Needs => self.source.table,
        }
    }

    fn id(self) -> SimpleExpr {
        match self.along {
            Along::Rows => self.source.id(),
            Along::Links => Expr::col((iden("project_link"), iden("project_id"))),
            Along::Needs => Expr::col((iden("project_need"), iden("project_id"))),
        }
    }

    fn investment(self) -> SimpleExpr {
        match self.along {
            Along::Rows => Expr::cust(INVESTMENT),
            Along::Links | Along::Needs => Expr::col(iden("investment")),
        }
    }

    /// What is sorted by: never blank, so that an index keeps it and a cursor can name the place.
    fn key(self) -> SimpleExpr {
        match self.sort {
            Sort::LargestFirst => self.investment(),
            Sort::SmallestFirst if self.leading.is_some() => self.investment(),
            Sort::SmallestFirst => Expr::cust(LEAST_INVESTMENT),
            Sort::Name => self.sorted("name"),
            Sort::OldestChange | Sort::NewestChange => self.sorted("updated_at"),
            Sort::RegistryNumber => self.sorted("registry_number"),
        }
    }

    /// A column to sort by: along its own index, unless something else leads.
    fn sorted(self, column: &str) -> SimpleExpr {
        if self.leading.is_some() { self.aside(column) } else { Expr::col(iden(column)) }
    }
}

/// The stretches of an index that a walk follows: one, but two where blank totals, which the index
/// has first, are to come last.
fn stretches(
    source: Source<'_>,
    terms: &[Term],
    sort: Sort,
    after: Place<'_>,
    limit: u64,
) -> Vec<SelectStatement> {
    let way = Way::of(source, terms, Some(sort));
    let stretch = |key: SimpleExpr| {
        let mut query = way.rows(terms);
        query.expr_as(key, iden("sort_key"));
        for (column, name) in source.identity(way.along != Along::Rows) {
            query.expr_as(Expr::col(iden(column)), iden(name));
        }
        query.limit(limit);
        query
    };
    let along = |mut query: SelectStatement| {
        query.order_by_expr(way.key(), sort.direction()).order_by_expr(way.id(), sort.direction());
        query
    };
    let beyond = |here: SimpleExpr, there: SimpleExpr| match sort.direction() {
        Order::Desc => here.lt(there),
        _ => here.gt(there),
    };
    let behind = |after: Place<'_>| -> Vec<SelectStatement> {
        let start = || along(stretch(way.key()));
        let Some((key, id)) = after else { return vec![start()] };
        if source.backend() == DbBackend::Postgres {
            let there = Expr::tuple([Expr::val(key.value()), Expr::val(id)]);
            let place = beyond(Expr::tuple([way.key(), way.id()]), there);
            return vec![start().and_where(place).to_owned()];
        }
        // SQLite finds the place of a row value in no index on an expression, but that of either
        // half: the rest of those with the same key, and all with a further one.
        let same = way.key().eq(key.value()).and(beyond(way.id(), Expr::val(id)));
        let further = beyond(way.key(), Expr::val(key.value()));
        vec![start().and_where(same).to_owned(), start().and_where(further).to_owned()]
    };
    if !(sort == Sort::SmallestFirst && way.leading.is_some()) {
        return behind(after);
    }
    let mut blank = stretch(Expr::val(i64::MAX));
    blank.and_where(way.investment().eq(-1)).order_by_expr(way.id(), Order::Asc);
    match after {
        Some((SortKey::Number(i64::MAX), id)) => {
            blank.and_where(way.id().gt(id));
            vec![blank]
        }
        _ => {
            let known = behind(after).into_iter().map(|mut known| {
                known.and_where(way.investment().gte(0));
                known
            });
            known.chain([blank]).collect()
        }
    }
}
