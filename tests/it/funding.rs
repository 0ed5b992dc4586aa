//! The money of a project: sources one by one, and many projects tagged at once.

use crate::steps::{People, all, assert_sound, ids, whole};
use crate::support::{Answer, Registry};
use reqwest::Method;
use serde_json::{Value, json};

async fn audited(registry: &mut Registry) -> usize {
    let auditor = registry.caller("auditor");
    all(&auditor, "/audit?limit=200").await.len()
}

#[tokio::test]
async fn sources_are_added_changed_and_removed() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let at = people.reserve("资金一号", "2018-01-10").await;
    assert_eq!(at.body["gap"], "385000000.00");
    let path = format!("/projects/{}", at.id());
    let first = json!({"channel": "central_budget", "amount": "85000000.50", "year": 2018,
        "document_number": "辽发改投资〔2018〕3号", "note": "第一批"});
    let first = people.tag(&at, first).await.expect(201);
    assert_eq!(first.headers["location"], format!("/api/v1{path}").as_str());
    let source = &first.body["funding"][0];
    assert_eq!(source["id"], 1);
    assert_eq!(source["status"], "intended");
    assert_eq!(source["arrived"], Value::Null);
    assert_eq!(source["document_number"], "辽发改投资〔2018〕3号");
    assert_eq!(first.body["gap"], "299999999.50");
    let second = people.tag(&first, json!({"channel": "other", "amount": 400_000_000})).await;
    let second = second.expect(201);
    // More than the project needs is an excess, shown and not refused.
    assert_eq!(second.body["gap"], "-100000000.50");
    assert_eq!(second.body["planned_funding"], "485000000.50");

    let finance = &people.finance;
    let patch = json!({"amount": 300_000_000, "note": "核减"});
    let other = format!("{path}/funding/2");
    let patched = finance.change(Method::PATCH, &other, second.version(), patch).await.expect(200);
    assert_eq!(patched.body["funding"][1]["amount"], "300000000.00");
    assert_eq!(patched.body["funding"][1]["channel"], "other");
    assert_eq!(patched.body["gap"], "-0.50");
    let same = json!({"amount": "300000000.00"});
    let same = finance.change(Method::PATCH, &other, patched.version(), same).await.expect(200);
    assert_eq!(same.version(), patched.version(), "nothing differs, nothing is recorded");
    let blank = json!({"note": null});
    let blank = finance.change(Method::PATCH, &other, same.version(), blank).await.expect(200);
    assert_eq!(blank.body["funding"][1]["note"], Value::Null);

    let none = json!({});
    let gone = finance.change(Method::DELETE, &other, blank.version(), none.clone()).await;
    let gone = gone.expect(200);
    assert_eq!(gone.body["gap"], "299999999.50");
    finance.change(Method::DELETE, &other, gone.version(), none.clone()).await.expect(404);
    finance.change(Method::PATCH, &other, gone.version(), none).await.expect(404);
    // A number is never given twice.
    let third = people.tag(&gone, json!({"channel": "other", "amount": 1})).await.expect(201);
    let numbers: Vec<&Value> =
        third.body["funding"].as_array().unwrap().iter().map(|source| &source["id"]).collect();
    assert_eq!(numbers, [1, 3]);

    // Without a total there is no gap.
    let path = format!("/projects/{}", at.id());
    let blank = people.patch(&path, &third, json!({"total_investment": null})).await;
    assert_eq!(blank.body["gap"], Value::Null);
    assert_eq!(blank.body["planned_funding"], "85000001.50");
    assert_sound(&registry);
}

