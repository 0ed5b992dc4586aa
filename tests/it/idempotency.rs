//! The same request with the same key is done once and answered alike.

use crate::steps::{People, assert_sound, whole};
use crate::support::{Answer, Caller, Registry};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;

async fn post(caller: &Caller, path: &str, version: Option<i64>, key: &str, body: Value) -> Answer {
    let mut request = caller.request(Method::POST, path).header("Idempotency-Key", key);
    if let Some(version) = version {
        request = request.header("If-Match", format!("\"{version}\""));
    }
    caller.send(request.json(&body)).await
}

/// What a repeated answer must repeat.
fn told(answer: &Answer) -> (u16, String, Vec<Option<String>>) {
    let header = |name: &str| answer.headers.get(name).map(|v| v.to_str().unwrap().to_owned());
    let headers = ["etag", "location", "content-type"].map(header).to_vec();
    (answer.status, answer.body.to_string(), headers)
}

#[tokio::test]
async fn a_repeated_registration_registers_once() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let registrar = &people.registrar;
    let first = post(registrar, "/projects", None, "k-1", whole("幂等一号")).await;
    let first = first.expect(201);
    // It is the first answer, also after the project has changed.
    let path = format!("/projects/{}", first.id());
    people.patch(&path, &first, json!({"notes": "改过"})).await;
    let again = post(registrar, "/projects", None, "k-1", whole("幂等一号")).await;
    assert_eq!(told(&again), told(&first));
    let other = post(registrar, "/projects", None, "k-1", whole("幂等二号")).await.expect(409);
    assert!(other.body["type"].as_str().unwrap().ends_with("key-reused"), "{}", other.body);
    // The same key for another path is another request; another caller's is another key.
    let source = json!({"filter": {"q": "幂等"}, "source": {"channel": "ppp", "amount": 1}});
    let finance = &people.finance;
    post(finance, "/funding/bulk", None, "k-1", source).await.expect(200);
    post(&people.reviewer, "/projects", None, "k-1", whole("幂等三号")).await.expect(201);
    post(registrar, &format!("{path}/filing"), Some(3), "k-1", json!({"action": "submit"}))
        .await
        .expect(409);
    let listed = registrar.get("/projects?q=幂等&count=true").await.expect(200);
    assert_eq!(listed.body["count"]["value"], 2);

    // What failed was not done, so that its key is free.
    let mut wrong = whole("幂等四号");
    wrong["area"] = json!("space");
    post(registrar, "/projects", None, "k-2", wrong).await.expect(422);
    post(registrar, "/projects", None, "k-2", whole("幂等四号")).await.expect(201);
    for key in ["", "a b", "钥匙", &"k".repeat(201)] {
        let request = registrar.request(Method::POST, "/projects").json(&whole("幂等五号"));
        let request = request.header("Idempotency-Key", key.as_bytes());
        let refused = registrar.send(request).await.expect(422);
        assert_eq!(refused.pointers(), ["/Idempotency-Key"], "{key}");
    }
    post(registrar, "/projects", None, &"k".repeat(200), whole("幂等五号")).await.expect(201);
    assert_sound(&registry);
}

#[tokio::test]
async fn repetitions_at_the_same_time_do_it_once() {
    let mut registry = Registry::start().await;
    let people = Arc::new(People::of(&mut registry));
    let sent: Vec<_> = (0..8)
        .map(|_| {
            let people = Arc::clone(&people);
            tokio::spawn(async move {
                post(&people.registrar, "/projects", None, "same", whole("同时一号")).await
            })
        })
        .collect();
    let mut answers = Vec::new();
    for task in sent {
        answers.push(task.await.unwrap().expect(201));
    }
    for answer in &answers {
        assert_eq!(told(answer), told(&answers[0]));
    }
    let listed = people.registrar.get("/projects?q=同时一号&count=true").await.expect(200);
    assert_eq!(listed.body["count"]["value"], 1);

    // The same of a change that has a version: once it is done its version is old.
    let (id, version) = (answers[0].id(), answers[0].version());
    let sent: Vec<_> = (0..8)
        .map(|_| {
            let people = Arc::clone(&people);
            let source = json!({"channel": "ppp", "amount": 7});
            tokio::spawn(async move {
                let path = format!("/projects/{id}/funding");
                post(&people.finance, &path, Some(version), "same", source).await
            })
        })
        .collect();
    for task in sent {
        let answer = task.await.unwrap().expect(201);
        assert_eq!(answer.body["funding"].as_array().unwrap().len(), 1);
        assert_eq!(answer.version(), version + 1);
    }
    assert_sound(&registry);
}

