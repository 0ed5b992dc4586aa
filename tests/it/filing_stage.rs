//! The machine of the filing and that of the stages, and the order of the checks.

use crate::steps::{People, assert_sound, sorted, whole};
use crate::support::{Answer, Caller, Registry};
use reqwest::Method;
use serde_json::{Value, json};

async fn file(caller: &Caller, at: &Answer, body: Value) -> Answer {
    caller.change(Method::POST, &format!("/projects/{}/filing", at.id()), at.version(), body).await
}

fn submit() -> Value {
    json!({"action": "submit"})
}

fn accept() -> Value {
    json!({"action": "accept", "on": "2018-01-10"})
}

/// The stable word of a problem.
fn kind(answer: &Answer) -> &str {
    answer.body["type"].as_str().unwrap().rsplit(':').next().unwrap()
}

#[tokio::test]
async fn a_draft_is_seen_by_those_who_work_on_it() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let reporter = registry.account("reporter", "reporter", "group:water_supply");
    let other = registry.account("other", "reporter", "group:water_supply");
    let here = registry.account("here", "registrar", "region:210703");
    let there = registry.account("there", "registrar", "region:210726");
    let supervisor = registry.account("supervisor", "supervisor", "city");
    let mut body = whole("草稿可见工程");
    body["group"] = json!("water_supply");
    let draft = reporter.post("/projects", body).await.expect(201);
    let path = format!("/projects/{}", draft.id());

    let sees = async |caller: &Caller, sees: bool| {
        caller.get(&path).await.expect(if sees { 200 } else { 404 });
        caller.get(&format!("{path}/history")).await.expect(if sees { 200 } else { 404 });
        let list = caller.get("/projects?q=草稿可见&count=true").await.expect(200);
        assert_eq!(list.body["count"]["value"], i64::from(sees));
        let summary = caller.get("/summary?q=草稿可见").await.expect(200);
        assert_eq!(summary.body["rows"].as_array().unwrap().len(), usize::from(sees));
        let similar = caller.get("/projects/similar?name=草稿可见工程").await.expect(200);
        let found = similar.body["items"].as_array().unwrap();
        assert_eq!(found.iter().any(|item| item["project"]["id"] == draft.id()), sees);
    };
    for caller in [&reporter, &people.registrar, &people.finance, &here] {
        sees(caller, true).await;
    }
    for caller in [&people.leader, &other, &there, &supervisor] {
        sees(caller, false).await;
    }
    let sent = file(&reporter, &draft, submit()).await.expect(200);
    sees(&people.leader, false).await;
    file(&people.reviewer, &sent, accept()).await.expect(200);
    for caller in [&people.leader, &other, &supervisor] {
        sees(caller, true).await;
    }
    sees(&there, false).await;
}

