//! The list: filters, order, paging by cursor.

use super::When;
use super::source::Source;
use super::walk::{self, Terms};
use crate::error::StoreError;
use crate::project::facets::iden;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::Date;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, Value};
use sea_orm::{ConnectionTrait, DbBackend, Statement, TryGetable};
use serde::{Deserialize, Serialize};
use shortboard_domain::access::Sight;
use shortboard_domain::code::{AreaCode, ChannelCode, DepartmentCode, GroupCode, RegionCode};
use shortboard_domain::filing::Filing;
use shortboard_domain::money::Money;
use shortboard_domain::need::Need;
use shortboard_domain::stage::Stage;

/// Counts beyond this one are not made: nobody reads the last digits of so many.
const COUNTED: i64 = 10_000;

/// What stands between two lines of a column that holds several: no name has a control character.
const LINE: char = '\n';

/// What stands between two cards, and never in one.
const BETWEEN: &str = ",\n";

/// Which projects a list asks for. An empty part asks for all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListFilter {
    /// Stages.
    pub stage: Vec<Stage>,
    /// States of the filing.
    pub filing: Vec<Filing>,
    /// Task areas.
    pub area: Vec<AreaCode>,
    /// Regions where projects count.
    pub region: Vec<RegionCode>,
    /// Owning groups.
    pub group: Vec<GroupCode>,
    /// Beside them, those that belong to no group.
    pub no_group: bool,
    /// Departments, any of which is named.
    pub department: Vec<DepartmentCode>,
    /// Channels, any of which is a source.
    pub channel: Vec<ChannelCode>,
    /// Lights of the monthly progress.
    pub light: Vec<String>,
    /// Words in name, owner unit, code or registry number.
    pub q: Option<String>,
    /// Least total investment.
    pub min_investment: Option<Money>,
    /// Most total investment.
    pub max_investment: Option<Money>,
    /// Years in which building began or is planned to.
    pub start_year: Vec<i16>,
    /// Accounts that registered them.
    pub author: Vec<String>,
    /// The day on which they stood, accepted, at the same stage already.
    pub stayed_since: Option<Date>,
    /// Needs, any of which they have: on the day asked about, today by default.
    pub need: Vec<Need>,
}

/// The order of a list; blank values come last in either direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Largest total investment first.
    #[default]
    LargestFirst,
    /// Smallest total investment first.
    SmallestFirst,
    /// By name.
    Name,
    /// Least recently changed first.
    OldestChange,
    /// Most recently changed first.
    NewestChange,
    /// By registry number.
    RegistryNumber,
}

impl Sort {
    /// Every order.
    pub const ALL: [Self; 6] = [
        Self::LargestFirst,
        Self::SmallestFirst,
        Self::Name,
        Self::OldestChange,
        Self::NewestChange,
        Self::RegistryNumber,
    ];

    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LargestFirst => "-total_investment",
            Self::SmallestFirst => "total_investment",
            Self::Name => "name",
            Self::OldestChange => "updated_at",
            Self::NewestChange => "-updated_at",
            Self::RegistryNumber => "registry_number",
        }
    }

    pub(super) fn direction(self) -> Order {
        match self {
            Self::LargestFirst | Self::NewestChange => Order::Desc,
            _ => Order::Asc,
        }
    }

    fn direction_sql(self) -> &'static str {
        if self.direction() == Order::Desc { "DESC" } else { "ASC" }
    }

    pub(super) fn is_by_investment(self) -> bool {
        matches!(self, Self::LargestFirst | Self::SmallestFirst)
    }

    fn read_key(self, text: &str) -> Option<Key> {
        match self {
            Self::Name | Self::RegistryNumber => Some(Key::Text(text.to_owned())),
            _ => text.parse().ok().map(Key::Number),
        }
    }

    fn takes(self, key: &Key) -> bool {
        matches!(self, Self::Name | Self::RegistryNumber) == matches!(key, Key::Text(_))
    }
}

/// A value that is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Key {
    Number(i64),
    Text(String),
}

impl Key {
    pub fn value(&self) -> Value {
        match self {
            Self::Number(number) => (*number).into(),
            Self::Text(text) => text.as_str().into(),
        }
    }
}

/// A place in a list: the row after which the next page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    sort: Sort,
    key: Key,
    id: i64,
}

impl Cursor {
    /// The place of a row, by its key and number as the database writes them.
    fn at(sort: Sort, key: &str, id: &str) -> Option<Self> {
        Some(Self { sort, key: sort.read_key(key)?, id: id.parse().ok()? })
    }

    /// The cursor as callers carry it.
    pub fn encode(&self) -> String {
        let place = (self.sort.as_str(), &self.key, self.id);
        URL_SAFE_NO_PAD.encode(serde_json::to_string(&place).unwrap_or_default())
    }

    /// Reads back what [`Cursor::encode`] wrote; `None` for anything else, and for a cursor of
    /// another order.
    pub fn decode(text: &str, sort: Sort) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (word, key, id): (String, Key, i64) = serde_json::from_slice(&bytes).ok()?;
        let is_sound = match &key {
            Key::Number(_) => true,
            // No name holds a control character; PostgreSQL would choke on some.
            Key::Text(text) => !text.chars().any(char::is_control),
        };
        (word == sort.as_str() && sort.takes(&key) && is_sound).then_some(Self { sort, key, id })
    }
}

/// A question for a list.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// Which projects.
    pub filter: ListFilter,
    /// In which order.
    pub sort: Sort,
    /// From where on.
    pub cursor: Option<Cursor>,
    /// How many at the most.
    pub limit: u64,
    /// Whether to count them all.
    pub count: bool,
    /// Of which time.
    pub when: When,
}

