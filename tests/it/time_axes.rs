//! The two axes of time: as of a business day, and as known at a time.

use crate::steps::{People, all, assert_sound, ids, now, whole};
use crate::support::{Answer, Caller, Registry};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// A time between two writes.
async fn between() -> String {
    let pause = Duration::from_millis(3);
    tokio::time::sleep(pause).await;
    let time = now();
    tokio::time::sleep(pause).await;
    time.to_string()
}

/// The stage of a project as a single one, a list and a summary tell it, which must be one.
async fn stage(caller: &Caller, id: i64, when: &str) -> String {
    let one = caller.get(&format!("/projects/{id}?{when}")).await.expect(200);
    let stage = one.body["stage"].as_str().unwrap().to_owned();
    let list = caller.get(&format!("/projects?q=轴线&{when}")).await.expect(200);
    assert_eq!(ids(list.body["items"].as_array().unwrap()), [id], "{when}");
    assert_eq!(list.body["items"][0]["stage"], stage.as_str(), "{when}");
    let count = caller.get(&format!("/projects?q=轴线&stage={stage}&count=true&{when}")).await;
    assert_eq!(count.body["count"], json!({"value": 1, "exact": true}), "{when}");
    let summary = caller.get(&format!("/summary?by=stage&q=轴线&{when}")).await.expect(200);
    assert_eq!(summary.body["rows"].as_array().unwrap().len(), 1, "{when}");
    assert_eq!(summary.body["rows"][0]["stage"], stage.as_str(), "{when}");
    assert_eq!(summary.body["rows"][0]["count"], 1, "{when}");
    stage
}

#[tokio::test]
async fn a_past_day_is_answered_as_it_was_and_as_it_was_known() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let ready = people.preparation("轴线一号工程", "2018-01-10", "2018-02-01").await;
    let id = ready.id();
    let before_building = between().await;
    let wish = json!({"to": "construction", "on": "2018-03-15",
        "basis": {"document_number": "锦发改审批〔2018〕12号"}});
    let built = people.go(&ready, wish).await.expect(200);
    assert_eq!(built.body["actual"]["start"], "2018-03-15");
    let before_correction = between().await;

    let leader = &people.leader;
    assert_eq!(stage(leader, id, "as_of=2018-03-14").await, "preparation");
    assert_eq!(stage(leader, id, "as_of=2018-03-15").await, "construction");
    assert_eq!(stage(leader, id, "as_of=2018-03-20").await, "construction");
    let known = format!("as_of=2018-03-20&known_at={before_building}");
    assert_eq!(stage(leader, id, &known).await, "preparation");
    assert_eq!(stage(leader, id, &format!("known_at={before_building}")).await, "preparation");

    // The correction: it began on the 18th.
    let step = built.body["moves"].as_array().unwrap().last().unwrap()["id"].as_i64().unwrap();
    let path = format!("/projects/{id}/stage/{step}");
    let correction = json!({"on": "2018-03-18", "reason": "开工令日期为3月18日"});
    let registrar = &people.registrar;
    let corrected =
        registrar.change(Method::PATCH, &path, built.version(), correction).await.expect(200);
    assert_eq!(corrected.body["actual"]["start"], "2018-03-18");
    assert_eq!(corrected.body["stage_since"], "2018-03-18");
    assert_eq!(stage(leader, id, "as_of=2018-03-16").await, "preparation");
    assert_eq!(stage(leader, id, "as_of=2018-03-18").await, "construction");
    let known = format!("as_of=2018-03-16&known_at={before_correction}");
    assert_eq!(stage(leader, id, &known).await, "construction");
    let known = format!("as_of=2018-03-20&known_at={before_building}");
    assert_eq!(stage(leader, id, &known).await, "preparation");
    assert_sound(&registry);
}

#[tokio::test]
async fn what_registers_a_project_holds_from_its_beginning() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let unborn = between().await;
    let taken = people.reserve("轴线二号工程", "2018-01-10").await;
    let path = format!("/projects/{}", taken.id());
    let leader = &people.leader;

    // Accepted on a day long before it was registered, with all its facts.
    let then = leader.get(&format!("{path}?as_of=2018-01-10")).await.expect(200);
    assert_eq!(then.body["stage"], "reserve");
    assert_eq!(then.body["total_investment"], "385000000.00");
    assert_eq!(then.body["planned"], json!({"start": "2018-03", "finish": "2019-12"}));
    assert_eq!(then.body["departments"][0]["name"], "市住建委");

    // Before its beginning, and before anybody knew of it, there is nothing.
    for when in ["as_of=2018-01-09".to_owned(), format!("known_at={unborn}")] {
        leader.get(&format!("{path}?{when}")).await.expect(404);
        let list = leader.get(&format!("/projects?q=轴线&count=true&{when}")).await.expect(200);
        assert_eq!(list.body["items"], json!([]), "{when}");
        assert_eq!(list.body["count"]["value"], 0, "{when}");
        let summary = leader.get(&format!("/summary?q=轴线&{when}")).await.expect(200);
        assert_eq!(summary.body["rows"], json!([]), "{when}");
    }
}

