//! The list of projects: filters, orders, pages, counts, and what is wrong with a question.

use crate::steps::{all, from, ids, whole};
use crate::support::{Caller, Registry};
use reqwest::Method;
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// A registry with made-up projects.
async fn demo() -> Registry {
    let registry = Registry::start().await;
    let seeded = registry.run(&["seed", "--demo", "300"]);
    assert_eq!(seeded.code, 0, "{}", seeded.stderr);
    registry
}

fn fen(value: &Value) -> Option<i64> {
    value.as_str().map(|text| text.replace('.', "").parse().unwrap())
}

fn text<'a>(card: &'a Value, field: &str) -> &'a str {
    card[field].as_str().unwrap_or("")
}

fn start_year(card: &Value) -> Option<&str> {
    let start = card["actual"]["start"].as_str().or(card["planned"]["start"].as_str());
    start.map(|start| &start[..4])
}

fn any(list: &Value, field: &str, code: &str) -> bool {
    list.as_array().unwrap().iter().any(|entry| entry[field] == code)
}

/// Asserts that a filter lets through exactly what a look at every project says, and some.
async fn assert_filter(
    caller: &Caller,
    whole: &[Value],
    filter: &str,
    wanted: impl Fn(&Value) -> bool,
) {
    let expected: BTreeSet<i64> =
        ids(&whole.iter().filter(|card| wanted(card)).cloned().collect::<Vec<_>>())
            .into_iter()
            .collect();
    assert!(!expected.is_empty() && expected.len() < whole.len(), "{filter} proves nothing");
    for when in ["", "&as_of=2199-01-01"] {
        let found = all(caller, &format!("/projects?limit=150&{filter}{when}")).await;
        assert_eq!(found.len(), expected.len(), "{filter}{when}");
        assert_eq!(ids(&found).into_iter().collect::<BTreeSet<_>>(), expected, "{filter}{when}");
        let count = format!("/projects?limit=1&count=true&{filter}{when}");
        let count = caller.get(&count).await.expect(200);
        assert_eq!(count.body["count"], json!({"value": expected.len(), "exact": true}));
    }
}

#[tokio::test]
async fn a_filter_lets_through_what_it_says() {
    let mut registry = demo().await;
    let caller = registry.caller("registrar");
    let draft = caller.post("/projects", whole("清单草稿工程")).await.expect(201);
    let sent = caller.post("/projects", whole("清单待审工程")).await.expect(201);
    let filing = format!("/projects/{}/filing", sent.id());
    let submit = json!({"action": "submit"});
    caller.change(Method::POST, &filing, sent.version(), submit).await.expect(200);
    let rows = all(&caller, "/projects?limit=200").await;
    assert!(rows.len() > 360, "{}", rows.len());

    let check = async |filter: &str, wanted: &dyn Fn(&Value) -> bool| {
        assert_filter(&caller, &rows, filter, wanted).await;
    };
    check("stage=construction", &|card| card["stage"] == "construction").await;
    check("stage=concept,suspended", &|card| {
        ["concept", "suspended"].contains(&text(card, "stage"))
    })
    .await;
    check("filing=draft", &|card| card["id"] == draft.id()).await;
    check("filing=draft,submitted", &|card| card["filing"] != "accepted").await;
    check("area=water", &|card| card["area"] == "water").await;
    check("area=水利和防灾减灾,poverty", &|card| {
        ["water", "poverty"].contains(&text(card, "area"))
    })
    .await;
    check("region=210703", &|card| card["region"] == "210703").await;
    check("region=凌河区,北宁市", &|card| {
        ["210703", "210782"].contains(&text(card, "region"))
    })
    .await;
    check("group=heating,water_supply", &|card| {
        ["heating", "water_supply"].contains(&text(card, "group"))
    })
    .await;
    check("group=none", &|card| card["group"].is_null()).await;
    check("group=none,heating", &|card| card["group"].is_null() || card["group"] == "heating")
        .await;
    check("department=市发改委", &|card| {
        any(&card["departments"], "code", "development_reform")
    })
    .await;
    check("channel=ppp,other", &|card| {
        any(&card["funding"], "channel", "ppp") || any(&card["funding"], "channel", "other")
    })
    .await;
    check("min_investment=100000000", &|card| {
        fen(&card["total_investment"]) >= Some(10_000_000_000)
    })
    .await;
    check("max_investment=5000000.00", &|card| {
        fen(&card["total_investment"]).is_some_and(|total| total <= 500_000_000)
    })
    .await;
    let year = rows.iter().filter(|card| card["actual"]["start"].is_string()).find_map(start_year);
    let year = year.unwrap();
    check(&format!("start_year={year}"), &|card| start_year(card) == Some(year)).await;
    check("start_year=2018,2019", &|card| {
        start_year(card).is_some_and(|year| ["2018", "2019"].contains(&year))
    })
    .await;
    check("q=污水处理厂", &|card| text(card, "name").contains("污水处理厂")).await;
    check(&format!("q={}", text(&draft.body, "registry_number")), &|card| card["id"] == draft.id())
        .await;
    check("q=市水务集团", &|card| card["owner_unit"]["name"] == "市水务集团").await;
    let coded = rows.iter().find(|card| card["code"].is_string()).unwrap();
    check(&format!("q={}", text(coded, "code")), &|card| card["code"] == coded["code"]).await;
    // Together they narrow.
    check("stage=construction,completed&min_investment=20000000&q=演示", &|card| {
        ["construction", "completed"].contains(&text(card, "stage"))
            && fen(&card["total_investment"]) >= Some(2_000_000_000)
            && text(card, "name").contains("演示")
    })
    .await;
    check("area=water,ecology&filing=accepted&stage=reserve,construction", &|card| {
        ["water", "ecology"].contains(&text(card, "area"))
            && ["reserve", "construction"].contains(&text(card, "stage"))
    })
    .await;
}

