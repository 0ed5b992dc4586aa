//! Past days: lists, summaries and the board as of a day agree with each project by itself, and the
//! changes between two days with the lists of both.

use super::sums::{board, compare};
use super::{Check, ids};
use crate::client::encoded;
use crate::oracle::{Known, SORTS, fen, has, sort, summary};
use crate::past::newest_day;
use anyhow::Result;
use jiff::ToSpan;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Checks past days.
pub async fn check(check: &mut Check<'_>, all: &[Known]) -> Result<()> {
    let registrar = check.scene.people.registrar.clone();
    // Far ahead all is as it is now.
    let path = "/api/v1/projects?limit=200&as_of=2199-01-01";
    let found = ids(&check.pages(&registrar, path).await?);
    let mut expected: Vec<&Known> = all.iter().collect();
    sort(&mut expected, SORTS[0]);
    let expected: Vec<i64> = expected.iter().map(|card| card.id).collect();
    check.same(path, &found, &expected);

    let newest = newest_day(check.scene)?;
    let (from, to) = (newest.saturating_sub(455.days()), newest.saturating_sub(365.days()));
    let mut days = Vec::new();
    for day in [from, to] {
        let day = day.to_string();
        let path = format!("/api/v1/projects?limit=200&as_of={day}");
        let items = check.pages(&registrar, &path).await?;
        let cards: Vec<Known> = items.iter().map(Known::of).collect();
        check.must(!cards.is_empty() && cards.len() < all.len(), &path, || {
            format!("{} of {} projects", cards.len(), all.len())
        });
        each_by_itself(check, &day, &items).await?;
        filters(check, &day, &cards).await?;
        for by in [vec!["stage"], vec!["channel"], vec!["area", "stage"], vec!["region", "channel"]]
        {
            let path = format!("/api/v1/summary?as_of={day}&by={}", by.join(","));
            let answer = check.get(&registrar, &path).await?;
            compare(check, &path, &answer, &by, summary(cards.iter(), &by));
        }
        let accepted: Vec<&Known> = cards.iter().filter(|card| card.filing == "accepted").collect();
        board(check, &format!("/api/v1/board?as_of={day}"), &accepted).await?;
        days.push(cards);
    }
    changes(check, &from.to_string(), &to.to_string(), &days[0], &days[1]).await
}

/// Some projects of the list as of a day are as the single project is as of it; some others are not
/// there at all.
async fn each_by_itself(check: &mut Check<'_>, day: &str, items: &[Value]) -> Result<()> {
    let registrar = check.scene.people.registrar.clone();
    for card in items.iter().step_by((items.len() / 40).max(1)) {
        let path = format!("/api/v1/projects/{}?as_of={day}", card["id"]);
        let file = check.get(&registrar, &path).await?;
        for field in ["stage", "stage_since", "filing", "name", "total_investment", "gap", "group"]
        {
            check.must(file[field] == card[field], &path, || {
                format!("{field} is {} in the list, {} by itself", card[field], file[field])
            });
        }
    }
    let there: BTreeSet<i64> = ids(items).into_iter().collect();
    let newest = *there.last().unwrap_or(&1);
    for id in (1..newest).step_by(usize::try_from(newest / 60).unwrap_or(1).max(1)) {
        if !there.contains(&id) {
            let path = format!("/api/v1/projects/{id}?as_of={day}");
            let ask = crate::client::Ask::get(&registrar, &*path);
            check.asked += 1;
            let status = check.connection.try_ask(&ask).await?.status;
            check.must(status == 404, &path, || format!("not in the list, but status {status}"));
        }
    }
    Ok(())
}

