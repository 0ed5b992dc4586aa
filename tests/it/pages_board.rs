//! The board as people see it: its figures are the API's, its numbers lead to lists as long as they
//! say, and two days compared tell what the comparison tells project by project.

use crate::steps::{People, all};
use crate::support::{Caller, Registry, Shown, Visitor};
use jiff::ToSpan;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What of a text stands behind one mark, up to another.
pub fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split(end).next()
}

/// A number as pages show it.
pub fn number(text: &str) -> i64 {
    text.trim().replace(',', "").parse().unwrap()
}

/// The address in an attribute.
pub fn href(text: &str) -> Option<String> {
    Some(between(text, "href=\"", "\"")?.replace("&#38;", "&"))
}

/// The figures of the board by stage: how many, how much money, which list.
fn figures(shown: &Shown) -> BTreeMap<String, (i64, String, String)> {
    let of = |card: &str| {
        let stage = card.split('"').next().unwrap().to_owned();
        let count = number(between(card, "class=\"value\">", "<").unwrap());
        (stage, (count, between(card, "<data value=\"", "\"").unwrap().to_owned()))
    };
    let mut found = BTreeMap::new();
    for card in shown.text.split("<li><a ").filter(|card| card.contains("data-stage=")) {
        let link = href(card).unwrap();
        let (stage, (count, money)) = of(card.split_once("data-stage=\"").unwrap().1);
        found.insert(stage, (count, money, link));
    }
    found
}

/// The rows of the flow: from which stage to which, how many, which list.
fn flows(shown: &Shown) -> Vec<(String, String, i64, Option<String>)> {
    let rows = shown.text.split("<tr data-before=\"").skip(1);
    rows.map(|row| {
        let row = row.split("</tr>").next().unwrap();
        let before = row.split('"').next().unwrap().to_owned();
        let after = between(row, "data-after=\"", "\"").unwrap().to_owned();
        let cell = between(row, "<td class=\"number\">", "</td>").unwrap();
        let count = cell.split_once('>').map_or(cell, |(_, rest)| rest.split('<').next().unwrap());
        (before, after, number(count), href(cell))
    })
    .collect()
}

/// The kinds of change: how many, which list.
fn kinds(shown: &Shown) -> BTreeMap<String, (i64, String)> {
    let cards = shown.text.split("<li><a ").filter(|card| card.contains("data-kind="));
    cards
        .map(|card| {
            let kind = between(card, "data-kind=\"", "\"").unwrap().to_owned();
            let count = number(between(card, "class=\"value\">", "<").unwrap());
            (kind, (count, href(card).unwrap()))
        })
        .collect()
}

/// The sums on both days and what lies between, by their place in the table.
fn sums(shown: &Shown) -> Vec<[String; 3]> {
    let table = between(&shown.text, "class=\"column tables\">", "</table>").unwrap();
    let rows = table.split("<tr><th scope=\"row\">").skip(1);
    rows.map(|row| {
        let values: Vec<&str> =
            row.split("<data value=\"").skip(1).map(|of| of.split('"').next().unwrap()).collect();
        [values[0].to_owned(), values[1].to_owned(), values[2].to_owned()]
    })
    .collect()
}

/// How many projects a list of the API has, asked as a page's link asks.
pub async fn listed(caller: &Caller, link: &str) -> i64 {
    let query = link.split_once('?').map_or("", |(_, query)| query);
    let path = format!("/projects?{query}&count=true&limit=1");
    caller.get(&path).await.expect(200).body["count"]["value"].as_i64().unwrap()
}

/// The counts of a summary of the API's board.
fn summed(board: &Value, by: &[&str]) -> Vec<Value> {
    let summaries = board["summaries"].as_array().unwrap();
    let found = summaries.iter().find(|summary| summary["by"] == json!(by)).unwrap();
    found["rows"].as_array().unwrap().clone()
}

fn fen(yuan: &Value) -> i128 {
    yuan.as_str().map_or(0, |text| text.replace('.', "").parse().unwrap())
}