/// Every order with how two cards compare in it; ties go by number, in the order's direction.
type Compare = fn(&Value, &Value) -> Ordering;
const SORTS: [(&str, Compare); 6] = [
    ("-total_investment", |a, b| {
        let key = |card: &Value| (fen(&card["total_investment"]), card["id"].as_i64());
        key(b).cmp(&key(a))
    }),
    ("total_investment", |a, b| {
        let key = |card: &Value| {
            let total = fen(&card["total_investment"]);
            (total.is_none(), total, card["id"].as_i64())
        };
        key(a).cmp(&key(b))
    }),
    ("name", |a, b| (text(a, "name"), a["id"].as_i64()).cmp(&(text(b, "name"), b["id"].as_i64()))),
    ("updated_at", |a, b| updated(a).cmp(&updated(b))),
    ("-updated_at", |a, b| updated(b).cmp(&updated(a))),
    ("registry_number", |a, b| text(a, "registry_number").cmp(text(b, "registry_number"))),
];

fn updated(card: &Value) -> (jiff::Timestamp, Option<i64>) {
    (text(card, "updated_at").parse().unwrap(), card["id"].as_i64())
}

#[tokio::test]
async fn pages_neither_skip_nor_repeat_in_any_order() {
    let mut registry = demo().await;
    let leader = registry.caller("leader");
    for when in ["", "&as_of=2018-06-30", "&as_of=2199-12-31", "&known_at=2199-12-31"] {
        let count = format!("/projects?limit=1&count=true{when}");
        let count = leader.get(&count).await.expect(200).body["count"]["value"].clone();
        for (sort, compare) in SORTS {
            let rows = all(&leader, &format!("/projects?limit=37&sort={sort}{when}")).await;
            assert_eq!(json!(rows.len()), count, "{sort}{when}");
            let numbers: BTreeSet<i64> = ids(&rows).into_iter().collect();
            assert_eq!(numbers.len(), rows.len(), "{sort}{when}");
            let wrong = rows.windows(2).find(|pair| compare(&pair[0], &pair[1]).is_gt());
            assert!(wrong.is_none(), "{sort}{when}: {wrong:?}");
        }
    }
    // Blank totals come last either way: the notice's projects have none.
    for sort in ["-total_investment", "total_investment"] {
        let rows = all(&leader, &format!("/projects?limit=200&sort={sort}")).await;
        let blank = |card: &Value| card["total_investment"].is_null();
        assert!(!blank(&rows[0]) && blank(&rows[rows.len() - 1]), "{sort}");
    }
    let usual = leader.get("/projects").await.expect(200);
    assert_eq!(usual.body["items"].as_array().unwrap().len(), 50);
    let sorted = leader.get("/projects?sort=-total_investment&limit=50").await.expect(200);
    assert_eq!(usual.body, sorted.body);
}

