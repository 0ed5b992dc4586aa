//! The body of a project: every fault at once, each with its pointer; and facts as their own body.
#![allow(clippy::unwrap_used, reason = "the helpers of tests, too")]

#[cfg(test)]
mod support;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use shortboard_domain::body::ProjectBody;
use shortboard_domain::facts::Facts;
use shortboard_domain::fault::{Fault, Why};
use shortboard_domain::lang::Lang;
use support::*;

/// What is wrong with a full body and some more fields.
fn wrong(more: Value) -> Vec<Fault> {
    build(patched(full_body(), more)).err().unwrap_or_default()
}

/// The one thing wrong with it.
fn fault(more: Value) -> (String, &'static str) {
    let faults = wrong(more.clone());
    let [fault] = &faults[..] else { panic!("{more}: {faults:?}") };
    assert!(!fault.why.message(Lang::Zh).is_empty() && !fault.why.message(Lang::En).is_empty());
    (fault.pointer.clone(), fault.why.code())
}

/// JSON merge patch (RFC 7396).
fn patched(mut target: Value, patch: Value) -> Value {
    let Value::Object(fields) = patch else { return patch };
    if !target.is_object() {
        target = Value::Object(Map::new());
    }
    let object = target.as_object_mut().unwrap();
    for (name, value) in fields {
        if value.is_null() {
            object.remove(&name);
        } else {
            let old = object.remove(&name).unwrap_or_default();
            object.insert(name, patched(old, value));
        }
    }
    target
}

#[test]
fn every_fault_is_found_at_once() {
    let faults = build(json!({
        "name": "a\u{0}b", "area": "城乡", "region": 210702, "also_in": ["黑山县", "210726", null],
        "kind": "works", "departments": ["市发改委", "development_reform", "x", 5],
        "lead_department": "市财政局", "group": "市某集团",
        "owner_unit": { "name": "长".repeat(101), "credit_code": "123" },
        "code": "2017-210702", "nature": "建", "approval_mode": true, "industry": "Z",
        "content": "长".repeat(10_001), "location": { "longitude": 181, "latitude": "41" },
        "total_investment": "1.234", "planned": { "start": "2017-13", "finish": 2019 },
        "quantities": [{ "name": "长度", "value": "3公里" }, 7], "notes": "\u{202E}",
    }));
    assert_eq!(
        words(&faults.unwrap_err()),
        [
            ("/also_in/1", "repeated"),
            ("/also_in/2", "wrong_type"),
            ("/approval_mode", "wrong_type"),
            ("/area", "unknown_code"),
            ("/code", "not_a_project_code"),
            ("/content", "too_long"),
            ("/departments/1", "repeated"),
            ("/departments/2", "unknown_code"),
            ("/departments/3", "wrong_type"),
            ("/group", "unknown_code"),
            ("/industry", "not_an_industry"),
            ("/kind", "unknown_code"),
            ("/location/latitude", "wrong_type"),
            ("/location/longitude", "not_a_place"),
            ("/name", "control_character"),
            ("/nature", "unknown_code"),
            ("/notes", "control_character"),
            ("/owner_unit/credit_code", "not_a_credit_code"),
            ("/owner_unit/name", "too_long"),
            ("/planned/finish", "wrong_type"),
            ("/planned/start", "not_a_period"),
            ("/quantities/0/unit", "required"),
            ("/quantities/0/value", "not_a_decimal"),
            ("/quantities/1", "wrong_type"),
            ("/region", "wrong_type"),
            ("/total_investment", "not_money"),
        ]
    );
    assert_eq!(
        words(&build(json!({})).unwrap_err()),
        [
            ("/area", "required"),
            ("/departments", "required"),
            ("/name", "required"),
            ("/region", "required"),
        ]
    );
}

#[test]
fn a_wrong_type_says_what_is_expected() {
    let expected = |more: Value| match &wrong(more.clone())[..] {
        [Fault { pointer, why: Why::WrongType { expected } }] => (pointer.clone(), *expected),
        other => panic!("{more}: {other:?}"),
    };
    let at = |pointer: &str, expected| (pointer.to_owned(), expected);
    assert_eq!(expected(json!({ "name": 5 })), at("/name", "string"));
    assert_eq!(expected(json!({ "name": ["a"] })), at("/name", "string"));
    assert_eq!(expected(json!({ "departments": "市发改委" })), at("/departments", "array"));
    assert_eq!(expected(json!({ "departments": {} })), at("/departments", "array"));
    assert_eq!(expected(json!({ "owner_unit": "公司" })), at("/owner_unit", "object"));
    assert_eq!(expected(json!({ "owner_unit": ["公司"] })), at("/owner_unit", "object"));
    assert_eq!(expected(json!({ "planned": ["2017", "2019"] })), at("/planned", "object"));
    assert_eq!(expected(json!({ "location": [] })), at("/location", "object"));
    assert_eq!(expected(json!({ "quantities": [["a", "1", "b"]] })), at("/quantities/0", "object"));
    assert_eq!(expected(json!({ "total_investment": true })), at("/total_investment", "string"));
    let place = |longitude: &str| json!({ "location": { "longitude": longitude } });
    assert_eq!(expected(place("121.1")), at("/location/longitude", "number"));
    let teasing = place("expected a boolean, why:not_money");
    assert_eq!(expected(teasing), at("/location/longitude", "number"), "its words are not ours");
}

