//! Summaries: how many projects and how much money, by one or two dimensions.

use super::source::Source;
use super::{ListFilter, When};
use crate::error::StoreError;
use crate::project::facets::iden;
use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, TryGetable};
use serde::Serialize;
use shortboard_domain::access::Sight;
use shortboard_domain::codelist::ListName;
use shortboard_domain::money::SignedMoney;
use shortboard_domain::stage::Stage;
use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;
use utoipa::ToSchema;

/// What a summary counts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Stage.
    Stage,
    /// Task area.
    Area,
    /// The region where projects count.
    Region,
    /// Owning group; blank for none.
    Group,
    /// Channel of funding; blank for the untagged. Rows overlap.
    Channel,
    /// Department named; rows overlap.
    Department,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: [Self; 6] =
        [Self::Stage, Self::Area, Self::Region, Self::Group, Self::Channel, Self::Department];

    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Area => "area",
            Self::Region => "region",
            Self::Group => "group",
            Self::Channel => "channel",
            Self::Department => "department",
        }
    }

    /// Whether a project may stand in several rows, so that the rows must not be added up.
    pub fn overlaps(self) -> bool {
        matches!(self, Self::Channel | Self::Department)
    }

    /// The code list of its values; stages are the domain's.
    fn list(self) -> Option<ListName> {
        match self {
            Self::Stage => None,
            Self::Area => Some(ListName::Areas),
            Self::Region => Some(ListName::Regions),
            Self::Group => Some(ListName::Groups),
            Self::Channel => Some(ListName::Channels),
            Self::Department => Some(ListName::Departments),
        }
    }

    fn column(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Area => "area",
            Self::Region => "region",
            Self::Group => "owner_group",
            Self::Channel => "channels",
            Self::Department => "departments",
        }
    }
}

impl FromStr for Dimension {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|dimension| dimension.as_str() == text).ok_or(())
    }
}

/// One row of a summary.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SummaryRow {
    /// The codes, one for each dimension asked for.
    #[serde(flatten)]
    #[schema(value_type = BTreeMap<String, Option<String>>)]
    pub keys: BTreeMap<&'static str, Option<String>>,
    /// Projects.
    pub count: i64,
    /// The sum of their total investment, yuan; blank by channel, and where none has a total.
    pub total_investment: Option<SignedMoney>,
    /// The sum of their sources, yuan; by channel, that channel's alone.
    pub planned_funding: SignedMoney,
    /// What has arrived of them, yuan.
    pub arrived_funding: SignedMoney,
    /// The sum of the gaps of those with a total, yuan; blank by channel, and where none has one.
    pub gap: Option<SignedMoney>,
    /// How many stages are only inferred.
    pub inferred: i64,
}

/// A summary.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Summary {
    /// The dimensions.
    pub by: Vec<Dimension>,
    /// Whether a project may stand in several rows, so that the rows must not be added up.
    pub overlapping: bool,
    /// The rows, in the order of the code lists, blank ones last.
    pub rows: Vec<SummaryRow>,
}

/// Sums are made in two parts, millions of fen and the rest, so that no sum overflows the
/// database's integers.
const PART: i64 = 1_000_000;

/// The sums of a row, all but the counts in fen.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    projects: i64,
    inferred: i64,
    /// Projects with a total.
    with_total: i64,
    total: i128,
    planned: i128,
    arrived: i128,
    /// Of the planned, what belongs to projects with a total: the gap is the total less this.
    covered: i128,
}

/// The rows of a summary by their keys.
type Table = BTreeMap<Vec<Option<String>>, Sums>;

