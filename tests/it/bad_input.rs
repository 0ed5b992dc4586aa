//! Bad values in the body of a project: refused with a pointer and a sentence, nothing stored.

use crate::support::{Answer, Caller, Registry, sample};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const TEXTS: [&str; 12] = [
    "name",
    "area",
    "region",
    "kind",
    "lead_department",
    "group",
    "code",
    "nature",
    "approval_mode",
    "industry",
    "content",
    "notes",
];
const LISTS: [&str; 3] = ["also_in", "departments", "quantities"];
const OBJECTS: [&str; 3] = ["owner_unit", "location", "planned"];
const MONEY: &str = "total_investment";

/// How much the registry holds.
async fn held(registry: &mut Registry) -> (Value, Value) {
    let projects = registry.caller("registrar").get("/projects?count=true&limit=1").await;
    let trail = registry.caller("auditor").get("/audit?limit=1").await.expect(200);
    (projects.expect(200).body["count"].clone(), trail.body["items"][0]["hash"].clone())
}

/// A problem document that is whole, in the language asked for.
#[track_caller]
fn is_problem(answer: &Answer, status: u16, lang: &str) {
    let told = &answer.body;
    assert_eq!(answer.status, status, "{told}");
    assert_eq!(answer.headers["content-type"], "application/problem+json", "{told}");
    assert_eq!(told["status"], status, "{told}");
    assert!(told["type"].as_str().unwrap().starts_with("urn:shortboard:problem:"), "{told}");
    let errors = told["errors"].as_array().unwrap();
    let sentences = [&told["title"], &told["detail"]].into_iter();
    for sentence in sentences.chain(errors.iter().map(|error| &error["message"])) {
        let sentence = sentence.as_str().unwrap();
        let han = sentence.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(!sentence.is_empty(), "{told}");
        assert!(han || lang == "en", "no Chinese in {sentence:?}");
        let quoted = sentence.contains('“') || sentence.contains(':');
        assert!(!han || lang == "zh" || quoted, "Chinese in {sentence:?}");
    }
    assert!(errors.iter().all(|error| !error["code"].as_str().unwrap().is_empty()));
}

/// Sends the body in both languages; answers pointer and code of what is wrong.
async fn refused(caller: &Caller, body: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for lang in ["zh", "en"] {
        let request = caller.request(Method::POST, "/projects").header("Accept-Language", lang);
        let answer = caller.send(request.json(body)).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.body);
        is_problem(&answer, 422, lang);
        let errors = answer.body["errors"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        found = errors.map(|error| (text(&error["pointer"]), text(&error["code"]))).collect();
    }
    found
}