#[test]
fn an_unknown_field_is_named_where_it_is() {
    let owner = json!({ "owner_unit": { "name": "公司", "phone": "1" } });
    assert_eq!(fault(owner), ("/owner_unit/phone".into(), "unknown_field"));
    let quantity = json!({ "quantities": [{ "name": "a", "value": "1", "unit": "b", "a/b~": 1 }] });
    assert_eq!(fault(quantity), ("/quantities/0/a~1b~0".into(), "unknown_field"));
    let body = json!({ "nmae": "滨河路" });
    let error = serde_json::from_value::<ProjectBody>(body).unwrap_err();
    assert!(error.to_string().contains("unknown field `nmae`"), "{error}");
}

#[test]
fn blank_is_absent_and_null_is_too() {
    let facts = build(json!({
        "name": " 滨河路\u{200B}\u{3000}", "area": "城乡基础设施", "region": "古塔区", "kind": null,
        "departments": ["市发改委"], "also_in": null, "lead_department": "", "group": " ",
        "owner_unit": null, "code": "", "nature": null, "content": "  ", "location": {},
        "total_investment": null, "planned": { "start": "", "finish": null }, "quantities": [],
    }));
    assert_eq!(facts, Ok(Facts { name: "滨河路".into(), ..bare_facts() }));
    for (field, word) in [("name", "required"), ("region", "required"), ("departments", "required")]
    {
        assert_eq!(fault(json!({ field: null })), (format!("/{field}"), word));
    }
    assert_eq!(fault(json!({ "name": "\u{FEFF} " })), ("/name".into(), "required"));
    assert_eq!(fault(json!({ "departments": [] })), ("/departments".into(), "required"));
    let unnamed = json!({ "owner_unit": { "name": null } });
    assert_eq!(fault(unnamed), ("/owner_unit/name".into(), "required"));
}

#[test]
fn names_and_aliases_become_codes() {
    let facts = build(patched(
        full_body(),
        json!({
            "region": "北宁市", "also_in": ["北镇市", "市本级"], "area": "Networks",
            "departments": ["市发改委", "财政局"], "lead_department": "市财政局",
            "group": "市交通集团", "code": "２０１７-210702-78-01-012345", "industry": "n77",
        }),
    ))
    .unwrap();
    assert_eq!((facts.region.as_str(), facts.area.as_str()), ("210782", "networks"));
    assert_eq!(facts.also_in.len(), 1, "it counts where it counts");
    let codes: Vec<_> = facts.departments.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes, ["development_reform", "finance_bureau"]);
    assert_eq!(facts.lead_department.unwrap().as_str(), "finance_bureau");
    assert_eq!(facts.code.unwrap().as_str(), CODE);
    let unknown = wrong(json!({ "departments": ["市财正局"] }));
    let [Fault { pointer, why: Why::UnknownCode { nearest, .. } }] = &unknown[..] else {
        panic!("{unknown:?}")
    };
    assert_eq!(
        (pointer.as_str(), nearest[0].as_str()),
        ("/departments/0", "市财政局 (finance_bureau)")
    );
}

#[test]
fn limits_hold_to_the_character() {
    let place = |longitude: f64, latitude: f64| {
        let there = json!({ "longitude": longitude, "latitude": latitude });
        wrong(json!({ "location": there })).len()
    };
    assert_eq!((place(-180.0, -90.0), place(180.0, 90.0)), (0, 0));
    assert_eq!((place(-180.1, -90.1), place(180.1, 90.1)), (2, 2));
    let name = |length: usize| json!({ "name": "滨".repeat(length) });
    assert_eq!(wrong(name(200)), []);
    assert_eq!(fault(name(201)), ("/name".into(), "too_long"));
    let regions = json!({ "also_in": vec!["210726"; 51] });
    assert_eq!(fault(regions), ("/also_in".into(), "too_many"));
    assert_eq!(fault(json!({ "total_investment": "-0.01" })).1, "negative_money");
    assert_eq!(fault(json!({ "total_investment": 1.5 })).1, "not_money");
    assert_eq!(fault(json!({ "total_investment": "100000000000000.01" })).1, "money_too_large");
    assert_eq!(wrong(json!({ "total_investment": 100_000_000_000_000_i64 })), []);
    let planned = json!({ "planned": { "start": "2019", "finish": "2018-12-31" } });
    assert_eq!(fault(planned), ("/planned/finish".into(), "finish_before_start"));
    assert_eq!(fault(json!({ "planned": { "start": "1899" } })).1, "year_out_of_range");
    assert_eq!(fault(json!({ "content": "a\u{0}" })), ("/content".into(), "control_character"));
    assert_eq!(wrong(json!({ "content": "一\r\n二\t三" })), []);
    assert_eq!(fault(json!({ "name": "一\n二" })), ("/name".into(), "control_character"));
}