/// Asserts that the board shows what the API tells, and leads to lists as long as it says.
async fn assert_board(visitor: &Visitor, caller: &Caller, when: &str) {
    let shown = visitor.get(&format!("/board{when}")).await.expect(200);
    let board = caller.get(&format!("/board{when}")).await.expect(200).body;
    let stages = summed(&board, &["stage"]);
    let figures = figures(&shown);
    assert_eq!(figures.len(), 9, "eight stages and all of them");
    let mut all = (0, 0);
    for row in &stages {
        let (count, money, link) = &figures[row["stage"].as_str().unwrap()];
        assert_eq!(json!(count), row["count"], "{row}");
        assert_eq!(fen(&json!(money)), fen(&row["total_investment"]), "{row}");
        assert_eq!(listed(caller, link).await, *count, "{link}");
        all = (all.0 + count, all.1 + fen(&row["total_investment"]));
    }
    let told: i64 = figures.iter().filter(|(stage, _)| !stage.is_empty()).map(|(_, of)| of.0).sum();
    let (count, money, link) = &figures[""];
    assert_eq!((*count, fen(&json!(money))), all);
    assert_eq!(told, all.0, "a stage without projects shows none");
    assert_eq!(listed(caller, link).await, *count, "{link}");

    // Every cell of the areas by stage, and every bar, leads to as many as it says.
    let matrix = between(&shown.text, "panel matrix", "</figure>").unwrap();
    let cells: Vec<(i64, String)> = matrix
        .split("<a class=\"cell\"")
        .skip(1)
        .map(|cell| (number(between(cell, ">", "<").unwrap()), href(cell).unwrap()))
        .collect();
    let by_area = summed(&board, &["area", "stage"]);
    let single = cells.iter().filter(|(_, link)| link.contains("area=") && link.contains("stage="));
    assert_eq!(single.count(), by_area.len(), "{when}");
    for row in &by_area {
        let of = format!(
            "area={}&stage={}",
            row["area"].as_str().unwrap(),
            row["stage"].as_str().unwrap()
        );
        let found = cells.iter().find(|(_, link)| link.contains(&of)).unwrap();
        assert_eq!(json!(found.0), row["count"], "{row}");
    }
    for (count, link) in cells.iter().step_by(7) {
        assert_eq!(listed(caller, link).await, *count, "{link}");
    }
    for (by, id) in [("region", "by-region"), ("group", "by-group"), ("channel", "by-channel")] {
        let start = format!("aria-labelledby=\"{id}\"");
        let figure = between(&shown.text, &start, "</figure>").unwrap();
        let rows: Vec<&str> = figure.split("<tr><th scope=\"row\">").skip(1).collect();
        let told = summed(&board, &[by]);
        assert_eq!(rows.len(), told.len(), "{by} {when}");
        for (row, told) in rows.iter().zip(&told) {
            let cell = between(row, "<td class=\"number\">", "</td>").unwrap();
            let money = fen(&json!(between(row, "<data value=\"", "\"").unwrap()));
            let of = if by == "channel" { "planned_funding" } else { "total_investment" };
            assert_eq!(money, fen(&told[of]), "{told}");
            match href(cell) {
                Some(link) => {
                    let count = number(between(cell, ">", "<").unwrap());
                    assert_eq!(json!(count), told["count"], "{told}");
                    assert_eq!(listed(caller, &link).await, count, "{link}");
                }
                // Of those that have none there is no list to ask for.
                None => assert_eq!(told[by], Value::Null, "{told}"),
            }
        }
    }
}

/// The stages of a card's state on a day: what the comparison calls them.
fn stage_of(state: &Value) -> String {
    state.as_object().map_or("none".into(), |state| state["stage"].as_str().unwrap().to_owned())
}

/// Asserts that the flow between two days is what the comparison tells project by project, and what
/// lies between the lists of the two days.
pub async fn assert_compared(visitor: &Visitor, caller: &Caller, (from, to): (&str, &str)) {
    let path = format!("/board?since={from}&as_of={to}");
    let shown = visitor.get(&path).await.expect(200);
    let changes = all(caller, &format!("/changes?from={from}&to={to}&limit=200")).await;
    let mut went: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut counted: BTreeMap<&str, i64> = BTreeMap::new();
    let mut total = 0;
    for item in &changes {
        let (before, after) = (stage_of(&item["before"]), stage_of(&item["after"]));
        total += fen(&item["after"]["total_investment"]) - fen(&item["before"]["total_investment"]);
        for change in item["changes"].as_array().unwrap() {
            *counted.entry(change.as_str().unwrap()).or_default() += 1;
        }
        if before != after {
            *went.entry((before, after)).or_default() += 1;
        }
    }
    let mut shown_flows: BTreeMap<(String, String), i64> = BTreeMap::new();
    let (mut left, mut right) = (BTreeMap::new(), BTreeMap::new());
    for (before, after, count, link) in flows(&shown) {
        *left.entry(before.clone()).or_insert(0) += count;
        *right.entry(after.clone()).or_insert(0) += count;
        assert_eq!(link.is_none(), before == after, "{path}: {before} {after}");
        // What the comparison calls left is cancelled or not there any more.
        let after = if after == "cancelled" { "none".to_owned() } else { after };
        if before != after {
            *shown_flows.entry((before, after)).or_default() += count;
        }
    }
    assert_eq!(shown_flows, went, "{path}");
    if from == to {
        // The page says that the days are the same and shows no stream.
        return;
    }
    for (day, sides) in [(from, left), (to, right)] {
        let library = listed_by_stage(caller, day).await;
        let mut sides = sides;
        sides.retain(|stage, _| stage != "none" && stage != "cancelled");
        assert_eq!(sides, library, "{path}: {day}");
    }
    let kinds = kinds(&shown);
    let count = |kind: &str| kinds[kind].0;
    let told = |kind: &str| counted.get(kind).copied().unwrap_or_default();
    assert_eq!(count("entered"), told("entered"), "{path}");
    assert_eq!(count("moved"), told("moved"), "{path}");
    assert_eq!(count("refunded"), told("refunded"), "{path}");
    assert_eq!(count("left") + count("cancelled"), told("left"), "{path}");
    let sums = sums(&shown);
    assert_eq!(fen(&json!(sums[1][2])), total, "{path}: {sums:?}");
    for sum in &sums[1..] {
        let [first, second, difference] = sum.each_ref().map(|text| fen(&json!(text)));
        assert_eq!(second - first, difference, "{path}");
    }
}

