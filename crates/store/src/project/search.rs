//! Which projects have a text in their words, and the cheaper of two ways to list them: those of
//! a rare text are named by the index; of a common one enough come by on a walk through the list.

use super::When;
use super::facets::iden;
use crate::error::StoreError;
use sea_orm::sea_query::{
    Expr, ExprTrait, Func, FunctionCall, Query, SelectStatement, SimpleExpr, SubQueryStatement,
};
use sea_orm::{ConnectionTrait, DbBackend, Statement, TryGetable};
use shortboard_domain::name::{bigrams, normalise};

/// How many rows of PostgreSQL tell whether a text is common.
const SAMPLE: i64 = 2000;

/// In how many parts the projects' numbers are cut, and which of them tell SQLite whether a text is
/// common: from all over, since words come and go over the years.
const PARTS: i64 = 64;
const SAMPLED: [i64; 4] = [8, 24, 40, 56];

/// How many hits a page needs: one more than most ask for.
const PAGE: i64 = 51;

/// How a list finds the projects that a search asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Search {
    /// It finds nothing.
    Nothing,
    /// Exactly these; a query for their numbers, in a column `number`.
    Few(Box<SelectStatement>),
    /// Those whose words have the key; there are many.
    Many(Key),
}

/// A text that is looked for, as words are kept: letters and digits of any script, in lower case,
/// at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key(String);

impl Key {
    /// What is left of what somebody typed; `None` for nothing but punctuation.
    pub fn of(text: &str) -> Option<Self> {
        Some(normalise(text)).filter(|key| !key.is_empty()).map(Self)
    }

    /// Whether initials may have it.
    fn is_latin(&self) -> bool {
        self.0.is_ascii()
    }

    /// The words it may be in.
    fn words(&self) -> &'static str {
        if self.is_latin() { "text || ' ' || initials" } else { "text" }
    }

    /// Whether the words of a project have it; `id` names the project's number with its table.
    pub fn is_in_words_of(&self, backend: DbBackend, id: SimpleExpr) -> SimpleExpr {
        let words = of_project(Expr::cust(self.words()), id);
        position(backend, words, &self.0).gt(0)
    }

    /// Whether a version has it: in its own words, or in the initials of what the project is called
    /// now.
    pub fn is_in_version(&self, backend: DbBackend, id: SimpleExpr) -> SimpleExpr {
        let own = position(backend, Expr::col(iden("search")), &self.0).gt(0);
        if !self.is_latin() {
            return own;
        }
        let initials = of_project(Expr::col(iden("initials")), id);
        own.or(position(backend, initials, &self.0).gt(0))
    }

    /// The numbers of the projects whose words have it, by the index, at most `limit`.
    pub fn found(&self, backend: DbBackend, limit: i64) -> SelectStatement {
        let mut found = match backend {
            DbBackend::Postgres => matches(backend, &conjunction(&self.0), "id"),
            _ => matches(backend, &phrase(&self.0), "id"),
        };
        if backend == DbBackend::Postgres && self.0.chars().nth(2).is_some() {
            // The pairs may stand anywhere in the words.
            found.and_where(position(backend, Expr::cust(self.words()), &self.0).gt(0));
        }
        found.limit(u64::try_from(limit).unwrap_or_default());
        found
    }
}

/// A look into the index: the numbers of the projects it finds, in a column of that name.
pub(crate) fn matches(backend: DbBackend, look: &str, number: &'static str) -> SelectStatement {
    let mut found = Query::select();
    match backend {
        DbBackend::Postgres => {
            let pairs = "project_pairs(text || ' ' || initials) @@ CAST($1 AS tsquery)";
            found
                .expr_as(Expr::col(iden("id")), iden(number))
                .from(iden("project_search"))
                .and_where(Expr::cust_with_values(pairs, [look.to_owned()]));
        }
        _ => {
            found
                .expr_as(Expr::col(iden("rowid")), iden(number))
                .from(iden("project_words"))
                .and_where(Expr::cust_with_values("project_words MATCH ?", [look.to_owned()]));
        }
    }
    found
}

/// The key as FTS5 looks for it: its pairs, one behind another. Letters and digits are never part
/// of its grammar within quotes.
pub(crate) fn phrase(key: &str) -> String {
    let pairs: Vec<String> = pairs(key);
    if pairs.is_empty() { format!("\"{key}\" *") } else { format!("\"{}\"", pairs.join(" ")) }
}

/// The key's pairs, all of them, as PostgreSQL looks for them.
pub(crate) fn conjunction(key: &str) -> String {
    let mut pairs = pairs(key);
    pairs.sort_unstable();
    pairs.dedup();
    if pairs.is_empty() { format!("'{key}':*") } else { format!("'{}'", pairs.join("' & '")) }
}

fn pairs(key: &str) -> Vec<String> {
    bigrams(key).iter().map(|pair| pair.iter().collect()).collect()
}

/// Something of a project's row in `project_search`.
fn of_project(what: SimpleExpr, id: SimpleExpr) -> SimpleExpr {
    let words = Query::select()
        .expr(what)
        .from_as(iden("project_search"), iden("searched"))
        .and_where(Expr::col((iden("searched"), iden("id"))).eq(id))
        .to_owned();
    scalar(words)
}

/// How many rows a query finds.
pub(crate) fn how_many(found: SelectStatement) -> SimpleExpr {
    let count =
        Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(found, iden("found")).to_owned();
    scalar(count)
}

/// The one value of a query.
fn scalar(query: SelectStatement) -> SimpleExpr {
    Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(query)))
}