#[tokio::test]
async fn a_late_record_yields_to_what_already_held_later() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let taken = people.reserve("轴线三号工程", "2018-01-10").await;
    let path = format!("/projects/{}", taken.id());
    let total = |amount: &str, on: &str| json!({"total_investment": amount, "effective_on": on});
    let may = people.patch(&path, &taken, total("500000000", "2018-05-01")).await;
    assert_eq!(may.body["total_investment"], "500000000.00");
    let untold = between().await;

    // Recorded later, it held earlier: March until May is told anew, from May on all stays.
    let march = people.patch(&path, &may, total("400000000", "2018-03-01")).await;
    assert_eq!(march.body["total_investment"], "500000000.00");
    let leader = &people.leader;
    for (when, amount) in [
        ("as_of=2018-02-28".to_owned(), "385000000.00"),
        ("as_of=2018-03-01".to_owned(), "400000000.00"),
        ("as_of=2018-04-30".to_owned(), "400000000.00"),
        ("as_of=2018-05-01".to_owned(), "500000000.00"),
        (format!("as_of=2018-03-01&known_at={untold}"), "385000000.00"),
    ] {
        let one = leader.get(&format!("{path}?{when}")).await.expect(200);
        assert_eq!(one.body["total_investment"], amount, "{when}");
        let list = leader.get(&format!("/projects?q=轴线&{when}")).await.expect(200);
        assert_eq!(list.body["items"][0]["total_investment"], amount, "{when}");
        let summary = leader.get(&format!("/summary?q=轴线&{when}")).await.expect(200);
        assert_eq!(summary.body["rows"][0]["total_investment"], amount, "{when}");
    }

    // What holds now may turn out to have held before: that too is something to record.
    let april = people.patch(&path, &march, total("500000000", "2018-04-01")).await;
    assert!(april.version() > march.version(), "{}", april.body);
    let one = leader.get(&format!("{path}?as_of=2018-04-15")).await.expect(200);
    assert_eq!(one.body["total_investment"], "500000000.00");
    assert_sound(&registry);
}

#[tokio::test]
async fn a_late_record_takes_no_later_fact_back_in_time() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let taken = people.reserve("轴线四号工程", "2018-01-10").await;
    let path = format!("/projects/{}", taken.id());
    let finish = json!({"planned": {"finish": "2020"}, "effective_on": "2018-05-01"});
    let later = people.patch(&path, &taken, finish).await;
    let start = json!({"planned": {"start": "2018-04"}, "effective_on": "2018-03-01"});
    people.patch(&path, &later, start).await;
    let then = people.leader.get(&format!("{path}?as_of=2018-03-15")).await.expect(200);
    assert_eq!(then.body["planned"], json!({"start": "2018-04", "finish": "2019-12"}));

    // A day on which the two would contradict each other is refused, and nothing is recorded.
    let at = people.leader.get(&path).await.expect(200);
    let wrong = json!({"planned": {"start": "2021"}, "effective_on": "2018-02-01"});
    let refused = people.registrar.change(Method::PATCH, &path, at.version(), wrong).await;
    assert_eq!(refused.expect(422).pointers(), ["/planned/finish"]);
    // Nor may it contradict what holds later: the finance bureau leads from July on.
    let lead = json!({"lead_department": "市财政局", "effective_on": "2018-07-01"});
    let at = people.patch(&path, &at, lead).await;
    let alone = json!({"departments": ["市住建委"], "effective_on": "2018-06-01"});
    people.registrar.change(Method::PATCH, &path, at.version(), alone).await.expect(422);
    let future = json!({"notes": "明天", "effective_on": "2199-01-01"});
    let refused = people.registrar.change(Method::PATCH, &path, at.version(), future).await;
    assert_eq!(refused.expect(422).pointers(), ["/effective_on"]);
    assert_eq!(people.leader.get(&path).await.expect(200).version(), at.version());
    assert_sound(&registry);
}