#[tokio::test]
async fn a_change_between_two_pages_moves_that_row_alone() {
    let mut registry = demo().await;
    let registrar = registry.caller("registrar");
    let path = "/projects?sort=-total_investment&limit=100";
    let before = ids(&all(&registrar, path).await);
    let first = registrar.get(path).await.expect(200);
    let next = first.body["next"].as_str().unwrap().to_owned();

    // A row of the first page sinks to the end.
    let sunk = &first.body["items"][3];
    let (id, version) = (sunk["id"].as_i64().unwrap(), sunk["version"].as_i64().unwrap());
    let blank = json!({"total_investment": null});
    let one = format!("/projects/{id}");
    registrar.change(Method::PATCH, &one, version, blank).await.expect(200);

    let mut seen = ids(first.body["items"].as_array().unwrap());
    let rest = from(&registrar, path, Some(&next)).await;
    let place = rest.iter().position(|card| card["id"] == id).unwrap();
    assert!(rest[..place].iter().any(|card| card["total_investment"].is_string()));
    assert!(rest[place..].iter().all(|card| card["total_investment"].is_null()), "it sank");
    seen.extend(ids(&rest));
    let others = |all: &[i64]| all.iter().copied().filter(|n| *n != id).collect::<Vec<_>>();
    assert_eq!(others(&seen), others(&before));

    // The last page ends exactly, with no empty one after it.
    let found = all(&registrar, "/projects?stage=construction").await.len();
    assert!((2..=200).contains(&found), "{found}");
    let all_at_once = format!("/projects?stage=construction&limit={found}");
    assert_eq!(registrar.get(&all_at_once).await.expect(200).body["next"], Value::Null);
    let all_but_one = format!("/projects?stage=construction&limit={}", found - 1);
    assert!(registrar.get(&all_but_one).await.expect(200).body["next"].is_string());
}

