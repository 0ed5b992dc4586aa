//! Summaries by every dimension and every two, for several callers and filters, and the board.

use super::Check;
use crate::client::encoded;
use crate::oracle::{DIMENSIONS, Known, Table, lies_in, read_summary, summary};
use anyhow::Result;
use serde_json::Value;

/// Checks summaries.
pub async fn check(check: &mut Check<'_>, all: &[Known]) -> Result<()> {
    let people = check.scene.people.clone();
    let singles = DIMENSIONS.iter().map(|one| vec![*one]);
    let pairs = DIMENSIONS.iter().flat_map(|one| {
        DIMENSIONS.iter().filter(move |other| *other != one).map(move |other| vec![*one, *other])
    });
    let area = all.last().map(|card| card.area.clone()).unwrap_or_default();
    for by in singles.chain(pairs) {
        let path = format!("/api/v1/summary?by={}", by.join(","));
        let whole = check.get(&people.registrar, &path).await?;
        compare(check, &path, &whole, &by, summary(all.iter(), &by));

        let county = check.get(&people.county, &path).await?;
        let in_county = all.iter().filter(|card| lies_in(card, &people.county_code));
        compare(check, &format!("{path} as county"), &county, &by, summary(in_county, &by));

        let accepted = check.get(&people.leader, &path).await?;
        let is_accepted = all.iter().filter(|card| card.filing == "accepted");
        compare(check, &format!("{path} as leader"), &accepted, &by, summary(is_accepted, &by));

        let path = format!("{path}&area={}&stage=construction,reserve", encoded(&area));
        let filtered = check.get(&people.registrar, &path).await?;
        let fits = all.iter().filter(|card| {
            card.area == area && ["construction", "reserve"].contains(&card.stage.as_str())
        });
        compare(check, &path, &filtered, &by, summary(fits, &by));
    }
    let accepted: Vec<&Known> = all.iter().filter(|card| card.filing == "accepted").collect();
    board(check, "/api/v1/board", &accepted).await
}

/// The board shows what its summaries show each by itself; a registry may have none yet.
pub async fn board(check: &mut Check<'_>, path: &str, seen: &[&Known]) -> Result<()> {
    let leader = check.scene.people.leader.clone();
    let ask = crate::client::Ask::get(&leader, path);
    if check.connection.try_ask(&ask).await?.status == 404 {
        println!("  {path}: there is no board yet");
        return Ok(());
    }
    let board = check.get(&leader, path).await?;
    let summaries = board["summaries"].as_array().cloned().unwrap_or_default();
    check.must(!summaries.is_empty(), path, || "no summaries".into());
    for answer in &summaries {
        let by: Vec<&str> =
            answer["by"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let expected = summary(seen.iter().copied(), &by);
        compare(check, &format!("{path} by {}", by.join(",")), answer, &by, expected);
    }
    Ok(())
}

/// Notes every row that differs.
pub fn compare(check: &mut Check<'_>, path: &str, answer: &Value, by: &[&str], expected: Table) {
    let found = read_summary(answer, by);
    let differing =
        expected.keys().chain(found.keys()).find(|keys| found.get(*keys) != expected.get(*keys));
    check.must(differing.is_none(), path, || {
        let keys = differing.cloned().unwrap_or_default();
        format!("{keys:?}: {:?} instead of {:?}", found.get(&keys), expected.get(&keys))
    });
    let rows = answer["rows"].as_array().map_or(0, Vec::len);
    check.must(rows == expected.len(), path, || format!("{rows} rows"));
}