#[tokio::test]
async fn a_filing_is_submitted_returned_and_accepted_by_others() {
    let mut registry = Registry::start().await;
    let People { registrar, reviewer, finance, leader } = People::of(&mut registry);
    let county = registry.account("county", "registrar", "region:210703");
    let mut body = whole("填报流程工程");
    for field in ["content", "owner_unit", "total_investment", "planned"] {
        body.as_object_mut().unwrap().remove(field);
    }
    let draft = county.post("/projects", body).await.expect(201);
    let path = format!("/projects/{}", draft.id());

    // What is missing is listed; nothing is reviewed that was not submitted.
    let refused = file(&county, &draft, submit()).await.expect(422);
    assert_eq!(kind(&refused), "missing-facts");
    assert_eq!(
        sorted(refused.pointers()),
        ["/content", "/owner_unit", "/planned/finish", "/planned/start", "/total_investment"]
    );
    for body in [accept(), json!({"action": "return", "reason": "缺附件"})] {
        assert_eq!(kind(&file(&reviewer, &draft, body).await.expect(409)), "not-submitted");
    }
    let facts = json!({"content": "内容", "owner_unit": {"name": "甲"}, "total_investment": 1,
        "planned": {"start": "2018", "finish": "2019"}});
    let filled = county.change(Method::PATCH, &path, draft.version(), facts).await.expect(200);
    let sent = file(&county, &filled, submit()).await.expect(200);
    assert_eq!(sent.body["filing"], "submitted");
    assert_eq!(sent.body["submitted_by"], "county");
    assert_eq!(kind(&file(&county, &sent, submit()).await.expect(409)), "not-to-submit");

    // Only city scope reviews; a reason is asked for.
    for body in [accept(), json!({"action": "return", "reason": "缺附件"})] {
        file(&county, &sent, body.clone()).await.expect(403);
        file(&finance, &sent, body.clone()).await.expect(403);
        file(&leader, &sent, body).await.expect(404);
    }
    for reason in [json!(null), json!(""), json!("  ")] {
        let body = json!({"action": "return", "reason": reason});
        let refused = file(&reviewer, &sent, body).await.expect(422);
        assert_eq!(refused.pointers(), ["/reason"]);
    }
    let future = json!({"action": "accept", "on": "2199-01-01"});
    assert_eq!(file(&reviewer, &sent, future).await.expect(422).pointers(), ["/on"]);
    let back = json!({"action": "return", "reason": "缺附件"});
    let returned = file(&reviewer, &sent, back).await.expect(200);
    assert_eq!(returned.body["filing"], "returned");
    assert_eq!(returned.body["returned_because"], "缺附件");
    assert_eq!(returned.body["stage"], "concept");
    assert_eq!(kind(&file(&reviewer, &returned, accept()).await.expect(409)), "not-submitted");

    // Submitted again by another; who submitted does not review, who returned may.
    let again = file(&registrar, &returned, submit()).await.expect(200);
    assert_eq!(again.body["returned_because"], Value::Null);
    for body in [accept(), json!({"action": "return", "reason": "x"})] {
        let refused = file(&registrar, &again, body).await.expect(403);
        assert!(refused.body["detail"].as_str().unwrap().contains("提交人"), "{}", refused.body);
    }
    let taken = file(&reviewer, &again, accept()).await.expect(200);
    assert_eq!(taken.body["filing"], "accepted");
    assert_eq!(taken.body["stage"], "reserve");
    assert_eq!(taken.body["stage_since"], "2018-01-10");
    assert_eq!(kind(&file(&registrar, &taken, submit()).await.expect(409)), "not-to-submit");
    assert_sound(&registry);
}

#[tokio::test]
async fn while_submitted_facts_and_stage_are_locked_and_money_is_not() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let draft = people.registrar.post("/projects", whole("锁定工程")).await.expect(201);
    let sent = file(&people.registrar, &draft, submit()).await.expect(200);
    let path = format!("/projects/{}", draft.id());
    let wrong = [
        (Method::PATCH, path.clone(), json!({"name": "改名"})),
        (Method::PATCH, path.clone(), json!({"name": 7})),
        (Method::PUT, format!("{path}/matters/feasibility_study"), json!({"state": "begun"})),
        (Method::POST, format!("{path}/stage"), json!({"to": "cancelled", "reason": "不建了"})),
        (Method::POST, format!("{path}/stage"), json!({"to": "moon"})),
        (Method::PATCH, format!("{path}/stage/1"), json!({"on": "2018-01-01", "reason": "x"})),
        (Method::POST, format!("{path}/stage/confirm"), json!({})),
    ];
    for (method, path, body) in wrong {
        let refused = people.registrar.change(method, &path, sent.version(), body).await;
        assert_eq!(kind(&refused.expect(409)), "submitted", "{path}");
    }
    let source = json!({"channel": "ppp", "amount": 1000});
    let tagged = people.tag(&sent, source).await.expect(201);
    assert_eq!(tagged.body["filing"], "submitted");
    let taken = file(&people.reviewer, &tagged, accept()).await.expect(200);
    assert_eq!(taken.body["funding"][0]["amount"], "1000.00");
    assert_sound(&registry);
}

