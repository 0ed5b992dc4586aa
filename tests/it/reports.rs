//! Summaries and comparisons, each against a computation by hand from the lists.

use crate::steps::{People, all, assert_sound, now};
use crate::support::{Caller, Registry};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Fen of an amount.
fn fen(value: &Value) -> i128 {
    value.as_str().map_or(0, |text| text.replace('.', "").parse().unwrap())
}

fn money(fen: i128) -> Value {
    let (sign, size) = (if fen < 0 { "-" } else { "" }, fen.abs());
    json!(format!("{sign}{}.{:02}", size / 100, size % 100))
}

fn planned(card: &Value) -> i128 {
    card["funding"].as_array().unwrap().iter().map(|source| fen(&source["amount"])).sum()
}

fn arrived(card: &Value) -> i128 {
    card["funding"].as_array().unwrap().iter().map(|source| fen(&source["arrived"])).sum()
}

/// The codes under which a card counts in a dimension.
fn codes(card: &Value, by: &str) -> BTreeSet<Option<String>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let each = |list: &str, field: &str| -> BTreeSet<Option<String>> {
        card[list].as_array().unwrap().iter().map(|entry| text(&entry[field])).collect()
    };
    match by {
        "department" => each("departments", "code"),
        "channel" if card["funding"] == json!([]) => BTreeSet::from([None]),
        "channel" => each("funding", "channel"),
        other => BTreeSet::from([text(&card[other])]),
    }
}

/// A summary by hand, its rows in the order of their keys.
pub fn by_hand(cards: &[Value], by: &[&str]) -> Vec<Value> {
    #[derive(Default)]
    struct Row {
        count: i64,
        inferred: i64,
        with_total: i64,
        total: i128,
        planned: i128,
        arrived: i128,
        gap: i128,
    }
    let mut rows: BTreeMap<Vec<Option<String>>, Row> = BTreeMap::new();
    for card in cards {
        let mut keys = vec![Vec::new()];
        for dimension in by {
            let codes = codes(card, dimension);
            let more = keys.iter().flat_map(|key: &Vec<Option<String>>| {
                codes.iter().map(|code| [key.clone(), vec![code.clone()]].concat())
            });
            keys = more.collect();
        }
        for key in keys {
            let channel = by.iter().position(|by| *by == "channel").map(|at| key[at].clone());
            let row = rows.entry(key).or_default();
            row.count += 1;
            row.inferred += i64::from(card["stage_basis"] == "inferred");
            row.with_total += i64::from(!card["total_investment"].is_null());
            row.total += fen(&card["total_investment"]);
            row.gap += fen(&card["gap"]);
            let counts = |source: &&Value| {
                channel
                    .as_ref()
                    .is_none_or(|channel| channel.as_deref() == source["channel"].as_str())
            };
            for source in card["funding"].as_array().unwrap().iter().filter(counts) {
                row.planned += fen(&source["amount"]);
                row.arrived += fen(&source["arrived"]);
            }
        }
    }
    let whole = !by.contains(&"channel");
    let told = |(keys, row): (Vec<Option<String>>, Row)| {
        let whole = whole && row.with_total > 0;
        let mut told = json!({
            "count": row.count, "inferred": row.inferred,
            "total_investment": if whole { money(row.total) } else { Value::Null },
            "gap": if whole { money(row.gap) } else { Value::Null },
            "planned_funding": money(row.planned), "arrived_funding": money(row.arrived),
        });
        for (dimension, key) in by.iter().zip(keys) {
            told[*dimension] = json!(key);
        }
        told
    };
    rows.into_iter().map(told).collect()
}

async fn demo() -> Registry {
    let registry = Registry::start().await;
    let seeded = registry.run(&["seed", "--demo", "300"]);
    assert_eq!(seeded.code, 0, "{}", seeded.stderr);
    registry
}

/// The cards of a list.
pub async fn cards(caller: &Caller, query: &str) -> Vec<Value> {
    all(caller, &format!("/projects?limit=200&{query}")).await
}