/// How many accepted projects that are not cancelled stand at each stage on a day.
async fn listed_by_stage(caller: &Caller, day: &str) -> BTreeMap<String, i64> {
    let path = format!("/summary?by=stage&filing=accepted&as_of={day}");
    let summary = caller.get(&path).await.expect(200);
    let rows = summary.body["rows"].as_array().unwrap().clone();
    let rows = rows
        .iter()
        .map(|row| (row["stage"].as_str().unwrap().to_owned(), row["count"].as_i64().unwrap()));
    rows.filter(|(stage, _)| stage != "cancelled").collect()
}

/// All pages of a list of changes: the projects' numbers, in order, and how many the page says.
async fn pages(visitor: &Visitor, link: &str) -> (Vec<i64>, i64) {
    let mut ids = Vec::new();
    let mut next = link.to_owned();
    loop {
        let shown = visitor.get(&next).await.expect(200);
        let count = number(between(&shown.text, "data-count>", "<").unwrap());
        let rows = between(&shown.text, "<tbody>", "</tbody>").unwrap_or_default();
        ids.extend(
            rows.split("href=\"/projects/")
                .skip(1)
                .map(|row| row.split('?').next().unwrap().parse::<i64>().unwrap()),
        );
        match shown.text.split("class=\"button\" ").find(|of| of.contains("下一页")) {
            Some(button) => next = href(button).unwrap(),
            None => return (ids, count),
        }
    }
}

/// A registry of made-up projects, its leader, and the leader of a county.
pub async fn demo() -> (Registry, [(Visitor, Caller); 2]) {
    let mut registry = Registry::start().await;
    let seeded = registry.run(&["seed", "--demo", "150"]);
    assert_eq!(seeded.code, 0, "{}", seeded.stderr);
    let city = Visitor::of(&registry, "chief", "leader", "city").await;
    let county = Visitor::of(&registry, "county", "leader", "region:210726").await;
    let callers = [registry.caller("chief"), registry.caller("county")];
    let [chief, of_county] = callers;
    (registry, [(city, chief), (county, of_county)])
}

fn today() -> jiff::civil::Date {
    crate::steps::now().in_tz("Asia/Shanghai").unwrap().date()
}

#[tokio::test]
async fn the_board_of_any_day_shows_what_the_api_tells() {
    let (_registry, leaders) = demo().await;
    for (visitor, caller) in &leaders {
        assert_board(visitor, caller, "").await;
        for days in [40, 400] {
            let day = today().checked_sub(days.days()).unwrap();
            assert_board(visitor, caller, &format!("?as_of={day}")).await;
        }
    }
    // A county's leader is shown the county alone.
    let [(city, _), (county, _)] = &leaders;
    let [whole, part] = [city, county].map(|visitor| visitor.get("/board"));
    let (whole, part) = (figures(&whole.await), figures(&part.await));
    assert!(part[""].0 > 0 && part[""].0 < whole[""].0, "{part:?}");
}

