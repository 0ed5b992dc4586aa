//! The way of a project through the stages: forward with what each asks for, back with a reason,
//! aside and out, corrected, and confirmed.

use crate::steps::{People, assert_sound, sorted};
use crate::support::{Answer, Registry};
use reqwest::Method;
use serde_json::{Value, json};

fn kind(answer: &Answer) -> &str {
    answer.body["type"].as_str().unwrap().rsplit(':').next().unwrap()
}

fn building() -> Value {
    json!({"to": "construction", "on": "2018-03-15", "basis": {"document_number": "12号"}})
}

/// The number of the last move.
fn last_move(project: &Answer) -> i64 {
    project.body["moves"].as_array().unwrap().last().unwrap()["id"].as_i64().unwrap()
}

impl People {
    /// Corrects a move of a project.
    async fn correct(&self, at: &Answer, step: i64, body: Value) -> Answer {
        let path = format!("/projects/{}/stage/{step}", at.id());
        self.registrar.change(Method::PATCH, &path, at.version(), body).await
    }
}

#[tokio::test]
async fn each_stage_asks_for_its_facts() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let draft = people.registrar.post("/projects", crate::steps::whole("阶段一号")).await;
    let draft = draft.expect(201);
    let refused = people.go(&draft, json!({"to": "reserve"})).await.expect(409);
    assert_eq!(kind(&refused), "accept-the-filing");
    let taken = people.file(draft.id(), draft.version(), "2018-01-10").await;
    for to in ["reserve", "construction", "completed", "operation", "suspended"] {
        let refused = people.go(&taken, json!({"to": to, "on": "2018-02-01", "reason": "x"})).await;
        let why = if to == "reserve" { "same-stage" } else { "not-a-step" };
        assert_eq!(kind(&refused.expect(409)), why, "{to}");
    }
    let refused = people.go(&taken, json!({"to": "preparation"})).await.expect(422);
    assert_eq!((kind(&refused), refused.pointers()), ("missing-facts", vec!["/matters"]));
    let path = format!("/projects/{}", taken.id());
    let matter = |state: &str| json!({"state": state, "planned_on": "2018-02"});
    let study = format!("{path}/matters/feasibility_study");
    let planned = people.put(&study, &taken, matter("planned")).await;
    people.go(&planned, json!({"to": "preparation"})).await.expect(422);
    let begun = people.put(&study, &planned, matter("begun")).await;

    // A day before the last move, or after today, is not one.
    for on in ["2018-01-09", "2199-01-01"] {
        let refused = people.go(&begun, json!({"to": "preparation", "on": on})).await;
        assert_eq!(refused.expect(422).pointers(), ["/on"], "{on}");
    }
    let moved = people.go(&begun, json!({"to": "preparation", "on": "2018-02-01"})).await;
    let moved = moved.expect(200);
    let refused = people.go(&moved, json!({"to": "construction"})).await.expect(422);
    assert_eq!(sorted(refused.pointers()), ["/basis", "/code", "/on"]);
    let blank = json!({"to": "construction", "on": "2018-03-15", "basis": {"title": " "}});
    let refused = people.go(&moved, blank).await.expect(422);
    assert_eq!(sorted(refused.pointers()), ["/basis", "/code"]);
    let code = json!({"code": "2018-210703-46-01-004512"});
    let coded = people.patch(&path, &moved, code).await;
    let built = people.go(&coded, building()).await.expect(200);
    assert_eq!(built.body["missing"], json!([]));
    assert_eq!(built.body["actual"], json!({"start": "2018-03-15", "finish": null}));

    let refused = people.go(&built, json!({"to": "completed"})).await.expect(422);
    assert_eq!(sorted(refused.pointers()), ["/basis", "/on"]);
    let done = json!({"to": "completed", "on": "2019-10-01", "basis": {"title": "竣工验收报告"}});
    let done = people.go(&built, done).await.expect(200);
    assert_eq!(done.body["actual"], json!({"start": "2018-03-15", "finish": "2019-10-01"}));
    let refused = people.go(&done, json!({"to": "cancelled", "reason": "x"})).await.expect(409);
    assert_eq!(kind(&refused), "not-a-step");
    let refused = people.go(&done, json!({"to": "operation"})).await.expect(422);
    assert_eq!(refused.pointers(), ["/on"]);
    let used = people.go(&done, json!({"to": "operation", "on": "2019-12-01"})).await.expect(200);
    assert_eq!(used.body["in_use_since"], "2019-12-01");
    let stages: Vec<&Value> =
        used.body["moves"].as_array().unwrap().iter().map(|step| &step["to"]).collect();
    let way = ["concept", "reserve", "preparation", "construction", "completed", "operation"];
    assert_eq!(stages, way);
    assert_sound(&registry);
}

