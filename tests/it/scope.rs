//! What an account sees: its scope and the drafts it may know of, in every answer alike.

use crate::support::{Caller, Registry, sample};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A word no project of the seeds has.
const MARK: &str = "琉璃";

/// Three projects that differ in region, department and group; the last is a draft.
async fn projects(registry: &mut Registry) -> [i64; 3] {
    let crossing = sample::body_with(
        "琉璃河引水",
        json!({"region": "210726", "also_in": ["210727"],
        "group": "water_supply", "departments": ["water_bureau"], "lead_department": null}),
    );
    let other = sample::body_with(
        "琉璃街小学",
        json!({"region": "210702", "also_in": [],
        "group": "heating", "departments": ["education"], "lead_department": null}),
    );
    let draft = sample::body_with(
        "琉璃厂供水",
        json!({"region": "210726", "also_in": [],
        "group": "water_supply", "departments": ["water_bureau"], "lead_department": null}),
    );
    let crossing = sample::accepted(registry, crossing).await.id();
    let other = sample::accepted(registry, other).await.id();
    let author = registry.account("author", "reporter", "region:210726");
    let draft = author.post("/projects", draft).await.expect(201).id();
    [crossing, other, draft]
}

fn ids<'a>(items: impl IntoIterator<Item = &'a Value>) -> BTreeSet<i64> {
    items.into_iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

fn items(body: &Value) -> &Vec<Value> {
    body["items"].as_array().unwrap()
}

/// Which of the projects the caller sees, which every endpoint must answer alike.
async fn seen(caller: &Caller, all: &[i64], who: &str) -> BTreeSet<i64> {
    let list = caller.get(&format!("/projects?q={MARK}&count=true")).await.expect(200);
    let seen = ids(items(&list.body));
    assert_eq!(list.body["count"], json!({"value": seen.len(), "exact": true}), "{who}");
    for id in all {
        let expected = if seen.contains(id) { 200 } else { 404 };
        for path in ["", "?as_of=2099-01-01", "/history"] {
            let status = caller.get(&format!("/projects/{id}{path}")).await.status;
            assert_eq!(status, expected, "{who}: /projects/{id}{path}");
        }
    }
    let later = caller.get(&format!("/projects?q={MARK}&as_of=2099-01-01")).await.expect(200);
    assert_eq!(ids(items(&later.body)), seen, "{who}: the list of a day");
    let walk = caller.get(&format!("/projects?q={MARK}&limit=1&sort=name")).await.expect(200);
    assert_eq!(items(&walk.body).len(), seen.len().min(1), "{who}: a page of one");

    for by in ["stage", "region", "group", "department", "channel"] {
        for when in ["", "&as_of=2099-01-01"] {
            let path = format!("/summary?by={by}&q={MARK}{when}");
            let summary = caller.get(&path).await.expect(200);
            let rows = summary.body["rows"].as_array().expect("rows");
            let count: i64 = rows.iter().map(|row| row["count"].as_i64().unwrap()).sum();
            assert_eq!(count, i64::try_from(seen.len()).unwrap(), "{who}: {path}");
        }
    }
    let path = format!("/changes?from=2017-01-01&to=2099-01-01&q={MARK}");
    let changes = caller.get(&path).await.expect(200);
    let changed = items(&changes.body).iter().map(|item| &item["project"]);
    let accepted = changed.filter(|project| project["filing"] == "accepted");
    let of_list = items(&list.body).iter().filter(|project| project["filing"] == "accepted");
    assert_eq!(ids(accepted), ids(of_list), "{who}: changes");
    for name in ["琉璃河引水", "琉璃街小学", "琉璃厂供水"] {
        let similar = caller.get(&format!("/projects/similar?name={name}")).await.expect(200);
        let found = ids(items(&similar.body).iter().map(|item| &item["project"]));
        let found: BTreeSet<i64> = found.into_iter().filter(|id| all.contains(id)).collect();
        assert!(found.is_subset(&seen), "{who}: similar to {name}");
    }
    document(caller, who).await;
    seen
}

/// The areas' and the targets' projects are those of the list that rest on the document.
async fn document(caller: &Caller, who: &str) {
    let mut listed = BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let page = caller.get(&format!("/projects?limit=200{cursor}")).await.expect(200);
        let of_document = |item: &&Value| !item["source"].is_null();
        listed.extend(ids(items(&page.body).iter().filter(of_document)));
        match page.body["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let named = |body: &Value| {
        ids(items(body).iter().flat_map(|item| item["projects"].as_array().unwrap()))
    };
    let areas = caller.get("/areas").await.expect(200);
    assert_eq!(named(&areas.body), listed, "{who}: areas");
    let targets = caller.get("/targets").await.expect(200);
    assert!(named(&targets.body).is_subset(&listed), "{who}: targets");
}

#[tokio::test]
async fn what_is_out_of_sight_is_nowhere() {
    let mut registry = Registry::start().await;
    let all @ [crossing, other, draft] = projects(&mut registry).await;
    let both = [crossing, other];
    let here = [crossing, draft];
    let expected: [(&str, &str, &[i64]); 16] = [
        ("leader", "city", &both),
        ("leader", "region:210726", &[crossing]),
        ("leader", "region:210727", &[crossing]),
        ("leader", "region:210702", &[other]),
        ("leader", "region:210703", &[]),
        ("leader", "department:water_bureau", &[crossing]),
        ("leader", "group:heating", &[other]),
        ("supervisor", "group:water_supply", &[crossing]),
        ("reporter", "region:210726", &[crossing]),
        ("reporter", "department:education", &[other]),
        ("registrar", "region:210726", &here),
        ("registrar", "region:210702", &[other]),
        ("registrar", "city", &all),
        ("finance", "group:water_supply", &here),
        ("finance", "department:water_bureau", &here),
        ("finance", "region:210727", &[crossing]),
    ];
    for (number, (role, scope, expected)) in expected.into_iter().enumerate() {
        let caller = registry.account(&format!("viewer{number}"), role, scope);
        let who = format!("{role} of {scope}");
        assert_eq!(seen(&caller, &all, &who).await, expected.iter().copied().collect(), "{who}");
    }
    let author = registry.caller("author");
    assert_eq!(seen(&author, &all, "the author").await, here.into());
}

#[tokio::test]
async fn what_is_out_of_scope_is_not_changed() {
    let mut registry = Registry::start().await;
    let [crossing, other, draft] = projects(&mut registry).await;
    let crossed = registry.account("crossed", "registrar", "region:210727");
    let patch = json!({"notes": "外县"});
    let at = |id: i64| format!("/projects/{id}");
    let denied = crossed.change(Method::PATCH, &at(crossing), 3, patch.clone()).await.expect(403);
    assert!(denied.body["detail"].as_str().unwrap().contains("管辖范围"), "{}", denied.body);
    crossed.change(Method::PATCH, &at(other), 3, patch).await.expect(404);

    let county = registry.account("county", "registrar", "region:210726");
    let elsewhere = sample::body("外县项目");
    county.post("/projects", elsewhere).await.expect(403);
    let away = json!({"region": "210702", "also_in": []});
    let refused = county.change(Method::PATCH, &at(crossing), 3, away).await.expect(422);
    assert_eq!(refused.pointers(), ["/region"]);
    let filing = format!("/projects/{draft}/filing");
    let submit = json!({"action": "submit"});
    let sent = county.change(Method::POST, &filing, 1, submit).await.expect(200);
    let accept = json!({"action": "accept"});
    county.change(Method::POST, &filing, sent.version(), accept).await.expect(403);

    let finance = registry.account("water", "finance", "group:water_supply");
    let source = json!({"channel": "ppp", "amount": "100"});
    let bulk = json!({"ids": [crossing, other], "source": source});
    finance.post("/funding/bulk", bulk).await.expect(404);
    let bulk = json!({"filter": {"q": MARK}, "source": source});
    let tagged = finance.post("/funding/bulk", bulk).await.expect(200);
    assert_eq!(ids(items(&tagged.body)), [crossing, draft].into());
    let untouched = registry.caller("finance").get(&at(other)).await.expect(200);
    assert_eq!(untouched.body["funding"], json!([]));
}
