//! What waits to be done about projects: the list finds by it exactly those of which the rules of
//! the domain say so, now and on any day.

use crate::steps::{People, all, assert_sound, ids, whole};
use crate::support::{Caller, Registry, sample};
use jiff::civil::Date;
use reqwest::Method;
use serde_json::{Value, json};
use shortboard_domain::money::SignedMoney;
use shortboard_domain::need::{Need, Situation};
use shortboard_domain::period::Span;
use std::collections::BTreeSet;

/// The zone whose days the registry counts.
const ZONE: &str = "Asia/Shanghai";

fn today() -> Date {
    crate::steps::now().in_tz(ZONE).unwrap().date()
}

fn read<T: std::str::FromStr>(value: &Value) -> Option<T> {
    value.as_str().map(|text| text.parse().ok().expect(text))
}

/// What a card tells of needs.
fn situation(card: &Value) -> Situation {
    let fen = |value: &Value| -> Option<i64> {
        value.as_str().map(|text| text.replace('.', "").parse().unwrap())
    };
    let funding = card["funding"].as_array().unwrap();
    let planned: i64 = funding.iter().filter_map(|source| fen(&source["amount"])).sum();
    let total = fen(&card["total_investment"]);
    let plan = &card["planned"];
    Situation {
        stage: read(&card["stage"]).unwrap(),
        stage_since: read(&card["stage_since"]).unwrap(),
        is_inferred: card["stage_basis"] == "inferred",
        is_funded: !funding.is_empty(),
        gap: total.map(|total| SignedMoney::from_fen(total - planned)),
        lacks_facts: card["missing"] != json!([]),
        planned: Span { start: read(&plan["start"]), finish: read(&plan["finish"]) },
    }
}

fn having(cards: &[Value], needs: &[Need], day: Date) -> Vec<i64> {
    let has = |card: &&Value| {
        let situation = situation(card);
        needs.iter().any(|need| situation.has(*need, day))
    };
    cards.iter().filter(has).map(|card| card["id"].as_i64().unwrap()).collect()
}

/// A registry with made-up projects, some of whose plans end about today.
async fn demo() -> Registry {
    let mut registry = Registry::start().await;
    let seeded = registry.run(&["seed", "--demo", "300"]);
    assert_eq!(seeded.code, 0, "{}", seeded.stderr);
    let registrar = registry.caller("registrar");
    let today = today();
    let days = [today.yesterday().unwrap(), today, today.tomorrow().unwrap()];
    for (number, day) in days.iter().enumerate() {
        let day = day.to_string();
        for length in [4, 7, 10] {
            let planned = json!({"start": day[..length], "finish": day[..length]});
            let name = format!("期限{number}之{length}");
            let body = sample::body_with(&name, json!({"planned": planned}));
            registrar.post("/projects", body).await.expect(201);
        }
    }
    let body = sample::body_with("引号\"missing\":[]工程", json!({"content": null}));
    registrar.post("/projects", body).await.expect(201);
    registry
}

/// Asserts that a caller's list by some needs is what the rules leave of the whole list, in every
/// order and over all pages, and that it is counted right.
async fn assert_waiting(caller: &Caller, needs: &[Need], day: Date, when: &str) -> usize {
    let words: Vec<&str> = needs.iter().map(|need| need.as_str()).collect();
    let filter = format!("need={}{when}", words.join(","));
    let mut found = 0;
    for sort in ["-total_investment", "total_investment", "name", "-updated_at"] {
        let whole = all(caller, &format!("/projects?limit=200&sort={sort}{when}")).await;
        let expected = having(&whole, needs, day);
        let list = all(caller, &format!("/projects?limit=17&sort={sort}&{filter}")).await;
        assert_eq!(ids(&list), expected, "{filter} {sort}");
        found = expected.len();
    }
    let counted = caller.get(&format!("/projects?limit=1&count=true&{filter}")).await.expect(200);
    assert_eq!(counted.body["count"], json!({"value": found, "exact": true}), "{filter}");
    let summary = caller.get(&format!("/summary?by=stage&{filter}")).await.expect(200);
    let rows = summary.body["rows"].as_array().unwrap().iter();
    let sum: i64 = rows.map(|row| row["count"].as_i64().unwrap()).sum();
    assert_eq!(sum, i64::try_from(found).unwrap(), "{filter}");
    found
}