#[tokio::test]
async fn every_field_of_a_project_refuses_the_wrong_type() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let before = held(&mut registry).await;

    let document = registrar.get("/api/openapi.json").await.expect(200);
    let schema = &document.body["components"]["schemas"]["ProjectBody"]["properties"];
    let fields: BTreeSet<&str> = schema.as_object().unwrap().keys().map(String::as_str).collect();
    let tried = TEXTS.iter().chain(&LISTS).chain(&OBJECTS).chain([&MONEY]).copied();
    assert_eq!(tried.collect::<BTreeSet<_>>(), fields, "fields that this test does not try");

    let mut cases: Vec<(&str, Value, String)> = Vec::new();
    let at = |field: &str| format!("/{field}");
    for field in TEXTS {
        for wrong in [json!(7), json!(true), json!(["a"]), json!({"a": "b"})] {
            cases.push((field, wrong, at(field)));
        }
    }
    for field in LISTS {
        for wrong in [json!("a"), json!(7), json!(false), json!({})] {
            cases.push((field, wrong, at(field)));
        }
        for wrong in [json!([7]), json!([["a"]]), json!([true])] {
            cases.push((field, wrong, format!("/{field}/0")));
        }
    }
    for field in OBJECTS {
        for wrong in [json!("a"), json!(7), json!(true), json!(["a"]), json!([])] {
            cases.push((field, wrong, at(field)));
        }
    }
    for wrong in [json!(true), json!([]), json!({})] {
        cases.push((MONEY, wrong, at(MONEY)));
    }
    let nested = [
        ("owner_unit", json!({"name": 7}), "/owner_unit/name"),
        ("owner_unit", json!({"name": "甲", "credit_code": []}), "/owner_unit/credit_code"),
        ("location", json!({"place": 7}), "/location/place"),
        ("location", json!({"longitude": "121"}), "/location/longitude"),
        ("location", json!({"latitude": {}}), "/location/latitude"),
        ("planned", json!({"start": 2018}), "/planned/start"),
        ("planned", json!({"finish": ["2018"]}), "/planned/finish"),
        ("quantities", json!([{"name": 1, "value": "1", "unit": "座"}]), "/quantities/0/name"),
        ("quantities", json!([{"name": "桥", "value": 1, "unit": "座"}]), "/quantities/0/value"),
        ("quantities", json!([{"name": "桥", "value": "1", "unit": []}]), "/quantities/0/unit"),
    ];
    cases.extend(nested.map(|(field, wrong, at)| (field, wrong, at.to_owned())));

    for (field, wrong, pointer) in cases {
        let body = sample::body_with("类型", json!({field: wrong}));
        let found = refused(&registrar, &body).await;
        // A lead that is no department, or a department that is none, may be told of too.
        let told = (pointer, "wrong_type".to_owned());
        assert!(found.contains(&told), "{field} = {wrong}: {found:?}");
    }
    assert_eq!(held(&mut registry).await, before);
}