fn position(backend: DbBackend, within: SimpleExpr, text: &str) -> SimpleExpr {
    let name = match backend {
        DbBackend::Postgres => "strpos",
        _ => "instr",
    };
    Func::cust(iden(name)).arg(within).arg(text).into()
}

/// The numbers in a JSON array, as rows.
pub(crate) fn numbers(backend: DbBackend, ids: &str) -> SelectStatement {
    let mut numbers = Query::select();
    match backend {
        DbBackend::Postgres => {
            let array = format!("{{{}}}", ids.trim_matches(['[', ']']));
            let array = Expr::cust_with_values("unnest(CAST($1 AS bigint[]))", [array]);
            numbers.expr_as(array, iden("number"));
        }
        _ => {
            let each: FunctionCall = Func::cust(iden("json_each")).arg(ids);
            numbers
                .expr_as(Expr::col(iden("value")), iden("number"))
                .from_function(each, iden("each"));
        }
    }
    numbers
}

impl crate::Store {
    /// How a list of current projects finds what a search asks for; `None` when it asks for nothing
    /// in particular, or for another time, of which no index is kept.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub(crate) async fn search(
        &self,
        words: Option<&str>,
        when: When,
    ) -> Result<Option<Search>, StoreError> {
        let Some(words) = words.filter(|_| when.is_now()) else { return Ok(None) };
        let Some(key) = Key::of(words) else { return Ok(Some(Search::Nothing)) };
        let projects = self.number_of_projects().await?;
        let few = few_of(projects);
        let is_common = match self.backend() {
            DbBackend::Postgres => self.is_common(&key, projects, few).await?,
            _ => self.is_common_throughout(&key, projects, few).await?,
        };
        if is_common {
            return Ok(Some(Search::Many(key)));
        }
        let (found, ids) = self.gather(key.found(self.backend(), few + 1)).await?;
        Ok(Some(match found {
            0 => Search::Nothing,
            found if found <= few => Search::Few(Box::new(numbers(self.backend(), &ids))),
            _ => Search::Many(key),
        }))
    }

    /// The numbers that a query finds, as a JSON array, and how many they are.
    pub(crate) async fn gather(&self, found: SelectStatement) -> Result<(i64, String), StoreError> {
        let ids = match self.backend() {
            DbBackend::Postgres => "CAST(COALESCE(json_agg(id), '[]') AS TEXT)",
            _ => "json_group_array(id)",
        };
        let query = Query::select()
            .expr_as(Expr::cust("COUNT(*)"), iden("number"))
            .expr_as(Expr::cust(ids), iden("ids"))
            .from_subquery(found, iden("found"))
            .to_owned();
        let Some(row) = self.reader().query_one(&query).await? else {
            return Ok((0, "[]".into()));
        };
        Ok((i64::try_get_by(&row, "number")?, String::try_get_by(&row, "ids")?))
    }

    /// About how many projects there are: none is ever removed, few numbers are left out.
    pub(crate) async fn number_of_projects(&self) -> Result<i64, StoreError> {
        let sql = "SELECT MAX(id) AS number FROM project";
        let row = self.reader().query_one_raw(Statement::from_string(self.backend(), sql)).await?;
        let number = row.map(|row| Option::<i64>::try_get_by(&row, "number")).transpose()?;
        Ok(number.flatten().unwrap_or(0))
    }

    /// Whether, in each sampled part of their numbers, more projects have the key than if `few` of
    /// all had it: then SQLite need not find so many first.
    async fn is_common_throughout(
        &self,
        key: &Key,
        projects: i64,
        few: i64,
    ) -> Result<bool, StoreError> {
        let (length, most) = (projects / PARTS, few / PARTS);
        let mut counts = Query::select();
        for part in SAMPLED {
            let numbers = (part * length + 1, (part + 1) * length);
            let mut found = matches(self.backend(), &phrase(&key.0), "number");
            found
                .and_where(Expr::col(iden("rowid")).between(numbers.0, numbers.1))
                .limit(u64::try_from(most).unwrap_or_default() + 1);
            counts.expr_as(how_many(found), iden(format!("part_{part}")));
        }
        let Some(row) = self.reader().query_one(&counts).await? else { return Ok(false) };
        for part in SAMPLED {
            if i64::try_get_by(&row, format!("part_{part}").as_str())? <= most {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether more than `few` projects have the key, by a sample: PostgreSQL's index reads all that
    /// is found before it hands over the first.
    async fn is_common(&self, key: &Key, projects: i64, few: i64) -> Result<bool, StoreError> {
        let share = share_of_sample(projects);
        let words = key.words();
        let sql = format!(
            "SELECT COUNT(*) AS number FROM project_search TABLESAMPLE SYSTEM ($1) \
             WHERE strpos({words}, $2) > 0"
        );
        let values = [(share * 100.0).into(), key.0.as_str().into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        let row = self.reader().query_one_raw(statement).await?;
        let found = row.map(|row| i64::try_get_by(&row, "number")).transpose()?.unwrap_or(0);
        Ok(found as f64 > few as f64 * share)
    }
}

/// Which share of so many projects a sample is, from 0 to 1.
pub(crate) fn share_of_sample(projects: i64) -> f64 {
    SAMPLE as f64 / Ord::max(projects, SAMPLE) as f64
}

/// Up to how many hits are sorted, of so many projects: looking at these costs about as much as the
/// walk that meets a page of them among all. A hit that is looked up and sorted costs twice what a row
/// does that the walk goes past.
pub(crate) fn few_of(projects: i64) -> i64 {
    (projects as f64 * PAGE as f64 / 2.0).sqrt() as i64
}