#[tokio::test]
async fn a_source_that_cannot_be_is_refused_where_it_is_wrong() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let at = people.reserve("资金二号", "2018-01-10").await;
    let ppp = |more: Value| {
        let mut source = json!({"channel": "ppp", "amount": 1000});
        source.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        source
    };
    for (source, pointer) in [
        (json!({"amount": 1}), "/channel"),
        (json!({"channel": "ppp"}), "/amount"),
        (json!({"channel": "lottery", "amount": 1}), "/channel"),
        (ppp(json!({"amount": -1})), "/amount"),
        (ppp(json!({"amount": "1.001"})), "/amount"),
        (ppp(json!({"amount": "1e3"})), "/amount"),
        (ppp(json!({"amount": "100000000000001"})), "/amount"),
        (ppp(json!({"amount": true})), "/amount"),
        (ppp(json!({"status": "approved", "arrived": 1001})), "/arrived"),
        (ppp(json!({"status": "intended", "arrived": 1})), "/arrived"),
        (ppp(json!({"status": "applied", "arrived": 1})), "/arrived"),
        (ppp(json!({"status": "arrived", "arrived": 999})), "/arrived"),
        (ppp(json!({"status": "gone"})), "/status"),
        (ppp(json!({"year": 20180})), "/year"),
        (ppp(json!({"year": "2018"})), "/year"),
        (ppp(json!({"ppp_phase": "dream"})), "/ppp_phase"),
        (ppp(json!({"channel": "other", "ppp_phase": "execution"})), "/ppp_phase"),
        (ppp(json!({"note": "a\u{0}b"})), "/note"),
        (ppp(json!({"effective_on": "2199-01-01"})), "/effective_on"),
        (ppp(json!({"effective_on": "2018-02-30"})), "/effective_on"),
        (ppp(json!({"colour": "red"})), "/colour"),
    ] {
        let refused = people.tag(&at, source.clone()).await;
        assert_eq!(refused.status, 422, "{source}: {}", refused.body);
        assert_eq!(refused.pointers(), [pointer], "{source}");
    }
    let unchanged = people.leader.get(&format!("/projects/{}", at.id())).await.expect(200);
    assert_eq!(unchanged.version(), at.version());
    let refused = people.tag(&at, json!({"channel": 1, "amount": "x", "year": 1})).await;
    assert_eq!(refused.expect(422).pointers(), ["/channel", "/amount", "/year"]);
}

#[tokio::test]
async fn what_arrives_and_what_a_ppp_is() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let mut at = people.reserve("资金三号", "2018-01-10").await;
    for (status, arrived, told) in [
        ("approved", json!(null), json!(["approved", null])),
        ("approved", json!(0), json!(["approved", "0.00"])),
        ("approved", json!(400), json!(["approved", "400.00"])),
        ("approved", json!(1000), json!(["arrived", "1000.00"])),
        ("arrived", json!(null), json!(["arrived", "1000.00"])),
    ] {
        let source = json!({"channel": "市级财政资金", "amount": 1000, "status": status,
            "arrived": arrived});
        at = people.tag(&at, source).await.expect(201);
        let source = at.body["funding"].as_array().unwrap().last().unwrap();
        assert_eq!(json!([source["status"], source["arrived"]]), told);
        assert_eq!(source["channel"], "city_budget");
    }
    assert_eq!(at.body["arrived_funding"], "2400.00");
    // An amount below what has arrived of it.
    let path = format!("/projects/{}/funding/3", at.id());
    let less = json!({"amount": 399});
    let refused = people.finance.change(Method::PATCH, &path, at.version(), less).await;
    assert_eq!(refused.expect(422).pointers(), ["/arrived"]);

    for (phase, library) in [
        (json!("identification"), json!("reserve_list")),
        (json!("preparation"), json!("managed_library")),
        (json!("procurement"), json!("managed_library")),
        (json!("execution"), json!(null)),
        (json!("transfer"), json!(null)),
        (json!(null), json!(null)),
    ] {
        let source = json!({"channel": "PPP", "amount": 1, "ppp_phase": phase});
        at = people.tag(&at, source).await.expect(201);
        let source = at.body["funding"].as_array().unwrap().last().unwrap();
        assert_eq!((&source["ppp_phase"], &source["ppp_library"]), (&phase, &library));
    }
    assert_sound(&registry);
}

