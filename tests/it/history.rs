//! The history of a project: who recorded what, when, from when it holds, and what it changed.

use crate::steps::People;
use crate::support::Registry;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_history_tells_who_did_what_when() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let taken = people.reserve("历史一号", "2018-01-10").await;
    let path = format!("/projects/{}", taken.id());
    let renamed = json!({"name": "历史二号", "effective_on": "2018-02-01"});
    let renamed = people.patch(&path, &taken, renamed).await;
    let source = json!({"channel": "ppp", "amount": 5, "effective_on": "2018-01-20"});
    let tagged = people.tag(&renamed, source).await.expect(201);
    let cancelled = json!({"to": "cancelled", "on": "2018-03-01", "reason": "不建了"});
    let cancelled = people.go(&tagged, cancelled).await.expect(200);
    let step = cancelled.body["moves"].as_array().unwrap().last().unwrap()["id"].clone();
    let correction = json!({"on": "2018-03-05", "reason": "日期有误"});
    let correct = format!("{path}/stage/{step}");
    let registrar = &people.registrar;
    registrar.change(Method::PATCH, &correct, cancelled.version(), correction).await.expect(200);

    let history = people.registrar.get(&format!("{path}/history")).await.expect(200);
    assert_eq!(history.body["next"], Value::Null);
    let items = history.body["items"].as_array().unwrap();
    let told: Vec<Value> = items
        .iter()
        .map(|item| json!([item["version"], item["action"], item["actor"], item["reason"]]))
        .collect();
    assert_eq!(
        json!(told),
        json!([
            [1, "register", "registrar", null],
            [2, "submit", "registrar", null],
            [3, "accept", "reviewer", null],
            [4, "change_facts", "registrar", null],
            [5, "add_funding", "finance", null],
            [6, "move", "registrar", "不建了"],
            [7, "correct_move", "registrar", "日期有误"],
        ])
    );
    let times: Vec<jiff::Timestamp> =
        items.iter().map(|item| item["recorded_at"].as_str().unwrap().parse().unwrap()).collect();
    assert!(times.is_sorted());
    let effective: Vec<&Value> = items[2..6].iter().map(|item| &item["effective_on"]).collect();
    assert_eq!(effective, ["2018-01-10", "2018-02-01", "2018-01-20", "2018-03-01"]);
    assert_eq!(items[6]["corrects"], 6);
    let change = |item: usize, pointer: &str| {
        let changes = items[item]["changes"].as_array().unwrap();
        let found = changes.iter().find(|change| change["pointer"] == pointer);
        found.map_or(Value::Null, |change| json!([change["from"], change["to"]]))
    };
    assert_eq!(change(0, "/name"), json!([null, "历史一号"]));
    assert_eq!(change(2, "/stage"), json!(["concept", "reserve"]));
    assert_eq!(change(3, "/name"), json!(["历史一号", "历史二号"]));
    assert_eq!(items[3]["changes"].as_array().unwrap().len(), 1);
    assert_eq!(change(4, "/gap"), json!(["385000000.00", "384999995.00"]));
    assert_eq!(change(5, "/stage"), json!(["reserve", "cancelled"]));
    assert_eq!(change(6, "/stage_since"), json!(["2018-03-01", "2018-03-05"]));
    assert_eq!(change(6, "/name"), Value::Null);

    // The stretches of business time as known now, end to end, each with what was otherwise before.
    let versions = history.body["versions"].as_array().unwrap();
    let spans: Vec<Value> =
        versions.iter().map(|v| json!([v["effective_from"], v["effective_to"]])).collect();
    assert_eq!(
        json!(spans[..4]),
        json!([
            ["2018-01-10", "2018-01-20"],
            ["2018-01-20", "2018-02-01"],
            ["2018-02-01", "2018-03-05"],
            ["2018-03-05", spans[3][1]],
        ])
    );
    let mut told = serde_json::Map::new();
    for version in versions {
        for change in version["changes"].as_array().unwrap() {
            let field = change["pointer"].as_str().unwrap().trim_start_matches('/');
            told.insert(field.to_owned(), change["to"].clone());
        }
        let day = version["effective_from"].as_str().unwrap();
        let then = people.registrar.get(&format!("{path}?as_of={day}")).await.expect(200);
        assert_eq!(version["version"], then.body["version"], "{day}");
        for (field, value) in &told {
            assert_eq!(*value, then.body[field], "{field} on {day}");
        }
    }

    // A page at a time it is the same.
    let mut paged = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = format!("{path}/history?limit=3{cursor}");
        let page = people.registrar.get(&page).await.expect(200);
        paged.extend(page.body["items"].as_array().unwrap().clone());
        match page.body["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, *items);

    // What was changed while it was a draft is not for those who saw no draft.
    let leaders = people.leader.get(&format!("{path}/history")).await.expect(200);
    let leaders = leaders.body["items"].as_array().unwrap();
    assert_eq!(leaders.len(), items.len());
    assert_eq!((&leaders[0]["action"], &leaders[0]["changes"]), (&json!("register"), &json!([])));
    assert_eq!(leaders[1]["changes"], json!([]));
    assert_eq!(leaders[2..], items[2..]);

    people.leader.get("/projects/999999/history").await.expect(404);
}