#[tokio::test]
async fn money_holds_from_the_day_it_is_said_to() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let taken = people.reserve("轴线五号工程", "2018-01-10").await;
    let path = format!("/projects/{}", taken.id());
    let source = json!({"channel": "ppp", "amount": "100000000", "effective_on": "2018-03-01"});
    let tagged = people.tag(&taken, source).await.expect(201);
    let funding = format!("{path}/funding/1");
    let finance = &people.finance;
    let more = json!({"amount": "150000000", "effective_on": "2018-06-01"});
    let more = finance.change(Method::PATCH, &funding, tagged.version(), more).await.expect(200);
    let gone = format!("{funding}?effective_on=2018-09-01");
    let gone = finance.change(Method::DELETE, &gone, more.version(), json!({})).await.expect(200);
    assert_eq!(gone.body["gap"], "385000000.00");
    for (day, gap, rows) in [
        ("2018-02-28", "385000000.00", 0),
        ("2018-03-01", "285000000.00", 1),
        ("2018-05-31", "285000000.00", 1),
        ("2018-06-01", "235000000.00", 1),
        ("2018-08-31", "235000000.00", 1),
        ("2018-09-01", "385000000.00", 0),
    ] {
        let one = people.leader.get(&format!("{path}?as_of={day}")).await.expect(200);
        assert_eq!(one.body["gap"], gap, "{day}");
        let list = format!("/projects?q=轴线&channel=ppp&as_of={day}");
        let list = people.leader.get(&list).await.expect(200);
        assert_eq!(list.body["items"].as_array().unwrap().len(), rows, "{day}");
    }
    // A day before the source was there.
    let early = format!("{funding}?effective_on=2018-02-01");
    let at = gone.version();
    finance.change(Method::DELETE, &early, at, json!({})).await.expect(404);
    assert_sound(&registry);
}

#[tokio::test]
async fn known_at_a_date_is_the_end_of_that_day_in_the_registrys_zone() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let taken = people.reserve("轴线六号工程", "2018-01-10").await;
    let path = format!("/projects/{}", taken.id());
    let here = now().in_tz("Asia/Shanghai").unwrap();
    let (today, yesterday) = (here.date(), here.date().yesterday().unwrap());
    let known = people.leader.get(&format!("{path}?known_at={today}")).await.expect(200);
    assert_eq!(known.body["stage"], "reserve");
    people.leader.get(&format!("{path}?known_at={yesterday}")).await.expect(404);
    for wrong in ["as_of=2018-02-30", "as_of=2018-1-1", "known_at=gestern", "known_at=2018"] {
        let pointer = format!("/{}", wrong.split_once('=').unwrap().0);
        for read in ["/projects?", "/summary?", &format!("{path}?")] {
            let refused = people.leader.get(&format!("{read}{wrong}")).await.expect(422);
            assert_eq!(refused.pointers(), [pointer.as_str()], "{read}{wrong}");
        }
    }
}

#[tokio::test]
async fn a_list_and_a_single_project_agree_on_every_day() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let ready = people.preparation("轴线七号工程", "2018-01-10", "2018-02-01").await;
    let source = json!({"channel": "专项债", "amount": "90000000", "effective_on": "2018-01-20"});
    let tagged = people.tag(&ready, source).await.expect(201);
    let wish = json!({"to": "construction", "on": "2018-02-05",
        "basis": {"document_number": "12号"}});
    let built = people.go(&tagged, wish).await.expect(200);
    let path = format!("/projects/{}", built.id());
    let known = between().await;
    let named = json!({"name": "轴线七号工程(更名)", "effective_on": "2018-01-25"});
    let named = people.patch(&path, &built, named).await;
    let step = named.body["moves"].as_array().unwrap().last().unwrap()["id"].as_i64().unwrap();
    let correction = json!({"on": "2018-02-03", "reason": "更正"});
    let correct = format!("{path}/stage/{step}");
    let registrar = &people.registrar;
    registrar.change(Method::PATCH, &correct, named.version(), correction).await.expect(200);
    // One that began before it was accepted, and a draft.
    people.registrar.post("/projects", whole("轴线八号工程")).await.expect(201);

    let mut day = jiff::civil::date(2018, 1, 8);
    let mut compared = 0;
    while day <= jiff::civil::date(2018, 2, 8) {
        for known in ["".to_owned(), format!("&known_at={known}")] {
            compared += compare(&people.registrar, &format!("as_of={day}{known}")).await;
        }
        day = day.tomorrow().unwrap();
    }
    assert_eq!(compared, 2 * 30);
    assert_eq!(compare(&people.registrar, &format!("known_at={known}")).await, 1);
    assert_eq!(compare(&people.registrar, "sort=name").await, 2);
}

/// Compares what a list tells of each project with what the project's own page tells.
async fn compare(caller: &Caller, when: &str) -> usize {
    let items = all(caller, &format!("/projects?q=轴线&{when}")).await;
    for card in &items {
        let when = if when.starts_with("sort") { "" } else { when };
        let path = format!("/projects/{}?{when}", card["id"]);
        let one: Answer = caller.get(&path).await.expect(200);
        assert_eq!(one.headers["etag"], format!("\"{}\"", card["version"]).as_str(), "{when}");
        for (field, value) in card.as_object().unwrap() {
            if field != "funding" {
                assert_eq!(one.body[field].to_string(), value.to_string(), "{field} {when}");
                continue;
            }
            let sources = one.body["funding"].as_array().unwrap();
            for (short, long) in value.as_array().unwrap().iter().zip(sources) {
                let fields = short.as_object().unwrap();
                assert!(fields.iter().all(|(name, value): (&String, &Value)| long[name] == *value));
            }
            assert_eq!(sources.len(), value.as_array().unwrap().len(), "{when}");
        }
    }
    items.len()
}
