//! The board as people see it: its figures are the API's, and its numbers lead to lists as long as
//! they say.

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

pub fn fen(yuan: &Value) -> i128 {
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

pub fn today() -> jiff::civil::Date {
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