#[tokio::test]
async fn a_step_back_a_stop_and_an_end_take_a_reason() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let ready = people.preparation("阶段二号", "2018-01-10", "2018-02-01").await;
    let built = people.go(&ready, building()).await.expect(200);
    for to in ["preparation", "suspended", "cancelled"] {
        let refused = people.go(&built, json!({"to": to, "on": "2018-04-01"})).await.expect(422);
        assert_eq!((kind(&refused), refused.pointers()), ("missing-facts", vec!["/reason"]));
    }
    let to = |to: &str, on: &str| json!({"to": to, "on": on, "reason": "理由"});
    let back = people.go(&built, to("preparation", "2018-04-01")).await.expect(200);
    assert_eq!(back.body["actual"]["start"], Value::Null, "building never began");
    let history = people.leader.get(&format!("/projects/{}/history", back.id())).await;
    let history = history.expect(200);
    let acts: Vec<&Value> =
        history.body["items"].as_array().unwrap().iter().map(|item| &item["action"]).collect();
    assert_eq!(acts[acts.len() - 2..], ["move", "move"]);
    assert_eq!(history.body["items"][acts.len() - 1]["reason"], "理由");

    let again = json!({"to": "construction", "on": "2018-05-01", "basis": {"title": "批复"}});
    let again = people.go(&back, again).await.expect(200);
    let stopped = people.go(&again, to("suspended", "2018-06-01")).await.expect(200);
    assert_eq!(stopped.body["actual"]["start"], "2018-05-01");
    for wrong in ["preparation", "completed", "reserve"] {
        let refused = people.go(&stopped, to(wrong, "2018-07-01")).await.expect(409);
        assert_eq!(kind(&refused), "not-a-step", "{wrong}");
    }
    let resumed = json!({"to": "construction", "on": "2018-07-01"});
    let resumed = people.go(&stopped, resumed).await.expect(200);
    assert_eq!(resumed.body["actual"]["start"], "2018-05-01", "it began once");
    let stopped = people.go(&resumed, to("suspended", "2018-08-01")).await.expect(200);
    let ended = people.go(&stopped, to("cancelled", "2018-09-01")).await.expect(200);
    assert_eq!(ended.body["stage"], "cancelled");
    let refused = people.go(&ended, to("construction", "2018-10-01")).await.expect(409);
    assert_eq!(kind(&refused), "not-a-step");
    let undone = json!({"to": "suspended", "on": "2018-10-01"});
    assert_eq!(people.go(&ended, undone).await.expect(422).pointers(), ["/reason"]);
    let undone = people.go(&ended, to("suspended", "2018-10-01")).await.expect(200);
    let resumed = json!({"to": "construction", "on": "2018-11-01"});
    people.go(&undone, resumed).await.expect(200);
    assert_sound(&registry);
}

#[tokio::test]
async fn a_wrong_move_is_corrected_not_undone() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let ready = people.preparation("阶段三号", "2018-01-10", "2018-02-01").await;
    let built = people.go(&ready, building()).await.expect(200);
    let step = last_move(&built);
    let refused = people.correct(&built, step, json!({"on": "2018-03-18"})).await.expect(422);
    assert_eq!(refused.pointers(), ["/reason"]);
    for on in ["2018-01-31", "2199-01-01"] {
        let refused = people.correct(&built, step, json!({"on": on, "reason": "更正"})).await;
        assert_eq!(refused.expect(422).pointers(), ["/on"], "{on}");
    }
    let first = built.body["moves"][0]["id"].as_i64().unwrap();
    for (step, to) in [(step, "operation"), (step, "reserve"), (first, "reserve")] {
        let wish = json!({"to": to, "reason": "更正"});
        let refused = people.correct(&built, step, wish).await;
        let reachable = (step, to) == (last_move(&built), "reserve");
        refused.expect(if reachable { 200 } else { 409 });
        if reachable {
            break;
        }
    }
    let at = people.leader.get(&format!("/projects/{}", built.id())).await.expect(200);
    assert_eq!(at.body["stage"], "reserve");
    assert_eq!(at.body["actual"]["start"], Value::Null);
    assert_eq!(at.body["moves"].as_array().unwrap().last().unwrap()["corrected"], true);

    // And the other way: what was told as a step back was a stop.
    let stopped = json!({"to": "preparation", "reason": "更正"});
    people.correct(&at, step, stopped).await.expect(409);
    let cancelled = json!({"to": "cancelled", "reason": "更正", "on": "2018-03-20"});
    let cancelled = people.correct(&at, step, cancelled).await.expect(200);
    assert_eq!(cancelled.body["stage"], "cancelled");
    assert_eq!(cancelled.body["stage_since"], "2018-03-20");
    let then = format!("/projects/{}?as_of=2018-03-19", built.id());
    assert_eq!(people.leader.get(&then).await.expect(200).body["stage"], "preparation");
    assert_sound(&registry);
}