#[tokio::test]
async fn a_summary_is_what_the_list_adds_up_to() {
    let mut registry = demo().await;
    let leader = registry.caller("leader");
    let year = now().in_tz("Asia/Shanghai").unwrap().year();
    let filters = [
        String::new(),
        format!("as_of={}-06-30", year - 1),
        format!("as_of={}-01-01&stage=construction,reserve", year - 1),
        "channel=ppp,other&min_investment=1000000".to_owned(),
        "region=210703,210711&department=市发改委".to_owned(),
        "q=无此项目".to_owned(),
    ];
    for filter in &filters {
        let cards = cards(&leader, filter).await;
        for by in [
            "stage",
            "area",
            "region",
            "group",
            "channel",
            "department",
            "stage,area",
            "stage,channel",
            "channel,group",
            "department,channel",
            "group,department",
            "region,stage",
        ] {
            let path = format!("/summary?by={by}&{filter}");
            let summary = leader.get(&path).await.expect(200);
            let by: Vec<&str> = by.split(',').collect();
            let rows = summary.body["rows"].as_array().unwrap();
            let key = |row: &Value| by.iter().map(|by| row[by].to_string()).collect::<Vec<_>>();
            let mut sorted = rows.clone();
            sorted.sort_by_key(key);
            let mut hand = by_hand(&cards, &by);
            hand.sort_by_key(key);
            assert_eq!(sorted, hand, "{path}");
            let overlaps = by.contains(&"channel") || by.contains(&"department");
            assert_eq!(summary.body["overlapping"], overlaps, "{path}");
            assert_eq!(summary.body["by"], json!(by), "{path}");
        }
    }
    // Rows come in the order of the code lists, blank ones last.
    let order = |answer: &Value, by: &str| -> Vec<Value> {
        answer["rows"].as_array().unwrap().iter().map(|row| row[by].clone()).collect()
    };
    let stages = leader.get("/summary?by=stage").await.expect(200);
    let stages = order(&stages.body, "stage");
    assert_eq!(stages[..4], ["concept", "reserve", "preparation", "construction"]);
    let groups = leader.get("/summary?by=group").await.expect(200);
    let groups = order(&groups.body, "group");
    assert_eq!((&groups[0], groups.last()), (&json!("grain"), Some(&Value::Null)));
    // The data is worth the look.
    let whole = cards(&leader, "").await;
    let channels = by_hand(&whole, &["channel"]);
    assert!(channels[0]["channel"].is_null() && channels.len() > 20);
    assert_eq!(channels[0]["planned_funding"], "0.00");
    let departments = by_hand(&whole, &["department"]);
    let counted: i64 = departments.iter().map(|row| row["count"].as_i64().unwrap()).sum();
    assert!(counted > i64::try_from(whole.len()).unwrap(), "departments overlap");
    assert!(by_hand(&whole, &["stage"]).iter().any(|row| row["inferred"].as_i64() > Some(0)));
    let excess = whole.iter().filter(|card| fen(&card["gap"]) < 0);
    assert!(excess.count() > 0);

    let usual = leader.get("/summary").await.expect(200);
    assert_eq!(usual.body, leader.get("/summary?by=stage").await.expect(200).body);
    for (wrong, pointer) in [
        ("by=colour", "/by"),
        ("by=stage,stage", "/by"),
        ("by=stage,area,region", "/by"),
        ("by=stage,", "/by"),
        ("by=stage&limit=3", "/limit"),
        ("stage=x", "/stage"),
    ] {
        let refused = leader.get(&format!("/summary?{wrong}")).await.expect(422);
        assert_eq!(refused.pointers(), [pointer], "{wrong}");
    }
}

