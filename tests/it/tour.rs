//! The three users' work from end to end: register, review, tag, move, list, as of a past day.

use crate::support::Registry;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn the_three_users_do_their_work() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let reviewer = registry.caller("reviewer");
    let finance = registry.caller("finance");
    let leader = registry.caller("leader");

    let body = json!({
        "name": "城东第二水厂扩建工程", "area": "urban_rural", "region": "210703",
        "departments": ["市住建委", "市财政局"], "lead_department": "市住建委",
        "owner_unit": {"name": "市水务集团"}, "content": "日处理能力10万吨",
        "total_investment": "385000000.00", "planned": {"start": "2018-03", "finish": "2019-12"},
    });
    let draft = registrar.post("/projects", body).await.expect(201);
    let id = draft.id();
    let path = format!("/projects/{id}");
    assert_eq!(draft.body["missing"], json!([]));
    leader.get(&path).await.expect(404);

    let filing = format!("{path}/filing");
    let submit = json!({"action": "submit"});
    let sent = registrar.change(Method::POST, &filing, draft.version(), submit).await.expect(200);
    let accept = json!({"action": "accept", "on": "2018-01-10"});
    registrar.change(Method::POST, &filing, sent.version(), accept.clone()).await.expect(403);
    let taken = reviewer.change(Method::POST, &filing, sent.version(), accept).await.expect(200);
    assert_eq!(taken.body["stage"], "reserve");

    let source = json!({"channel": "专项债", "amount": "200000000", "status": "approved",
        "arrived": "50000000"});
    let funding = format!("{path}/funding");
    let tagged = finance.change(Method::POST, &funding, taken.version(), source).await.expect(201);
    assert_eq!(tagged.body["gap"], "185000000.00");

    let matter = json!({"state": "done", "actual_on": "2018-02"});
    let matters = format!("{path}/matters/feasibility_study");
    let begun = registrar.change(Method::PUT, &matters, tagged.version(), matter).await.expect(200);
    let stage = format!("{path}/stage");
    let on = json!({"to": "preparation", "on": "2018-02-01"});
    let moved = registrar.change(Method::POST, &stage, begun.version(), on).await.expect(200);
    let early = json!({"to": "construction"});
    let refused = registrar.change(Method::POST, &stage, moved.version(), early).await.expect(422);
    assert_eq!(refused.pointers(), ["/code", "/basis", "/on"]);
    let code = json!({"code": "2018-210703-46-01-004512"});
    let coded = registrar.change(Method::PATCH, &path, moved.version(), code).await.expect(200);
    let begin = json!({"to": "construction", "on": "2018-03-15",
        "basis": {"document_number": "锦发改审批〔2018〕12号"}});
    let built = registrar.change(Method::POST, &stage, coded.version(), begin).await.expect(200);
    assert_eq!(built.body["actual"]["start"], "2018-03-15");

    let names = |answer: &crate::support::Answer| {
        let items = answer.body["items"].as_array().unwrap();
        items.iter().map(|item| item["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    let now = leader.get("/projects?stage=construction&q=城东第二水厂").await.expect(200);
    assert_eq!(names(&now), [id]);
    let then = leader.get("/projects?stage=preparation&as_of=2018-03-01&q=城东").await.expect(200);
    assert_eq!(names(&then), [id]);
    let before = leader.get("/projects?as_of=2018-01-09&q=城东").await.expect(200);
    assert_eq!(names(&before), [0; 0]);

    let verified = registry.run(&["audit", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.stderr);
    let checked = registry.run(&["check"]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
}