#[tokio::test]
async fn the_list_finds_what_the_rules_say() {
    let mut registry = demo().await;
    let registrar = registry.caller("registrar");
    let callers = [
        registrar.clone(),
        registry.caller("leader"),
        registry.account("county", "registrar", "region:210703"),
    ];
    let today = today();
    let whole = all(&registrar, "/projects?limit=200").await;
    let mut shares = BTreeSet::new();
    for caller in &callers {
        for need in Need::ALL {
            let found = assert_waiting(caller, &[*need], today, "").await;
            shares.insert(found * 4 / whole.len());
        }
        let many: &[&[Need]] = &[
            &[Need::Confirmation, Need::Excess],
            &[Need::Stuck, Need::Overdue, Need::Gap],
            Need::ALL,
        ];
        for needs in many {
            assert_waiting(caller, needs, today, "").await;
        }
    }
    // Few and many of them, which are found in different ways.
    assert!(shares.len() >= 3, "{shares:?}");
    for need in Need::ALL {
        let found = having(&whole, &[*need], today).len();
        assert!(found > 0 && found < whole.len(), "{need} proves nothing");
    }
    assert_sound(&registry);
}

#[tokio::test]
async fn another_day_has_needs_of_its_own() {
    let mut registry = demo().await;
    let registrar = registry.caller("registrar");
    let today = today();
    let days =
        ["2018-01-10", "2022-12-31", "2023-01-01", "2199-12-31"].map(|day| day.parse().unwrap());
    let mut sizes = BTreeSet::new();
    for day in days.into_iter().chain([today.yesterday().unwrap(), today]) {
        for need in Need::ALL {
            let as_of = format!("&as_of={day}");
            sizes.insert(assert_waiting(&registrar, &[*need], day, &as_of).await);
        }
    }
    assert!(sizes.len() > 8, "{sizes:?}");
    let needs = [Need::Overdue, Need::Facts];
    assert_waiting(&registrar, &needs, today, "&known_at=2199-12-31").await;
    assert_waiting(&registrar, Need::ALL, days[3], "&as_of=2199-12-31&known_at=2199-12-31").await;
}

#[tokio::test]
async fn a_change_takes_a_need_away_or_brings_it() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let leader = registry.caller("leader");
    let needs = async |id: i64| {
        let mut needs = Vec::new();
        for need in Need::ALL {
            let list = all(&leader, &format!("/projects?limit=200&need={need}")).await;
            if ids(&list).contains(&id) {
                needs.push(*need);
            }
        }
        needs
    };
    let taken = people.reserve("待办一号", "2018-01-10").await;
    let id = taken.id();
    let waits = [Need::Funding, Need::Gap, Need::Overdue, Need::Stuck];
    assert_eq!(needs(id).await, waits);
    let source = json!({"channel": "ppp", "amount": "385000000", "status": "intended"});
    let funded = people.tag(&taken, source.clone()).await.expect(201);
    assert_eq!(needs(id).await, [Need::Overdue, Need::Stuck]);
    let more = people.tag(&funded, json!({"channel": "other", "amount": "1"})).await.expect(201);
    assert_eq!(needs(id).await, [Need::Excess, Need::Overdue, Need::Stuck]);
    let path = format!("/projects/{id}");
    let later = json!({"planned": {"start": "2190", "finish": "2199"}, "content": null});
    let planned = people.patch(&path, &more, later).await;
    assert_eq!(needs(id).await, [Need::Excess, Need::Facts, Need::Stuck]);
    let gone = people.go(&planned, json!({"to": "cancelled", "reason": "不再建设"})).await;
    gone.expect(200);
    assert_eq!(needs(id).await, [Need::Excess, Need::Facts]);
    assert_sound(&registry);

    // A stage is no more to be confirmed when it is.
    let inferred = all(&leader, "/projects?need=confirmation&limit=200").await;
    let (id, version) = (&inferred[0]["id"], inferred[0]["version"].as_i64().unwrap());
    let confirm = format!("/projects/{id}/stage/confirm");
    people.registrar.change(Method::POST, &confirm, version, json!({})).await.expect(200);
    let rest = all(&leader, "/projects?need=confirmation&limit=200").await;
    assert_eq!(rest.len(), inferred.len() - 1);
    assert_sound(&registry);
}