impl crate::Store {
    /// Counts and sums of the projects in sight that the filter lets through.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub async fn summary(
        &self,
        sight: &Sight,
        by: &[Dimension],
        filter: &ListFilter,
        when: When,
    ) -> Result<Summary, StoreError> {
        let rows = Source::of(self.backend(), when).rows(sight, filter);
        let by_channel = by.contains(&Dimension::Channel);
        let mut table = self.sums_of_projects(rows.clone(), by).await?;
        if by_channel {
            self.put_money_of_channels(rows, by, &mut table).await?;
        }
        let row = |(keys, sums): (Vec<Option<String>>, Sums)| SummaryRow {
            keys: by.iter().map(|dimension| dimension.as_str()).zip(keys).collect(),
            count: sums.projects,
            total_investment: sums.known(by_channel, sums.total),
            planned_funding: SignedMoney::from_fen(sums.planned),
            arrived_funding: SignedMoney::from_fen(sums.arrived),
            gap: sums.known(by_channel, sums.total - sums.covered),
            inferred: sums.inferred,
        };
        Ok(Summary {
            by: by.to_vec(),
            overlapping: by.iter().any(|dimension| dimension.overlaps()),
            rows: self.in_order(by, table).into_iter().map(row).collect(),
        })
    }

    /// The rows in the order of the code lists, blank ones last.
    fn in_order(&self, by: &[Dimension], table: Table) -> Vec<(Vec<Option<String>>, Sums)> {
        let lists = self.lists();
        let places: Vec<HashMap<&str, usize>> = by
            .iter()
            .map(|dimension| {
                let codes: Vec<&str> = match dimension.list() {
                    None => Stage::ALL.iter().map(|stage| stage.as_str()).collect(),
                    Some(list) => lists.entries(list).map(|entry| entry.code.as_str()).collect(),
                };
                codes.into_iter().zip(0..).collect()
            })
            .collect();
        let place = |(keys, _): &(Vec<Option<String>>, Sums)| -> Vec<(usize, Option<String>)> {
            let places = places.iter().zip(keys);
            places
                .map(|(places, key)| {
                    let place = key.as_deref().and_then(|code| places.get(code));
                    (place.copied().unwrap_or(usize::MAX), key.clone())
                })
                .collect()
        };
        let mut rows: Vec<_> = table.into_iter().collect();
        rows.sort_by_cached_key(place);
        rows
    }

    /// Sums of whole projects; one that names several departments or channels counts in each.
    async fn sums_of_projects(
        &self,
        mut query: SelectStatement,
        by: &[Dimension],
    ) -> Result<Table, StoreError> {
        for dimension in by {
            let column = || Expr::col(iden(dimension.column()));
            query.expr_as(column(), iden(dimension.as_str())).add_group_by([column()]);
        }
        query.expr_as(Expr::cust("COUNT(*)"), iden("projects"));
        query.expr_as(Expr::cust("COUNT(total_investment)"), iden("with_total"));
        query
            .expr_as(Expr::cust(counted("CASE WHEN inferred THEN 1 ELSE 0 END")), iden("inferred"));
        for (name, column) in [
            ("total", "total_investment"),
            ("planned", "planned_funding"),
            ("arrived", "arrived_funding"),
            ("covered", "CASE WHEN total_investment IS NOT NULL THEN planned_funding END"),
        ] {
            query.expr_as(Expr::cust(high(column)), iden(high_name(name)));
            query.expr_as(Expr::cust(low(column)), iden(low_name(name)));
        }
        let mut table = Table::new();
        for row in &self.reader().query_all(&query).await? {
            let sums = Sums {
                projects: i64::try_get_by(row, "projects")?,
                inferred: i64::try_get_by(row, "inferred")?,
                with_total: i64::try_get_by(row, "with_total")?,
                total: sum(row, "total")?,
                planned: sum(row, "planned")?,
                arrived: sum(row, "arrived")?,
                covered: sum(row, "covered")?,
            };
            for keys in keys(row, by)? {
                table.entry(keys).or_default().add(sums);
            }
        }
        Ok(table)
    }

    /// Puts the money of each channel alone, read from the cards, in the place of the projects'.
    async fn put_money_of_channels(
        &self,
        mut rows: SelectStatement,
        by: &[Dimension],
        table: &mut Table,
    ) -> Result<(), StoreError> {
        for sums in table.values_mut() {
            (sums.planned, sums.arrived) = (0, 0);
        }
        let others = by.iter().filter(|dimension| **dimension != Dimension::Channel);
        let mut columns = vec!["channel".to_owned()];
        rows.column(iden("card"));
        for dimension in others {
            rows.expr_as(Expr::col(iden(dimension.column())), iden(dimension.as_str()));
            // `group` is a word of SQL.
            columns.push(format!("\"{}\"", dimension.as_str()));
        }
        let (sources, value) = match self.backend() {
            DbBackend::Postgres => {
                ("jsonb_array_elements(chosen.card::jsonb -> 'funding')", "source.value ->> ")
            }
            _ => ("json_each(chosen.card, '$.funding')", "source.value ->> "),
        };
        let fen = |field: &str| format!("CAST(REPLACE({value}'{field}', '.', '') AS BIGINT)");
        let sums = [("planned", fen("amount")), ("arrived", fen("arrived"))].map(|(name, fen)| {
            format!("{} AS {}, {} AS {}", high(&fen), high_name(name), low(&fen), low_name(name))
        });
        let mut statement = self.backend().build(&rows);
        let columns = columns.join(", ");
        statement.sql = format!(
            "SELECT {columns}, {sums} FROM (SELECT chosen.*, {value}'channel' AS channel, \
             source.value FROM ({rows}) AS chosen, {sources} AS source) AS source \
             GROUP BY {columns}",
            sums = sums.join(", "),
            rows = statement.sql,
        );
        for row in &self.reader().query_all_raw(statement).await? {
            let (planned, arrived) = (sum(row, "planned")?, sum(row, "arrived")?);
            for keys in keys_with_channel(row, by)? {
                let sums = table.entry(keys).or_default();
                sums.planned += planned;
                sums.arrived += arrived;
            }
        }
        Ok(())
    }
}