#[tokio::test]
async fn a_correction_keeps_the_moves_around_it_in_order() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let ready = people.preparation("阶段四号", "2018-01-10", "2018-02-01").await;
    let began = last_move(&ready);
    let built = people.go(&ready, building()).await.expect(200);
    let late = json!({"on": "2018-03-16", "reason": "更正"});
    assert_eq!(people.correct(&built, began, late).await.expect(422).pointers(), ["/on"]);
    let elsewhere = json!({"to": "cancelled", "reason": "更正"});
    let refused = people.correct(&built, began, elsewhere).await.expect(409);
    assert_eq!(kind(&refused), "not-correctable");
    // What cannot be is told before what lacks.
    people.correct(&built, began, json!({"to": "cancelled"})).await.expect(409);
    let same_day = json!({"on": "2018-03-15", "reason": "更正"});
    let moved = people.correct(&built, began, same_day).await.expect(200);
    assert_eq!(moved.body["stage"], "construction");
    let then = format!("/projects/{}?as_of=2018-03-14", built.id());
    assert_eq!(people.leader.get(&then).await.expect(200).body["stage"], "reserve");
    assert_sound(&registry);
}

#[tokio::test]
async fn an_inferred_stage_stands_until_a_registrar_confirms_it() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let found = people.leader.get("/projects?q=朝凌客专&stage=construction").await.expect(200);
    let card = &found.body["items"][0];
    assert_eq!(card["stage_basis"], "inferred");
    assert_eq!(card["stage_since"], "2017-08-06");
    assert_eq!(card["actual"]["start"], Value::Null, "the notice does not say when");
    let path = format!("/projects/{}", card["id"]);
    let inferred = async || {
        let summary = people.leader.get("/summary?by=stage&q=朝凌客专").await.expect(200);
        summary.body["rows"][0]["inferred"].clone()
    };
    assert_eq!(inferred().await, 1);
    let at = people.leader.get(&path).await.expect(200);
    assert!(at.body["missing"].as_array().unwrap().contains(&json!("actual_start")));

    let confirm = format!("{path}/stage/confirm");
    let body = json!({"on": "2016-05-20", "basis": {"document_number": "铁计〔2016〕1号"}});
    let finance = &people.finance;
    finance.change(Method::POST, &confirm, at.version(), body.clone()).await.expect(403);
    let future = json!({"on": "2199-01-01"});
    let registrar = &people.registrar;
    let refused = registrar.change(Method::POST, &confirm, at.version(), future).await;
    assert_eq!(refused.expect(422).pointers(), ["/on"]);
    let sure = registrar.change(Method::POST, &confirm, at.version(), body).await.expect(200);
    assert_eq!(sure.body["stage"], "construction");
    assert_eq!(sure.body["stage_basis"], "recorded");
    assert_eq!(sure.body["actual"]["start"], "2016-05-20");
    let missing = sure.body["missing"].as_array().unwrap();
    for known in ["actual_start", "approval_document"] {
        assert!(!missing.contains(&json!(known)), "{missing:?}");
    }
    assert_eq!(inferred().await, 0);
    let again = registrar.change(Method::POST, &confirm, sure.version(), json!({})).await;
    assert_eq!(kind(&again.expect(409)), "not-inferred");

    // Without day and document it is merely confirmed.
    let other = people.leader.get("/projects?q=锦承线").await.expect(200);
    let path = format!("/projects/{}/stage/confirm", other.body["items"][0]["id"]);
    let version = other.body["items"][0]["version"].as_i64().unwrap();
    let request =
        registrar.request(Method::POST, &path).header("If-Match", format!("\"{version}\""));
    let sure = registrar.send(request).await.expect(200);
    assert_eq!(sure.body["stage_basis"], "recorded");
    assert_eq!(sure.body["actual"]["start"], Value::Null);
    assert_sound(&registry);
}