#[tokio::test]
async fn a_repeated_change_is_answered_as_it_was() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let registrar = &people.registrar;
    let reporter = registry.account("reporter", "reporter", "city");
    let draft = reporter.post("/projects", whole("幂等六号")).await.expect(201);
    let path = format!("/projects/{}", draft.id());
    let mut done: Vec<(&Caller, String, i64, Value, Answer)> = Vec::new();
    let steps = [
        (&reporter, "/filing", json!({"action": "submit"})),
        (&people.reviewer, "/filing", json!({"action": "return", "reason": "缺附件"})),
        (&reporter, "/filing", json!({"action": "submit"})),
        (&people.reviewer, "/filing", json!({"action": "accept", "on": "2018-01-10"})),
        (&people.finance, "/funding", json!({"channel": "ppp", "amount": 1})),
        (registrar, "/stage", json!({"to": "cancelled", "reason": "不建了"})),
    ];
    let mut version = draft.version();
    for (number, (caller, below, body)) in steps.into_iter().enumerate() {
        let target = format!("{path}{below}");
        let key = format!("step-{number}");
        let answer = post(caller, &target, Some(version), &key, body.clone()).await;
        assert!(answer.status < 300, "{}", answer.body);
        done.push((caller, target, version, body, answer));
        version = done.last().unwrap().4.version();
    }
    assert_eq!(version, draft.version() + 6);
    for (number, (caller, target, version, body, answer)) in done.iter().enumerate() {
        let key = format!("step-{number}");
        let again = post(caller, target, Some(*version), &key, body.clone()).await;
        assert_eq!(told(&again), told(answer), "{target} {body}");
        let other = json!({"action": "submit", "to": "concept", "channel": "other"});
        let reused = post(caller, target, Some(*version), &key, other).await.expect(409);
        assert!(reused.body["type"].as_str().unwrap().ends_with("key-reused"), "{}", reused.body);
    }

    // A notice's project is confirmed once.
    let notice = people.leader.get("/projects?q=锦承线").await.expect(200);
    let target = format!("/projects/{}/stage/confirm", notice.body["items"][0]["id"]);
    let body = json!({"on": "2016-01-01"});
    let sure = post(registrar, &target, Some(1), "sure", body.clone()).await.expect(200);
    let again = post(registrar, &target, Some(1), "sure", body).await;
    assert_eq!(told(&again), told(&sure));

    // Many tagged once; a trial takes no key.
    let bulk = |dry: bool| {
        json!({"filter": {"q": "锦承线"}, "source": {"channel": "ppp", "amount": 1},
            "dry_run": dry})
    };
    let finance = &people.finance;
    post(finance, "/funding/bulk", None, "bulk", bulk(true)).await.expect(200);
    let tagged = post(finance, "/funding/bulk", None, "bulk", bulk(false)).await.expect(200);
    assert_eq!(tagged.body["count"], 1);
    let again = post(finance, "/funding/bulk", None, "bulk", bulk(false)).await;
    assert_eq!(told(&again), told(&tagged));
    let now = people.leader.get("/projects?channel=ppp&q=锦承线").await.expect(200);
    assert_eq!(now.body["items"][0]["funding"].as_array().unwrap().len(), 1);
    assert_sound(&registry);
}