#[tokio::test]
async fn special_bonds_for_an_office_building_are_worth_a_second_look() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let warned = |at: &Answer| {
        let warnings = at.body["warnings"].as_array().unwrap();
        warnings.iter().any(|warning| warning["code"] == "special_bond_negative_list")
    };
    let bond = json!({"channel": "地方政府专项债券", "amount": 1000});
    let mut body = whole("机关办公楼建设工程");
    body["content"] = json!("新建政府办公楼一座");
    let office = people.registrar.post("/projects", body).await.expect(201);
    assert!(!warned(&office));
    let office = people.tag(&office, bond.clone()).await.expect(201);
    assert!(warned(&office), "{}", office.body["warnings"]);
    let message = office.body["warnings"][0]["message"].as_str().unwrap();
    assert!(message.contains("国办发〔2024〕52号"), "{message}");
    let sewer = people.reserve("污水处理厂工程", "2018-01-10").await;
    assert!(!warned(&people.tag(&sewer, bond).await.expect(201)));
}

#[tokio::test]
async fn many_are_tagged_at_once_or_none() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let one = people.reserve("批量一号", "2018-01-10").await;
    let two = people.reserve("批量二号", "2018-01-10").await;
    let draft = people.registrar.post("/projects", whole("批量三号")).await.expect(201);
    let chosen = json!([two.id(), one.id(), two.id()]);
    let source = json!({"channel": "县财政", "amount": 385_000_001, "effective_on": "2018-02-01"});
    let finance = &people.finance;
    let before = audited(&mut registry).await;

    let body = json!({"ids": chosen, "source": source, "dry_run": true});
    let tried = finance.post("/funding/bulk", body).await.expect(200);
    assert_eq!(tried.body["dry_run"], true);
    assert_eq!(tried.body["count"], 2);
    let told = |answer: &Answer, field: &str| -> Vec<Value> {
        answer.body["items"].as_array().unwrap().iter().map(|item| item[field].clone()).collect()
    };
    assert_eq!(told(&tried, "id"), [one.id(), two.id()]);
    assert_eq!(told(&tried, "gap_before"), ["385000000.00", "385000000.00"]);
    assert_eq!(told(&tried, "gap_after"), ["-1.00", "-1.00"]);
    assert_eq!(told(&tried, "version"), [one.version(), two.version()]);
    assert_eq!(told(&tried, "funding_id"), [Value::Null, Value::Null]);
    for project in [&one, &two] {
        let now = finance.get(&format!("/projects/{}", project.id())).await.expect(200);
        assert_eq!(now.body["funding"], json!([]));
        assert_eq!(now.version(), project.version());
    }
    assert_eq!(audited(&mut registry).await, before, "a trial leaves no trace");

    let body = json!({"ids": chosen, "source": source});
    let done = finance.post("/funding/bulk", body).await.expect(200);
    assert_eq!(done.body["dry_run"], false);
    assert_eq!(told(&done, "gap_after"), told(&tried, "gap_after"));
    assert_eq!(told(&done, "version"), [one.version() + 1, two.version() + 1]);
    assert_eq!(told(&done, "funding_id"), [1, 1]);
    assert_eq!(audited(&mut registry).await, before + 2);
    let then = finance.get(&format!("/projects/{}?as_of=2018-02-01", one.id())).await.expect(200);
    assert_eq!(then.body["funding"][0]["channel"], "county_budget");

    // By a filter as the list takes it, drafts included.
    let filter = json!({"q": "批量", "stage": ["concept", "reserve"], "min_investment": 1});
    let body = json!({"filter": filter, "source": {"channel": "ppp", "amount": 5}});
    let done = finance.post("/funding/bulk", body).await.expect(200);
    assert_eq!(told(&done, "id"), [one.id(), two.id(), draft.id()]);
    let found = all(finance, "/projects?channel=ppp&limit=200").await;
    assert_eq!(ids(&found).len(), 3);
    let none = json!({"filter": {"q": "无此项目"}, "source": {"channel": "ppp", "amount": 5}});
    assert_eq!(finance.post("/funding/bulk", none).await.expect(200).body["count"], 0);
    assert_sound(&registry);
}

