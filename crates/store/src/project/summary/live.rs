//! Summaries of whatever is asked for, added up from the rows themselves.

use super::dimension::Dimension;
use super::sums::{Sums, Table, counted, high, high_name, low, low_name, sum};
use crate::error::StoreError;
use crate::project::facets::{codes, iden};
use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, TryGetable};

/// The sums of some rows.
pub(super) async fn table(
    db: &impl ConnectionTrait,
    rows: &SelectStatement,
    by: &[Dimension],
) -> Result<Table, StoreError> {
    let mut table = sums_of_projects(db, rows.clone(), by).await?;
    if by.contains(&Dimension::Channel) {
        put_money_of_channels(db, rows.clone(), by, &mut table).await?;
    }
    Ok(table)
}

/// Sums of whole projects; one that names several departments or channels counts in each.
async fn sums_of_projects(
    db: &impl ConnectionTrait,
    mut query: SelectStatement,
    by: &[Dimension],
) -> Result<Table, StoreError> {
    for dimension in by {
        let column = || Expr::col(iden(dimension.column()));
        query.expr_as(column(), iden(dimension.as_str())).add_group_by([column()]);
    }
    query.expr_as(Expr::cust("COUNT(*)"), iden("projects"));
    query.expr_as(Expr::cust("COUNT(total_investment)"), iden("with_total"));
    query.expr_as(Expr::cust(counted("CASE WHEN inferred THEN 1 ELSE 0 END")), iden("inferred"));
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
    for row in &db.query_all(&query).await? {
        let sums = Sums::read(row)?;
        for keys in keys(row, by)? {
            table.entry(keys).or_default().add(sums);
        }
    }
    Ok(table)
}

/// Puts the money of each channel alone, read from the cards, in the place of the projects'.
async fn put_money_of_channels(
    db: &impl ConnectionTrait,
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
    let (sources, value) = match db.get_database_backend() {
        DbBackend::Postgres => {
            ("jsonb_array_elements(chosen.card::jsonb -> 'funding')", "source.value ->> ")
        }
        _ => ("json_each(chosen.card, '$.funding')", "source.value ->> "),
    };
    let fen = |field: &str| format!("CAST(REPLACE({value}'{field}', '.', '') AS BIGINT)");
    let sums = [("planned", fen("amount")), ("arrived", fen("arrived"))].map(|(name, fen)| {
        format!("{} AS {}, {} AS {}", high(&fen), high_name(name), low(&fen), low_name(name))
    });
    let mut statement = db.get_database_backend().build(&rows);
    let columns = columns.join(", ");
    statement.sql = format!(
        "SELECT {columns}, {sums} FROM (SELECT chosen.*, {value}'channel' AS channel, \
             source.value FROM ({rows}) AS chosen, {sources} AS source) AS source \
             GROUP BY {columns}",
        sums = sums.join(", "),
        rows = statement.sql,
    );
    for row in &db.query_all_raw(statement).await? {
        let (planned, arrived) = (sum(row, "planned")?, sum(row, "arrived")?);
        for keys in keys_with_channel(row, by)? {
            let sums = table.entry(keys).or_default();
            sums.planned += planned;
            sums.arrived += arrived;
        }
    }
    Ok(())
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
fn split(column: &str) -> Vec<Option<String>> {
    let codes: Vec<_> = codes(column).map(|code| Some(code.to_owned())).collect();
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