#[tokio::test]
async fn a_question_that_is_not_in_order_is_told_where() {
    let mut registry = Registry::start().await;
    let leader = registry.caller("leader");
    let cursor = leader.get("/projects?sort=name&limit=1").await.expect(200);
    let cursor = cursor.body["next"].as_str().unwrap().to_owned();
    leader.get(&format!("/projects?sort=name&cursor={cursor}")).await.expect(200);
    let long = "长".repeat(201);
    let longest = "x".repeat(10_000);
    let many = vec!["2018"; 51].join(",");
    let cases = [
        ("colour=red".to_owned(), "/colour"),
        ("Stage=concept".to_owned(), "/Stage"),
        ("cursor=forged".to_owned(), "/cursor"),
        ("cursor=%00".to_owned(), "/cursor"),
        (format!("cursor={cursor}"), "/cursor"),
        (format!("sort=registry_number&cursor={cursor}"), "/cursor"),
        (format!("sort=name&cursor={cursor}x"), "/cursor"),
        // ["name","a NUL",1]
        ("sort=name&cursor=WyJuYW1lIiwiYVx1MDAwMCIsMV0".to_owned(), "/cursor"),
        // ["-total_investment","text",1]
        ("cursor=WyItdG90YWxfaW52ZXN0bWVudCIsInRleHQiLDFd".to_owned(), "/cursor"),
        (format!("q={long}"), "/q"),
        (format!("q={longest}"), "/q"),
        ("q=a%00b".to_owned(), "/q"),
        ("q=%00".to_owned(), "/q"),
        ("q=a%0Ab".to_owned(), "/q"),
        ("sort=colour".to_owned(), "/sort"),
        ("sort=-name".to_owned(), "/sort"),
        ("stage=concept&stage=reserve".to_owned(), "/stage"),
        ("limit=0".to_owned(), "/limit"),
        ("limit=201".to_owned(), "/limit"),
        ("limit=-1".to_owned(), "/limit"),
        ("limit=1.5".to_owned(), "/limit"),
        ("limit=99999999999999999999999".to_owned(), "/limit"),
        ("count=yes".to_owned(), "/count"),
        ("stage=finished".to_owned(), "/stage"),
        ("stage=concept,finished".to_owned(), "/stage"),
        ("filing=lost".to_owned(), "/filing"),
        ("area=space".to_owned(), "/area"),
        ("region=999999".to_owned(), "/region"),
        ("group=%00".to_owned(), "/group"),
        ("department=nobody".to_owned(), "/department"),
        ("channel=lottery".to_owned(), "/channel"),
        ("light=blue".to_owned(), "/light"),
        ("min_investment=-1".to_owned(), "/min_investment"),
        ("min_investment=much".to_owned(), "/min_investment"),
        ("max_investment=1.234".to_owned(), "/max_investment"),
        ("max_investment=1e400".to_owned(), "/max_investment"),
        ("start_year=17".to_owned(), "/start_year"),
        ("start_year=2018,next".to_owned(), "/start_year"),
        (format!("start_year={many}"), "/start_year"),
        ("as_of=today".to_owned(), "/as_of"),
        ("stayed_since=2018".to_owned(), "/stayed_since"),
        ("need=money".to_owned(), "/need"),
        ("need=gap,%00".to_owned(), "/need"),
        ("author=a%00b".to_owned(), "/author"),
        (format!("author={longest}"), "/author"),
    ];
    for (query, pointer) in cases {
        let refused = leader.get(&format!("/projects?{query}")).await;
        let short: String = query.chars().take(80).collect();
        assert_eq!(refused.status, 422, "{short}: {}", refused.body);
        assert_eq!(refused.pointers(), [pointer], "{short}");
        let kind = refused.headers["content-type"].to_str().unwrap();
        assert_eq!(kind, "application/problem+json", "{short}");
    }
    // All that is wrong is told at once.
    let refused = leader.get("/projects?limit=0&sort=x&stage=y&q=%00").await.expect(422);
    assert_eq!(crate::steps::sorted(refused.pointers()), ["/limit", "/q", "/sort", "/stage"]);
}

#[tokio::test]
async fn nothing_found_is_an_empty_list() {
    let mut registry = Registry::start().await;
    let leader = registry.caller("leader");
    for query in [
        "q=没有这样的项目",
        "q=...!?-",
        "q=%25",
        "q=_",
        "q=%27%20OR%201=1--",
        "light=green",
        "start_year=1900",
        "min_investment=2&max_investment=1",
        "stage=operation",
        "as_of=1900-01-01",
        "stayed_since=1900-01-01",
        "known_at=1970-01-01",
        "known_at=1970-01-01T00:00:00Z",
    ] {
        let list = leader.get(&format!("/projects?count=true&{query}")).await.expect(200);
        let empty = json!({"items": [], "next": null, "count": {"value": 0, "exact": true}});
        assert_eq!(list.body, empty, "{query}");
    }
    // What is blank asks for nothing; one character is enough to look for.
    let usual = leader.get("/projects").await.expect(200).body;
    for query in ["q=", "q=%20", "stage=&area=,&limit=&cursor=&sort=&as_of=&count=false"] {
        assert_eq!(leader.get(&format!("/projects?{query}")).await.expect(200).body, usual);
    }
    let one = all(&leader, "/projects?q=桥&limit=200").await;
    assert!(!one.is_empty());
    let named = |card: &Value| text(card, "name").contains('桥');
    assert!(one.iter().all(named), "{one:?}");
    assert_eq!(
        all(&leader, "/projects?limit=200").await.iter().filter(|c| named(c)).count(),
        one.len()
    );
}