/// The comparison of two days by hand: the ways in which each project changed.
pub fn compared(before: &[Value], after: &[Value], passes: impl Fn(&Value) -> bool) -> Value {
    let library = |cards: &[Value]| -> BTreeMap<i64, Value> {
        let cards = cards
            .iter()
            .filter(|card| card["filing"] == "accepted" && card["stage"] != "cancelled");
        cards.map(|card| (card["id"].as_i64().unwrap(), card.clone())).collect()
    };
    let (before, after) = (library(before), library(after));
    let numbers: BTreeSet<i64> = before.keys().chain(after.keys()).copied().collect();
    let told = |card: Option<&Value>| match card {
        None => Value::Null,
        Some(card) => json!({
            "stage": card["stage"], "total_investment": card["total_investment"],
            "planned_funding": money(planned(card)), "arrived_funding": money(arrived(card)),
        }),
    };
    let mut items = Vec::new();
    for number in numbers {
        let (old, new) = (before.get(&number), after.get(&number));
        let mut changes = Vec::new();
        match (told(old), told(new)) {
            (Value::Null, _) => changes.push("entered"),
            (_, Value::Null) => changes.push("left"),
            (mut old, mut new) => {
                let stages = [old["stage"].take(), new["stage"].take()];
                if stages[0] != stages[1] {
                    changes.push("moved");
                }
                if old != new {
                    changes.push("refunded");
                }
            }
        }
        if !changes.is_empty() && [old, new].into_iter().flatten().any(&passes) {
            let card = new.or(old).unwrap();
            items.push(json!({"changes": changes, "before": told(old), "after": told(new),
                "project": card}));
        }
    }
    json!(items)
}

#[tokio::test]
async fn changes_are_what_two_lists_differ_in() {
    let mut registry = demo().await;
    let people = People::of(&mut registry);
    let leader = &people.leader;
    let today = now().in_tz("Asia/Shanghai").unwrap().date();
    let ago = |days: i64| today.checked_sub(jiff::Span::new().days(days)).unwrap().to_string();
    // One that is taken out of the library again.
    let taken = people.reserve("比较一号", &ago(40)).await;
    let back = json!({"to": "concept", "on": ago(20), "reason": "不成熟"});
    people.go(&taken, back).await.expect(200);

    let mut kinds = BTreeSet::new();
    for (from, to) in [
        (ago(2000), ago(0)),
        (ago(700), ago(300)),
        (ago(30), ago(10)),
        (ago(41), ago(5)),
        (ago(3), ago(3)),
    ] {
        let before = cards(leader, &format!("as_of={from}")).await;
        let after = cards(leader, &format!("as_of={to}")).await;
        for (filter, passes) in [
            ("", Box::new(|_: &Value| true) as Box<dyn Fn(&Value) -> bool>),
            ("&area=water", Box::new(|card: &Value| card["area"] == "water")),
            ("&stage=construction", Box::new(|card: &Value| card["stage"] == "construction")),
        ] {
            let expected = compared(&before, &after, passes);
            let path = format!("/changes?from={from}&to={to}{filter}");
            let whole = all(leader, &format!("{path}&limit=200")).await;
            assert_eq!(json!(whole), expected, "{path}");
            let pages = all(leader, &format!("{path}&limit=7")).await;
            assert_eq!(json!(pages), expected, "{path}");
            let first = leader.get(&format!("{path}&limit=1")).await.expect(200);
            let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
            for item in &whole {
                for kind in item["changes"].as_array().unwrap() {
                    *counts.entry(kind.as_str().unwrap()).or_default() += 1;
                    kinds.insert(kind.as_str().unwrap().to_owned());
                }
            }
            assert_eq!(first.body["counts"], json!(counts), "{path}");
            assert_eq!(first.body["from"], json!(from));
            assert_eq!(first.body["to"], json!(to));
        }
    }
    assert_eq!(kinds.len(), 4, "{kinds:?}");
    let same = leader.get(&format!("/changes?from={0}&to={0}", ago(9))).await.expect(200);
    assert_eq!((&same.body["items"], &same.body["counts"]), (&json!([]), &json!({})));
    let usual = leader.get(&format!("/changes?from={}", ago(30))).await.expect(200);
    assert_eq!(usual.body["to"], json!(today.to_string()), "today by default");
    for (wrong, pointer) in [
        ("", "/from"),
        ("from=x", "/from"),
        ("from=2018-01-02&to=2018-01-01", "/to"),
        ("from=2018-01-01&cursor=x", "/cursor"),
        ("from=2018-01-01&limit=0", "/limit"),
        ("from=2018-01-01&as_of=2018-01-01", "/as_of"),
    ] {
        let refused = leader.get(&format!("/changes?{wrong}")).await.expect(422);
        assert_eq!(refused.pointers(), [pointer], "{wrong}");
    }
    assert_sound(&registry);
}