#[tokio::test]
async fn one_out_of_sight_or_scope_fails_all() {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let county = registry.account("county", "finance", "region:210703");
    let here = people.reserve("批量四号", "2018-01-10").await;
    let mut far = whole("批量五号");
    far["region"] = json!("210726");
    let far = people.registrar.post("/projects", far.clone()).await.expect(201);
    let mut also = whole("批量六号");
    also["region"] = json!("210726");
    also["also_in"] = json!(["210703"]);
    let also = people.registrar.post("/projects", also).await.expect(201);
    let also = people.file(also.id(), also.version(), "2018-01-10").await;
    let (before, source) = (audited(&mut registry).await, json!({"channel": "ppp", "amount": 1}));
    let send = async |body: Value| county.post("/funding/bulk", body).await;

    send(json!({"ids": [here.id(), far.id()], "source": source})).await.expect(404);
    send(json!({"ids": [here.id(), 999_999], "source": source})).await.expect(404);
    send(json!({"ids": [here.id(), -1], "source": source})).await.expect(404);
    // Seen from the county it crosses, and not its to tag.
    send(json!({"ids": [here.id(), also.id()], "source": source})).await.expect(403);
    // The first of two wrongs is told.
    send(json!({"ids": [here.id(), far.id()], "source": {"channel": 7}})).await.expect(404);
    send(json!({"ids": [here.id(), also.id()], "source": {"channel": 7}})).await.expect(403);
    let registrar = &people.registrar;
    registrar.post("/funding/bulk", json!({"ids": 7})).await.expect(403);
    for (body, pointer) in [
        (json!({"source": source}), "/ids"),
        (json!({"ids": [], "filter": {}, "source": source}), "/ids"),
        (json!({"ids": [here.id()], "source": {"channel": "ppp", "amount": -1}}), "/source/amount"),
        (json!({"ids": [here.id()], "source": {}}), "/source/channel"),
        (json!({"ids": ["one"], "source": source}), "/ids/0"),
        (json!({"filter": {"stage": "x"}, "source": source}), "/filter/stage"),
        (json!({"filter": {"colour": "x"}, "source": source}), "/filter/colour"),
        (json!({"filter": {"q": {"x": 1}}, "source": source}), "/filter/q"),
        (json!({"filter": {"stage": ["concept", true]}, "source": source}), "/filter/stage/1"),
        (json!({"ids": [here.id()], "source": source, "colour": 1}), "/colour"),
        (json!({"ids": vec![here.id(); 1001], "source": source}), ""),
    ] {
        let refused = send(body.clone()).await;
        if pointer.is_empty() {
            refused.expect(200);
            continue;
        }
        assert_eq!(refused.status, 422, "{body}: {}", refused.body);
        assert_eq!(refused.pointers()[0], pointer, "{body}");
    }
    // The thousand and one above name a single project, which got it once.
    let now = county.get(&format!("/projects/{}", here.id())).await.expect(200);
    assert_eq!(now.body["funding"].as_array().unwrap().len(), 1);
    assert_eq!(audited(&mut registry).await, before + 1);
    // A day before the notice's projects begin is wrong below the source.
    let notice = people.leader.get("/projects?q=锦承线").await.expect(200);
    let early = json!({"channel": "ppp", "amount": 1, "effective_on": "2010-01-01"});
    let body = json!({"ids": [notice.body["items"][0]["id"]], "source": early});
    let refused = people.finance.post("/funding/bulk", body).await.expect(422);
    assert_eq!(refused.pointers(), ["/source/effective_on"]);
}
