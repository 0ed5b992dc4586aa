//! The list: filters, order, paging by cursor.

use super::When;
use super::source::Source;
use crate::error::StoreError;
use crate::project::facets::iden;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, QueryResult, TryGetable};
use serde::{Deserialize, Serialize};
use shortboard_domain::access::Sight;
use shortboard_domain::code::{AreaCode, ChannelCode, DepartmentCode, GroupCode, RegionCode};
use shortboard_domain::filing::Filing;
use shortboard_domain::money::Money;
use shortboard_domain::stage::Stage;

/// Counts beyond this one are not made: nobody reads the last digits of so many.
const COUNTED: i64 = 10_000;

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

    fn direction(self) -> Order {
        match self {
            Self::LargestFirst | Self::NewestChange => Order::Desc,
            _ => Order::Asc,
        }
    }

    /// What is sorted by: never blank, so that the planner can walk an index and a cursor can name
    /// the place.
    fn key(self) -> SimpleExpr {
        match self {
            Self::LargestFirst => Expr::cust("COALESCE(total_investment, -1)"),
            Self::SmallestFirst => Expr::cust("COALESCE(total_investment, 9223372036854775807)"),
            Self::Name => Expr::col(iden("name")),
            Self::OldestChange | Self::NewestChange => Expr::col(iden("updated_at")),
            Self::RegistryNumber => Expr::col(iden("registry_number")),
        }
    }

    fn read_key(self, row: &QueryResult) -> Result<Key, StoreError> {
        Ok(match self {
            Self::Name | Self::RegistryNumber => Key::Text(String::try_get_by(row, "sort_key")?),
            _ => Key::Number(i64::try_get_by(row, "sort_key")?),
        })
    }

    fn takes(self, key: &Key) -> bool {
        matches!(self, Self::Name | Self::RegistryNumber) == matches!(key, Key::Text(_))
    }
}

/// A value that is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Key {
    Number(i64),
    Text(String),
}

/// A place in a list: the row after which the next page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    sort: Sort,
    key: Key,
    id: i64,
}

impl Cursor {
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
    /// The cards, as JSON.
    pub cards: Vec<String>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Cursor>,
    /// How many there are in all, when asked.
    pub count: Option<Count>,
}

impl crate::Store {
    /// A page of projects, at the cost of two statements at the most, however many rows.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn projects(&self, sight: &Sight, query: &ListQuery) -> Result<ListPage, StoreError> {
        let search = self.search(query.filter.q.as_deref(), query.when).await?;
        let source = Source::of(self.backend(), query.when).by(search.as_ref());
        let count = if query.count {
            Some(self.count(source.rows(sight, &query.filter)).await?)
        } else {
            None
        };

        let sort = query.sort;
        let mut page = source.rows(sight, &query.filter);
        page.expr_as(source.id(), iden("project_id"))
            .expr_as(sort.key(), iden("sort_key"))
            .column(iden("card"))
            .order_by_expr(sort.key(), sort.direction())
            .order_by_expr(source.id(), sort.direction())
            .limit(query.limit + 1);
        if let Some(cursor) = &query.cursor {
            let here = Expr::tuple([sort.key(), source.id()]);
            let key = match &cursor.key {
                Key::Number(number) => Expr::val(*number),
                Key::Text(text) => Expr::val(text.as_str()),
            };
            let there = Expr::tuple([key, Expr::val(cursor.id)]);
            page.and_where(match sort.direction() {
                Order::Desc => here.lt(there),
                _ => here.gt(there),
            });
        }

        let mut rows = self.reader().query_all(&page).await?;
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = match rows.last().filter(|_| more) {
            Some(last) => Some(Cursor {
                sort,
                key: sort.read_key(last)?,
                id: i64::try_get_by(last, "project_id")?,
            }),
            None => None,
        };
        let cards = rows.iter().map(|row| String::try_get_by(row, "card"));
        Ok(ListPage { cards: cards.collect::<Result<_, _>>()?, next, count })
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
        let search = self.search(filter.q.as_deref(), When::default()).await?;
        let source = Source::of(self.backend(), When::default()).by(search.as_ref());
        let mut query = source.rows(sight, filter);
        query
            .expr_as(source.id(), iden("project_id"))
            .order_by_expr(source.id(), Order::Asc)
            .limit(limit);
        let rows = self.reader().query_all(&query).await?;
        Ok(rows.iter().map(|row| i64::try_get_by(row, "project_id")).collect::<Result<_, _>>()?)
    }

    async fn count(&self, mut rows: SelectStatement) -> Result<Count, StoreError> {
        rows.expr(Expr::val(1)).limit(COUNTED as u64 + 1);
        let query = Query::select()
            .expr_as(Expr::cust("COUNT(*)"), iden("found"))
            .from_subquery(rows, iden("counted"))
            .to_owned();
        let row = self.reader().query_one(&query).await?;
        let found = row.map(|row| i64::try_get_by(&row, "found")).transpose()?.unwrap_or(0);
        Ok(Count { value: Ord::min(found, COUNTED), exact: found <= COUNTED })
    }
}