impl Sums {
    /// A sum that is known where any project has a total, and never of a channel.
    fn known(&self, by_channel: bool, fen: i128) -> Option<SignedMoney> {
        (self.with_total > 0 && !by_channel).then(|| SignedMoney::from_fen(fen))
    }

    fn add(&mut self, more: Self) {
        self.projects += more.projects;
        self.inferred += more.inferred;
        self.with_total += more.with_total;
        self.total += more.total;
        self.planned += more.planned;
        self.arrived += more.arrived;
        self.covered += more.covered;
    }
}

fn counted(of: &str) -> String {
    format!("CAST(SUM({of}) AS BIGINT)")
}

fn high(column: &str) -> String {
    format!("CAST(COALESCE(SUM({column} / {PART}), 0) AS BIGINT)")
}

fn low(column: &str) -> String {
    format!("CAST(COALESCE(SUM({column} % {PART}), 0) AS BIGINT)")
}

fn high_name(name: &str) -> String {
    format!("{name}_high")
}

fn low_name(name: &str) -> String {
    format!("{name}_low")
}

fn sum(row: &QueryResult, name: &str) -> Result<i128, StoreError> {
    let part = |name: String| i64::try_get_by(row, name.as_str()).map(i128::from);
    Ok(part(high_name(name))? * i128::from(PART) + part(low_name(name))?)
}

/// The keys under which a row of whole projects counts: one for each department and channel of the
/// group, a blank one where there is none.
fn keys(row: &QueryResult, by: &[Dimension]) -> Result<Vec<Vec<Option<String>>>, StoreError> {
    spread(by, |dimension| {
        let value = Option::<String>::try_get_by(row, dimension.as_str())?;
        Ok(match value {
            Some(codes) if dimension.overlaps() => split(&codes),
            value => vec![value],
        })
    })
}

/// As [`keys`], where the row is of one channel.
fn keys_with_channel(
    row: &QueryResult,
    by: &[Dimension],
) -> Result<Vec<Vec<Option<String>>>, StoreError> {
    spread(by, |dimension| {
        let value = Option::<String>::try_get_by(row, dimension.as_str())?;
        Ok(match value {
            Some(codes) if dimension == Dimension::Department => split(&codes),
            value => vec![value],
        })
    })
}

/// The codes of a column such as `,a,b,`; a blank one when it is empty.
fn split(codes: &str) -> Vec<Option<String>> {
    let codes: Vec<_> = codes
        .split(',')
        .filter(|code| !code.is_empty())
        .map(|code| Some(code.to_owned()))
        .collect();
    if codes.is_empty() { vec![None] } else { codes }
}

/// Every combination of the dimensions' values.
fn spread(
    by: &[Dimension],
    values: impl Fn(Dimension) -> Result<Vec<Option<String>>, StoreError>,
) -> Result<Vec<Vec<Option<String>>>, StoreError> {
    let mut all = vec![Vec::new()];
    for dimension in by {
        let values = values(*dimension)?;
        all = all
            .iter()
            .flat_map(|keys: &Vec<Option<String>>| {
                values
                    .iter()
                    .map(|value| keys.iter().cloned().chain([value.clone()]).collect::<Vec<_>>())
            })
            .collect();
    }
    Ok(all)
}