#[tokio::test]
async fn a_request_that_is_wrong_in_two_ways_is_told_the_first() {
    let mut registry = Registry::start().await;
    let People { registrar, reviewer, finance, leader } = People::of(&mut registry);
    let there = registry.account("there", "registrar", "region:210726");
    let draft = registrar.post("/projects", whole("检查次序工程")).await.expect(201);
    let path = format!("/projects/{}", draft.id());
    let (nobody, version) = (registry.nobody(), draft.version());

    // Method, path below the project, a body that is wrong, who has the right, and whether its
    // state forbids it whatever the body.
    let filing = "/filing".to_owned();
    let accept = json!({"action": "accept", "on": "nonsense"});
    let stage = json!({"to": "operation", "on": 7});
    let correct = json!({"to": "operation"});
    let cases = [
        (Method::POST, filing.clone(), json!({"action": "dance"}), &registrar, false),
        (Method::POST, filing.clone(), accept, &reviewer, true),
        (Method::POST, filing, json!({"action": "return"}), &reviewer, true),
        (Method::PATCH, String::new(), json!({"name": 7}), &registrar, false),
        (Method::PUT, "/matters/feasibility_study".into(), json!({}), &registrar, false),
        (Method::POST, "/stage".into(), stage, &registrar, true),
        (Method::PATCH, "/stage/1".into(), correct, &registrar, true),
        (Method::POST, "/stage/confirm".into(), json!({"on": 7}), &registrar, true),
        (Method::POST, "/funding".into(), json!({"channel": 7}), &finance, false),
    ];
    for (method, below, body, able, forbidden) in cases {
        let target = format!("{path}{below}");
        let send = async |caller: &Caller, target: &str, tag: Option<&str>| {
            let mut request = caller.request(method.clone(), target).json(&body);
            if let Some(tag) = tag {
                request = request.header("If-Match", tag);
            }
            caller.send(request).await.status
        };
        let unable = if std::ptr::eq(able, &finance) { &registrar } else { &finance };
        let missing = format!("/projects/999999{below}");
        let (stale, current) = (Some("\"999\""), format!("\"{version}\""));
        let told = [
            send(&nobody, &missing, None).await,
            send(able, &missing, None).await,
            send(&there, &target, None).await,
            send(&leader, &target, None).await,
            send(unable, &target, None).await,
            send(unable, &target, stale).await,
            send(able, &target, None).await,
            send(able, &target, stale).await,
            send(able, &target, Some("nonsense")).await,
            send(able, &target, Some(&current)).await,
        ];
        let last = if forbidden { 409 } else { 422 };
        let expected = [401, 404, 404, 404, 403, 403, 428, 412, 412, last];
        assert_eq!(told, expected, "{method} {below} {body}");
    }
    let unchanged = registrar.get(&path).await.expect(200);
    assert_eq!(unchanged.version(), version);

    // A part that is not there is missing before anything else.
    for (method, part, caller) in [
        (Method::PATCH, "/funding/9", &finance),
        (Method::DELETE, "/funding/9?effective_on=nonsense", &finance),
        (Method::PATCH, "/stage/9", &registrar),
        (Method::PUT, "/matters/dance", &registrar),
    ] {
        for caller in [caller, &reviewer, &finance] {
            let request = caller.request(method.clone(), &format!("{path}{part}"));
            let answer = caller.send(request.json(&json!({"x": 1}))).await;
            assert_eq!(answer.status, 404, "{method} {part}: {}", answer.body);
        }
    }
    // One that is there: version before values, also of a query.
    let source = json!({"channel": "ppp", "amount": 1000});
    let tagged = finance.change(Method::POST, &format!("{path}/funding"), version, source).await;
    let tagged = tagged.expect(201);
    let remove = format!("{path}/funding/1?effective_on=nonsense");
    let wrong = json!({});
    registrar.change(Method::DELETE, &remove, 999, wrong.clone()).await.expect(403);
    finance.send(finance.request(Method::DELETE, &remove)).await.expect(428);
    finance.change(Method::DELETE, &remove, 999, wrong.clone()).await.expect(412);
    let refused = finance.change(Method::DELETE, &remove, tagged.version(), wrong).await;
    assert_eq!(refused.expect(422).pointers(), ["/effective_on"]);

    // Four eyes come before the body's other faults.
    let sent = file(&registrar, &tagged, submit()).await.expect(200);
    for body in [json!({"action": "accept", "on": "nonsense"}), json!({"action": "accept", "x": 1})]
    {
        file(&registrar, &sent, body.clone()).await.expect(403);
        file(&reviewer, &sent, body).await.expect(422);
    }
    let wrong = json!({"action": "submit", "on": "nonsense"});
    file(&registrar, &sent, wrong).await.expect(409);
}
