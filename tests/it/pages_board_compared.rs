//! Two days of the board compared: the flow tells what the comparison tells project by project, and
//! its numbers lead to the projects.

use crate::pages_board::{between, demo, fen, href, listed, number, today};
use crate::steps::{People, all, ids};
use crate::support::{Caller, Registry, Shown, Visitor};
use jiff::ToSpan;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The rows of the flow: from which stage to which, how many, which list.
fn flows(shown: &Shown) -> Vec<(String, String, i64, String)> {
    let rows = shown.text.split("<tr data-before=\"").skip(1);
    rows.map(|row| {
        let row = row.split("</tr>").next().unwrap();
        let before = row.split('"').next().unwrap().to_owned();
        let after = between(row, "data-after=\"", "\"").unwrap().to_owned();
        let cell = between(row, "<td class=\"number\">", "</td>").unwrap();
        let count = cell.split_once('>').map_or(cell, |(_, rest)| rest.split('<').next().unwrap());
        (before, after, number(count), href(cell).unwrap())
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

/// The stages of a card's state on a day: what the comparison calls them.
fn stage_of(state: &Value) -> String {
    state.as_object().map_or("none".into(), |state| state["stage"].as_str().unwrap().to_owned())
}

/// Asserts that a link leads to the projects that stand at a stage on both days.
async fn assert_stayed(
    caller: &Caller,
    link: &str,
    stage: &str,
    (from, to): (&str, &str),
    count: i64,
) {
    let stage = format!("/projects?stage={stage}&filing=accepted&limit=200");
    let before = ids(&all(caller, &format!("{stage}&as_of={from}")).await);
    let mut both = ids(&all(caller, &format!("{stage}&as_of={to}")).await);
    both.retain(|id| before.contains(id));
    assert_eq!(both.len() as i64, count, "{link}");
    assert_eq!(ids(&all(caller, &format!("{link}&limit=200")).await), both, "{link}");
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
        if before == after {
            assert_stayed(caller, &link, &before, (from, to), count).await;
        }
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
    let sides_told = left.len() + right.len();
    for (day, sides) in [(from, left), (to, right)] {
        let library = listed_by_stage(caller, day).await;
        let mut sides = sides;
        sides.retain(|stage, _| stage != "none" && stage != "cancelled");
        assert_eq!(sides, library, "{path}: {day}");
    }
    // The numbers beside the stream lead to as many.
    let links = shown.text.split("<a href=\"");
    let nodes: Vec<&str> = links.filter(|link| link.contains("data-node=")).collect();
    assert_eq!(nodes.len(), sides_told, "{path}");
    for node in nodes {
        let link = node.split('"').next().unwrap().replace("&#38;", "&");
        let label = between(node, "<text", "</text>").unwrap();
        let told = number(label.split_whitespace().next_back().unwrap());
        let leads_to = match link.starts_with("/projects") {
            true => listed(caller, &link).await,
            false => pages(visitor, &link).await.1,
        };
        assert_eq!(leads_to, told, "{path}: {link}");
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
                if before == after {
                    continue;
                }
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