#[tokio::test]
async fn every_value_that_makes_no_sense_is_refused_with_its_place() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let before = held(&mut registry).await;
    let long = "长".repeat(201);
    let longer = "长".repeat(10_001);
    let many: Vec<Value> =
        (0..51).map(|_| json!({"name": "桥", "value": "1", "unit": "座"})).collect();
    let money = |value: Value| json!({"total_investment": value});
    let planned =
        |start: &str, finish: &str| json!({"planned": {"start": start, "finish": finish}});
    let cases = [
        (json!({"name": ""}), "/name", "required"),
        (json!({"name": " \u{3000}\u{200b}"}), "/name", "required"),
        (json!({"name": long}), "/name", "too_long"),
        (json!({"name": "上\u{0}下"}), "/name", "control_character"),
        (json!({"name": "上\n下"}), "/name", "control_character"),
        (json!({"name": "上\u{7f}下"}), "/name", "control_character"),
        (json!({"name": "上\u{202e}下"}), "/name", "control_character"),
        (json!({"content": "上\u{0}下"}), "/content", "control_character"),
        (json!({"content": longer}), "/content", "too_long"),
        (json!({"notes": "上\u{1b}[31m下"}), "/notes", "control_character"),
        (json!({"notes": longer}), "/notes", "too_long"),
        (json!({"owner_unit": {"name": long}}), "/owner_unit/name", "too_long"),
        (json!({"owner_unit": {}}), "/owner_unit/name", "required"),
        (json!({"location": {"place": "\u{0}"}}), "/location/place", "control_character"),
        (json!({"location": {"longitude": 181}}), "/location/longitude", "not_a_place"),
        (json!({"location": {"latitude": -90.5}}), "/location/latitude", "not_a_place"),
        (json!({"location": {"latitude": 1e308}}), "/location/latitude", "not_a_place"),
        (json!({"quantities": many}), "/quantities", "too_many"),
        (
            json!({"quantities": [{"name": "桥", "value": "一", "unit": "座"}]}),
            "/quantities/0/value",
            "not_a_decimal",
        ),
        (json!({"quantities": [{"name": "桥", "value": "1"}]}), "/quantities/0/unit", "required"),
        (json!({"departments": []}), "/departments", "required"),
        (
            json!({"departments": ["市住建委", "housing_construction"]}),
            "/departments/1",
            "repeated",
        ),
        (json!({"lead_department": "市教育局"}), "/lead_department", "lead_not_named"),
        (json!({"code": "12345"}), "/code", "not_a_project_code"),
        (json!({"code": "1066-210703-46-01-004512"}), "/code", "not_a_project_code"),
        (
            json!({"owner_unit": {"name": "甲", "credit_code": "9135O100M000100Y43"}}),
            "/owner_unit/credit_code",
            "not_a_credit_code",
        ),
        (json!({"industry": "Z99"}), "/industry", "not_an_industry"),
        (planned("2018-02-30", "2019"), "/planned/start", "not_a_period"),
        (planned("2018-13", "2019"), "/planned/start", "not_a_period"),
        (planned("2018-00", "2019"), "/planned/start", "not_a_period"),
        (planned("18-03", "2019"), "/planned/start", "not_a_period"),
        (planned("2018-3", "2019"), "/planned/start", "not_a_period"),
        (planned("２０１８", "2019"), "/planned/start", "not_a_period"),
        (planned("1066", "2019"), "/planned/start", "year_out_of_range"),
        (planned("2019", "2018-12"), "/planned/finish", "finish_before_start"),
        (money(json!("-1")), "/total_investment", "negative_money"),
        (money(json!(-1)), "/total_investment", "negative_money"),
        (money(json!("0.001")), "/total_investment", "not_money"),
        (money(json!(1.5)), "/total_investment", "not_money"),
        (money(json!(1e30)), "/total_investment", "not_money"),
        (money(json!("1e5")), "/total_investment", "not_money"),
        (money(json!("NaN")), "/total_investment", "not_money"),
        (money(json!("1,000.00")), "/total_investment", "not_money"),
        (money(json!("")), "/total_investment", "not_money"),
        (money(json!("100000000000000.01")), "/total_investment", "money_too_large"),
        (money(json!(u64::MAX)), "/total_investment", "money_too_large"),
        (money(json!("9".repeat(400))), "/total_investment", "money_too_large"),
        (json!({"budget": "1"}), "/budget", "unknown_field"),
        (json!({"a/b~c": "1"}), "/a~1b~0c", "unknown_field"),
        (json!({"owner_unit": {"name": "甲", "phone": "1"}}), "/owner_unit/phone", "unknown_field"),
        (json!({"location": {"lng": 1}}), "/location/lng", "unknown_field"),
        (json!({"planned": {"begin": "2018"}}), "/planned/begin", "unknown_field"),
        (
            json!({"quantities": [{"name": "桥", "value": "1", "unit": "座", "x": 1}]}),
            "/quantities/0/x",
            "unknown_field",
        ),
    ];
    for (fields, pointer, code) in cases {
        let body = sample::body_with("内容", fields.clone());
        let found = refused(&registrar, &body).await;
        assert_eq!(found, [(pointer.to_owned(), code.to_owned())], "{fields:.99}");
    }
    assert_eq!(held(&mut registry).await, before);
}

#[tokio::test]
async fn an_unknown_code_is_told_the_nearest() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let cases = [
        ("area", json!("urban_rurl"), "/area", "urban_rural"),
        ("region", json!("210704"), "/region", "210703"),
        ("region", json!("凌河县"), "/region", "凌河区"),
        ("also_in", json!(["黑山市"]), "/also_in/0", "黑山县"),
        ("departments", json!(["市住建局"]), "/departments/0", "市住建委"),
        ("group", json!("市水务公司"), "/group", "市水务集团"),
        ("nature", json!("expand"), "/nature", "expansion"),
        ("kind", json!("projects"), "/kind", "project"),
        ("approval_mode", json!("aproval"), "/approval_mode", "approval"),
    ];
    for (field, wrong, pointer, nearest) in cases {
        let mut body = sample::body_with("代码", json!({"lead_department": null}));
        body[field] = wrong;
        let answer = registrar.post("/projects", body).await.expect(422);
        assert_eq!(answer.pointers(), [pointer], "{}", answer.body);
        let error = &answer.body["errors"][0];
        assert_eq!(error["code"], "unknown_code");
        assert!(error["message"].as_str().unwrap().contains(nearest), "{error}");
    }
    // All that is wrong is told at once.
    let body = json!({"name": 7, "area": "?", "region": "\u{0}", "departments": [], "x": 1});
    let answer = registrar.post("/projects", body).await.expect(422);
    assert!(!answer.pointers().is_empty());
    let body = json!({"name": 7, "area": "?", "region": "\u{0}", "departments": ["!"]});
    let answer = registrar.post("/projects", body).await.expect(422);
    assert_eq!(answer.pointers(), ["/name", "/area", "/region", "/departments/0"]);
}