#[tokio::test]
async fn changes_and_bulk_tagging_take_needs() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let taken = people.reserve("待办二号", "2018-01-10").await;
    let id = taken.id();
    // It needed money on the first day, or does on the second.
    let path = "/changes?from=2018-01-01&to=2018-03-01&limit=200";
    let found = async |filter: &str| {
        let items = all(&people.leader, &format!("{path}&{filter}")).await;
        items.iter().any(|item| item["project"]["id"] == id)
    };
    assert!(found("need=funding").await && found("need=excess,gap").await);
    assert!(!found("need=overdue").await, "its start is March 2018");
    let path = "/changes?from=2018-01-01&to=2018-04-01&limit=200&need=overdue";
    let late = all(&people.leader, path).await;
    assert!(late.iter().any(|item| item["project"]["id"] == id));

    let body = json!({
        "filter": {"need": ["funding"], "stage": "reserve", "region": "210703"},
        "source": {"channel": "ppp", "amount": "1"},
    });
    let done = people.finance.post("/funding/bulk", body.clone()).await.expect(200);
    let tagged = done.body["items"].as_array().unwrap();
    assert!(tagged.iter().any(|item| item["id"] == id));
    let none = people.finance.post("/funding/bulk", body).await.expect(200);
    assert_eq!(none.body["count"], 0, "none is without a source any more");
}

#[tokio::test]
async fn an_author_is_found_within_sight_alone() {
    let mut registry = Registry::start().await;
    let author = registry.account("author", "reporter", "region:210703");
    let other = registry.account("other", "reporter", "region:210726");
    let county = registry.account("county", "registrar", "region:210726");
    let (registrar, leader) = (registry.caller("registrar"), registry.caller("leader"));
    let draft = author.post("/projects", whole("作者草稿")).await.expect(201).id();
    let ours = registrar.post("/projects", whole("登记草稿")).await.expect(201).id();
    let found = async |caller: &Caller, filter: &str| {
        let list = caller.get(&format!("/projects?count=true&{filter}")).await.expect(200);
        let list_ids = ids(list.body["items"].as_array().unwrap());
        assert_eq!(list.body["count"]["value"], list_ids.len(), "{filter}");
        list_ids.into_iter().collect::<BTreeSet<_>>()
    };
    let drafts = "filing=draft";
    let only = |id: i64| BTreeSet::from([id]);
    assert_eq!(found(&author, "author=author").await, only(draft));
    assert_eq!(found(&registrar, "author=author").await, only(draft));
    assert_eq!(found(&registrar, &format!("author=registrar&{drafts}")).await, only(ours));
    let both = format!("author=author,registrar&{drafts}");
    assert_eq!(found(&registrar, &both).await, BTreeSet::from([draft, ours]));
    assert_eq!(found(&author, &both).await, only(draft));
    for caller in [&leader, &other, &county] {
        for filter in ["author=author", &both, "author=author&need=funding"] {
            assert_eq!(found(caller, filter).await, BTreeSet::new(), "{filter}");
        }
    }
    assert_eq!(found(&registrar, "author=nobody").await, BTreeSet::new());
    assert_eq!(found(&author, "author=author&need=funding&sort=name").await, only(draft));
}

#[tokio::test]
async fn needs_that_do_not_follow_from_the_projects_are_found_and_made_anew() {
    let mut registry = Registry::start().await;
    let id = sample::accepted(&mut registry, sample::body("待办三号")).await.id();
    for change in [
        "DELETE FROM project_need",
        "UPDATE project_need SET need = 'facts'",
        "UPDATE project_need SET day = '2018-01-01'",
        "UPDATE project_need SET investment = 1",
    ] {
        let sql = format!("{change} WHERE project_id = {id} AND need IN ('funding', 'facts')");
        assert_eq!(registry.database.tamper(&sql).await, 1, "{sql}");
        let checked = registry.run(&["check"]);
        assert_eq!(checked.code, 1, "{sql}");
        let told = format!("shortboard: project {id}: its needs do not follow from it\n");
        assert_eq!(checked.stderr, told, "{sql}");
        registry.database.tamper("UPDATE derived SET format = 7").await;
        let migrated = registry.run(&["migrate"]);
        assert_eq!(migrated.code, 0, "{}", migrated.stderr);
        assert_sound(&registry);
    }
}