/// Bodies of every shape that the rules allow.
fn a_body() -> impl Strategy<Value = Value> {
    use proptest::option::of;
    let text = || of("[滨河路a1 ]{1,9}x");
    let period = || of("(20[0-4][0-9])(-0[1-9](-[012][1-8])?)?");
    let first = (
        "[滨河路三期 ]{0,6}名",
        of(proptest::sample::select(vec!["project", "programme"])),
        proptest::sample::subsequence(vec!["210700", "210702", "210726", "210782"], 1..4),
        proptest::sample::subsequence(vec!["市发改委", "finance_bureau", "水利局"], 1..3),
        any::<bool>(),
        of(Just("transport")),
        (text(), of(proptest::sample::select(vec!["91350100M000100Y43", "91110108551385082Q"]))),
    );
    let second = (
        of(proptest::sample::select(vec!["", "-001"])),
        of(proptest::sample::select(vec!["new", "purchase"])),
        of(proptest::sample::select(vec!["A", "N77", "C13"])),
        of("[道路\n\t长]{0,20}。"),
        (text(), of(-180.0..=180.0_f64), of(-90.0..=90.0_f64)),
        of(0..=10_000_000_000_000_000_i64),
        (period(), period()),
        proptest::collection::vec(("[a长]{1,3}", "-?[0-9]{1,9}(\\.[0-9]{1,3})?"), 0..3),
    );
    (first, second).prop_map(|(first, second)| {
        let (name, kind, regions, departments, is_led, group, owner) = first;
        let (suffix, nature, industry, content, place, fen, planned) =
            (second.0, second.1, second.2, second.3, second.4, second.5, second.6);
        let quantity = |(name, value)| json!({ "name": name, "value": value, "unit": "公里" });
        json!({
            "name": name, "area": "urban_rural", "kind": kind, "region": regions[0],
            "also_in": regions, "departments": departments,
            "lead_department": is_led.then_some(departments[0]), "group": group,
            "owner_unit": owner.0.map(|name| json!({ "name": name, "credit_code": owner.1 })),
            "code": suffix.map(|suffix| format!("{CODE}{suffix}")),
            "nature": nature, "approval_mode": nature.map(|_| "approval"), "industry": industry,
            "content": content, "notes": content,
            "location": { "place": place.0, "longitude": place.1, "latitude": place.2 },
            "total_investment": fen.map(|fen| format!("{}.{:02}", fen / 100, fen % 100)),
            "planned": { "start": planned.0.clone().min(planned.1.clone()), "finish": planned.0.max(planned.1) },
            "quantities": second.7.into_iter().map(quantity).collect::<Vec<_>>(),
        })
    })
}

proptest! {
    /// Facts are their own body, as they are and with a patch laid on.
    #[test]
    fn facts_are_their_own_body(body in a_body(), patch in a_body(), nulls in any::<u32>()) {
        let facts = build(body.clone()).unwrap();
        prop_assert_eq!(build(ProjectBody::of(&facts)), Ok(facts.clone()));
        prop_assert_eq!(build(patched(ProjectBody::of(&facts), json!({}))), Ok(facts.clone()));

        let other = build(patch.clone()).unwrap();
        prop_assert_eq!(facts.with(&facts.changes_to(&other)), other);
        let names = ["group", "content", "owner_unit", "total_investment", "planned", "kind"];
        let mut cleared = facts.clone();
        let mut clear = Map::new();
        for (bit, name) in names.iter().enumerate().filter(|(bit, _)| nulls & (1 << bit) != 0) {
            clear.insert((*name).into(), Value::Null);
            match bit {
                0 => cleared.group = None,
                1 => cleared.content = None,
                2 => cleared.owner_unit = None,
                3 => cleared.total_investment = None,
                4 => cleared.planned = shortboard_domain::period::Span::default(),
                _ => cleared.kind = shortboard_domain::facts::ProjectKind::Project,
            }
        }
        prop_assert_eq!(build(patched(ProjectBody::of(&facts), clear.into())), Ok(cleared));
    }

    /// As text and back, as a request and the database carry them.
    #[test]
    fn facts_survive_being_written(body in a_body()) {
        let facts = build(body).unwrap();
        let text = serde_json::to_string(&facts).unwrap();
        prop_assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), facts);
    }

    /// No field takes a value of any type without a fact or a fault, and none panics.
    #[test]
    fn any_value_is_a_fact_or_a_fault(field in 0..19_usize, value in a_value()) {
        let fields = ProjectBody::of(&full_facts());
        let field = fields.as_object().unwrap().keys().nth(field).unwrap().clone();
        for fault in wrong(json!({ field.clone(): value })) {
            let pointer = format!("/{field}");
            let related = fault.pointer.starts_with(&pointer) || fault.pointer == "/lead_department";
            prop_assert!(related, "{:?}", fault);
        }
    }
}

fn a_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 9, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map("name|place|start|x", inner, 0..3)
                .prop_map(|fields| fields.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}