/// How many projects a filter lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Count {
    /// The number, at most 10,000.
    pub value: i64,
    /// Whether that is all of them.
    pub exact: bool,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListPage {
    /// The cards: JSON objects, with commas between.
    pub cards: String,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Cursor>,
    /// How many there are in all, when asked.
    pub count: Option<Count>,
}

impl crate::Store {
    /// A page of projects, at the same cost however many rows there are: one statement, two where
    /// something is searched for, and one or two more to count.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn projects(&self, sight: &Sight, query: &ListQuery) -> Result<ListPage, StoreError> {
        let found = self.found(&query.filter, query.when).await?;
        let source = self.source(query.when).by(&found);
        let walks = walk::walks(source, sight, &query.filter);
        let count = if query.count { Some(self.counted(source, &walks).await?) } else { None };
        let after = query.cursor.as_ref().map(|cursor| (&cursor.key, cursor.id));
        // One more than asked for tells whether there is a next page.
        let rows = walk::page(source, &walks, query.sort, after, query.limit + 1);
        let row = self.reader().query_one_raw(self.cards(source, query.sort, &rows)).await?;
        let text = |column: &str| match &row {
            Some(row) => Option::<String>::try_get_by(row, column).map(Option::unwrap_or_default),
            None => Ok(String::new()),
        };
        let (mut cards, keys, ids) = (text("cards")?, text("sort_keys")?, text("ids")?);
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let next = match ids.split(LINE).nth(limit) {
            None => None,
            Some(_) => {
                let end = cards.rfind(BETWEEN).unwrap_or(cards.len());
                cards.truncate(end);
                let nth = |lines: &str| lines.split(LINE).nth(limit - 1).unwrap_or("").to_owned();
                Cursor::at(query.sort, &nth(&keys), &nth(&ids))
            }
        };
        Ok(ListPage { cards, next, count })
    }

    /// The cards of the rows of a page, put together by the database: rows and columns that cross
    /// the driver are what a list costs.
    fn cards(&self, source: Source<'_>, sort: Sort, rows: &SelectStatement) -> Statement {
        let mut statement = self.backend().build(rows);
        let order = sort.direction_sql();
        let (join, function, text, order, line) = match self.backend() {
            DbBackend::Postgres => {
                let order = format!(" ORDER BY page.sort_key {order}, page.project_id {order}");
                ("JOIN", "string_agg", "::text", order, "chr(10)")
            }
            // A cross join keeps the order of the page: nothing has to be sorted again.
            _ => ("CROSS JOIN", "group_concat", "", String::new(), "char(10)"),
        };
        statement.sql = format!(
            "SELECT {function}(full_row.card, ',' || {line}{order}) AS cards, \
             {function}(page.sort_key{text}, {line}{order}) AS sort_keys, \
             {function}(page.project_id{text}, {line}{order}) AS ids \
             FROM ({rows}) AS page {join} {table} AS full_row ON {same}",
            rows = statement.sql,
            table = source.table,
            same = source.is_row_of("page"),
        );
        statement
    }

    /// The numbers of all projects that a filter lets through, in order; at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn project_ids(
        &self,
        sight: &Sight,
        filter: &ListFilter,
        limit: u64,
    ) -> Result<Vec<i64>, StoreError> {
        let found = self.found(filter, When::default()).await?;
        let source = self.source(When::default()).by(&found);
        let mut query = source.rows(sight, filter);
        query
            .expr_as(source.id(), iden("project_id"))
            .order_by_expr(source.id(), Order::Asc)
            .limit(limit);
        let rows = self.reader().query_all(&query).await?;
        Ok(rows.iter().map(|row| i64::try_get_by(row, "project_id")).collect::<Result<_, _>>()?)
    }

    /// The cards of some projects in sight, in the order of their numbers.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn cards_of(
        &self,
        sight: &Sight,
        ids: &[i64],
        when: When,
    ) -> Result<String, StoreError> {
        let source = self.source(when);
        let mut query = source.rows(sight, &ListFilter::default());
        query
            .column(iden("card"))
            .and_where(source.id().is_in(ids.iter().copied()))
            .order_by_expr(source.id(), Order::Asc);
        let rows = self.reader().query_all(&query).await?;
        let cards: Result<Vec<String>, _> =
            rows.iter().map(|row| String::try_get_by(row, "card")).collect();
        Ok(cards?.join(","))
    }

    /// How many current projects in sight a filter lets through, as lists count them.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn count(&self, sight: &Sight, filter: &ListFilter) -> Result<Count, StoreError> {
        let found = self.found(filter, When::default()).await?;
        let source = self.source(When::default()).by(&found);
        self.counted(source, &walk::walks(source, sight, filter)).await
    }

    async fn counted(&self, source: Source<'_>, walks: &[Terms]) -> Result<Count, StoreError> {
        let mut found = 0;
        for rows in walk::counted(source, walks, COUNTED as u64 + 1) {
            if found > COUNTED {
                break;
            }
            let query = Query::select()
                .expr_as(Expr::cust("COUNT(*)"), iden("found"))
                .from_subquery(rows, iden("counted"))
                .to_owned();
            let row = self.reader().query_one(&query).await?;
            found += row.map(|row| i64::try_get_by(&row, "found")).transpose()?.unwrap_or(0);
        }
        Ok(Count { value: Ord::min(found, COUNTED), exact: found <= COUNTED })
    }
}