#[tokio::test]
async fn a_patch_and_a_source_are_read_as_strictly() {
    let mut registry = Registry::start().await;
    let project = sample::accepted(&mut registry, sample::body("严格")).await;
    let registrar = registry.caller("registrar");
    let finance = registry.caller("finance");
    let before = held(&mut registry).await;
    let path = format!("/projects/{}", project.id());
    let patches = [
        (json!({"name": null}), vec!["/name"]),
        (json!({"budget": 1}), vec!["/budget"]),
        (json!({"owner_unit": {"phone": "1"}}), vec!["/owner_unit/phone"]),
        (json!({"planned": {"start": "2020"}}), vec!["/planned/finish"]),
        (json!({"effective_on": "2018-02-30"}), vec!["/effective_on"]),
        (json!({"effective_on": 7, "notes": "a"}), vec!["/effective_on"]),
        (json!({"effective_on": "2999-01-01", "notes": "a"}), vec!["/effective_on"]),
        (json!({"stage": "operation"}), vec!["/stage"]),
        (json!({"funding": []}), vec!["/funding"]),
        (json!([]), vec![""]),
        (json!(null), vec![""]),
        (json!("x"), vec![""]),
    ];
    for (patch, pointers) in patches {
        let version = project.version();
        let answer = registrar.change(Method::PATCH, &path, version, patch.clone()).await;
        is_problem(&answer, 422, "zh");
        let mut told = answer.pointers();
        told.sort_unstable();
        assert_eq!(told, pointers, "{patch}");
    }
    let sources = [
        (json!({}), vec!["/amount", "/channel"]),
        (json!({"channel": "发行彩票", "amount": "1"}), vec!["/channel"]),
        (json!({"channel": "ppp", "amount": "-1"}), vec!["/amount"]),
        (json!({"channel": "ppp", "amount": "0.005"}), vec!["/amount"]),
        (json!({"channel": "ppp", "amount": 1, "year": 1066}), vec!["/year"]),
        (json!({"channel": "ppp", "amount": 1, "year": "2018"}), vec!["/year"]),
        (json!({"channel": "ppp", "amount": 1, "year": 99999999999_i64}), vec!["/year"]),
        (json!({"channel": "ppp", "amount": 1, "year": 2018.5}), vec!["/year"]),
        (json!({"channel": "ppp", "amount": 1, "status": "paid"}), vec!["/status"]),
        (json!({"channel": "ppp", "amount": 1, "arrived": "1"}), vec!["/arrived"]),
        (
            json!({"channel": "ppp", "amount": 1, "status": "approved", "arrived": 2}),
            vec!["/arrived"],
        ),
        (json!({"channel": "loan", "amount": 1, "ppp_phase": "procurement"}), vec!["/channel"]),
        (json!({"channel": "ppp", "amount": 1, "ppp_phase": "sale"}), vec!["/ppp_phase"]),
        (json!({"channel": "ppp", "amount": 1, "note": "\u{0}"}), vec!["/note"]),
        (json!({"channel": "ppp", "amount": 1, "id": 9}), vec!["/id"]),
    ];
    let funding = format!("{path}/funding");
    for (source, pointers) in sources {
        let version = project.version();
        let answer = finance.change(Method::POST, &funding, version, source.clone()).await;
        is_problem(&answer, 422, "zh");
        let mut told = answer.pointers();
        told.sort_unstable();
        assert_eq!(told, pointers, "{source}");
    }
    assert_eq!(held(&mut registry).await, before);
}