#[tokio::test]
async fn the_ten_largest_and_those_that_wait_are_named() {
    let (_registry, leaders) = demo().await;
    for (visitor, caller) in &leaders {
        let shown = visitor.get("/board").await.expect(200);
        let largest = between(&shown.text, "aria-labelledby=\"largest\"", "</section>").unwrap();
        let listed_first = caller
            .get("/projects?limit=10&stage=concept,reserve,preparation,construction,completed,operation,suspended")
            .await
            .expect(200);
        let named: Vec<i64> = largest
            .split("href=\"/projects/")
            .skip(1)
            .map(|row| row.split('"').next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(named, crate::steps::ids(listed_first.body["items"].as_array().unwrap()));
        for need in ["overdue", "stuck"] {
            let mark = format!("data-need=\"{need}\"");
            let card = shown.text.split("<li><a ").find(|card| card.contains(&mark)).unwrap();
            let count = number(between(card, "class=\"value\">", "<").unwrap());
            assert_eq!(listed(caller, &href(card).unwrap()).await, count, "{need}");
            assert!(count > 0, "{need}");
        }
    }
}

#[tokio::test]
async fn numbers_of_a_comparison_lead_to_its_projects() {
    let (_registry, leaders) = demo().await;
    let mut seen = 0;
    for (visitor, caller) in &leaders {
        for (from, to) in [(500, 0), (90, 30)] {
            let [from, to] =
                [from, to].map(|ago| today().checked_sub(ago.days()).unwrap().to_string());
            assert_compared(visitor, caller, (&from, &to)).await;
            let shown = visitor.get(&format!("/board?since={from}&as_of={to}")).await.expect(200);
            let changes = all(caller, &format!("/changes?from={from}&to={to}&limit=200")).await;
            for (kind, (count, link)) in kinds(&shown) {
                let (ids, said) = pages(visitor, &link).await;
                assert_eq!((ids.len() as i64, said), (count, count), "{kind} {link}");
                let word = if kind == "completed" { "moved" } else { &kind };
                let word = if kind == "cancelled" { "left" } else { word };
                for id in &ids {
                    let item = changes.iter().find(|item| item["project"]["id"] == *id).unwrap();
                    assert!(
                        item["changes"].as_array().unwrap().contains(&json!(word)),
                        "{kind} {id}"
                    );
                }
            }
            for (before, after, count, link) in flows(&shown) {
                let Some(link) = link else { continue };
                let (ids, said) = pages(visitor, &link).await;
                assert_eq!((ids.len() as i64, said), (count, count), "{before} {after} {link}");
                seen += ids.len();
            }
            let (ids, said) = pages(visitor, &format!("/board/changes?from={from}&to={to}")).await;
            assert_eq!(
                ids,
                changes
                    .iter()
                    .map(|item| item["project"]["id"].as_i64().unwrap())
                    .collect::<Vec<_>>()
            );
            assert_eq!(said, ids.len() as i64);
        }
    }
    assert!(seen > 100, "{seen}: there is more than one page");
}

#[tokio::test]
async fn what_was_completed_and_what_was_cancelled_is_told_apart() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let leader = Visitor::of(&registry, "chief", "leader", "city").await;
    let built = people.preparation("竣工一号", "2018-01-10", "2018-02-01").await;
    let basis = json!({"document_number": "锦发改审批〔2018〕12号", "title": "批复", "issued_by": "市发展改革委", "issued_on": "2018-03-01"});
    let begin = json!({"to": "construction", "on": "2018-03-01", "basis": basis});
    let begun = people.go(&built, begin).await.expect(200);
    let finish = json!({"to": "completed", "on": "2018-09-01", "basis": basis});
    people.go(&begun, finish).await.expect(200);
    let gone = people.reserve("终止一号", "2018-01-10").await;
    people
        .go(&gone, json!({"to": "cancelled", "on": "2018-05-01", "reason": "不再实施"}))
        .await
        .expect(200);

    let shown = leader.get("/board?since=2018-02-15&as_of=2018-12-31").await.expect(200);
    let kinds = kinds(&shown);
    let count = |kind: &str| kinds[kind].0;
    assert_eq!(
        ["entered", "moved", "completed", "cancelled", "left", "refunded"].map(count),
        [0, 1, 1, 1, 0, 0]
    );
    let flows: Vec<(String, String, i64)> =
        flows(&shown).into_iter().map(|(before, after, count, _)| (before, after, count)).collect();
    let went = |before: &str, after: &str| (before.to_owned(), after.to_owned(), 1);
    assert_eq!(
        flows.iter().filter(|flow| flow.0 != flow.1).cloned().collect::<Vec<_>>(),
        [went("reserve", "cancelled"), went("preparation", "completed"),]
    );
    assert_eq!(pages(&leader, &kinds["completed"].1).await.0, [built.id()]);
    assert_eq!(pages(&leader, &kinds["cancelled"].1).await.0, [gone.id()]);
    let list = leader.get("/board/changes?from=2018-02-15&to=2018-12-31&kind=cancelled").await;
    list.expect(200).shows(&["终止一号", "38,500"]);
    let list =
        leader.get("/board/changes?from=2018-02-15&to=2018-12-31&before=reserve&after=cancelled");
    list.await.expect(200).shows(&["终止一号"]);
}