/// Filters as of a day, in several orders.
async fn filters(check: &mut Check<'_>, day: &str, cards: &[Known]) -> Result<()> {
    let registrar = check.scene.people.registrar.clone();
    for (number, order) in SORTS.iter().enumerate() {
        let Some(card) = cards.get(number * 131 % cards.len().max(1)) else { continue };
        let (stage, area) = (&card.stage, &card.area);
        let mut path = format!("/api/v1/projects?as_of={day}&limit=150&sort={order}&stage={stage}");
        if number % 2 == 0 {
            path.push_str(&format!("&area={}", encoded(area)));
        }
        let fits = |card: &&Known| {
            has(card, "stage", stage) && (number % 2 == 1 || has(card, "area", area))
        };
        let mut expected: Vec<&Known> = cards.iter().filter(fits).collect();
        sort(&mut expected, order);
        let expected: Vec<i64> = expected.iter().map(|card| card.id).collect();
        let found = ids(&check.pages(&registrar, &path).await?);
        check.same(&path, &found, &expected);
    }
    Ok(())
}

/// How a project stands, as far as changes turn on it.
type Standing = (String, Option<i128>, i128, i128);

fn library(cards: &[Known]) -> BTreeMap<i64, Standing> {
    let is_in = |card: &&Known| card.filing == "accepted" && card.stage != "cancelled";
    let standing = |card: &Known| (card.stage.clone(), card.total, card.planned(), card.arrived());
    cards.iter().filter(is_in).map(|card| (card.id, standing(card))).collect()
}

/// The changes between two days, against the lists of both.
async fn changes(
    check: &mut Check<'_>,
    from: &str,
    to: &str,
    first: &[Known],
    second: &[Known],
) -> Result<()> {
    let leader = check.scene.people.leader.clone();
    let (before, after) = (library(first), library(second));
    let mut expected: BTreeMap<i64, BTreeSet<&str>> = BTreeMap::new();
    for id in before.keys().chain(after.keys()) {
        let kinds: BTreeSet<&str> = match (before.get(id), after.get(id)) {
            (None, Some(_)) => ["entered"].into(),
            (Some(_), None) => ["left"].into(),
            (Some(old), Some(new)) => {
                let moved = (old.0 != new.0).then_some("moved");
                let refunded =
                    ((old.1, old.2, old.3) != (new.1, new.2, new.3)).then_some("refunded");
                moved.into_iter().chain(refunded).collect()
            }
            (None, None) => BTreeSet::new(),
        };
        if !kinds.is_empty() {
            expected.insert(*id, kinds);
        }
    }
    let path = format!("/api/v1/changes?from={from}&to={to}&limit=200");
    let answer = check.get(&leader, &path).await?;
    for kind in ["entered", "left", "moved", "refunded"] {
        let count = expected.values().filter(|kinds| kinds.contains(kind)).count();
        let told = answer["counts"][kind].as_u64().unwrap_or(0);
        check.must(told == count as u64, &path, || format!("{told} {kind} instead of {count}"));
    }
    let items = check.pages(&leader, &path).await?;
    let found: Vec<i64> = items.iter().filter_map(|item| item["project"]["id"].as_i64()).collect();
    let expected_ids: BTreeSet<i64> = expected.keys().copied().collect();
    let found_ids: BTreeSet<i64> = found.iter().copied().collect();
    check.must(found.len() == found_ids.len() && found_ids == expected_ids, &path, || {
        format!("{} changed projects instead of {}", found.len(), expected_ids.len())
    });
    for item in &items {
        let id = item["project"]["id"].as_i64().unwrap_or(-1);
        let kinds = item["changes"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let kinds: BTreeSet<&str> = kinds.collect();
        let same_kinds = expected.get(&id).is_some_and(|expected| *expected == kinds);
        check.must(same_kinds, &path, || format!("project {id}: {kinds:?}"));
        for (side, day) in [("before", &before), ("after", &after)] {
            let told = item[side].as_object().map(|_| {
                let side = &item[side];
                let money = |field: &str| fen(&side[field]);
                (
                    side["stage"].as_str().unwrap_or_default().to_owned(),
                    money("total_investment"),
                    money("planned_funding").unwrap_or(-1),
                    money("arrived_funding").unwrap_or(-1),
                )
            });
            let expected = day.get(&id);
            check.must(told.as_ref() == expected, &path, || {
                format!("project {id} {side}: {told:?} instead of {expected:?}")
            });
        }
    }
    Ok(())
}
