//! Departments that came in with an import: confirmed, or merged with those that they are.

use crate::support::import::{commit, ledger, row, upload};
use crate::support::{Answer, Caller, Registry, Visitor};
use reqwest::Method;
use serde_json::json;

const HEADER: &str = "项目名称,所在地区,任务领域,责任单位,总投资（万元）";

/// Imports a project whose departments are these.
async fn imported(registrar: &Caller, name: &str, departments: &str) -> Answer {
    let line = format!("{name},义县,公共服务供给,{departments},1200");
    let file = ledger(HEADER, &[&line]);
    let preview = upload(registrar, "台账.csv", &file, &[]).await.expect(201);
    commit(registrar, &preview).await.expect(200);
    let found = registrar.get(&format!("/projects?q={name}")).await.expect(200);
    let id = found.body["items"][0]["id"].clone();
    registrar.get(&format!("/projects/{id}")).await.expect(200)
}

/// The codes of those that wait, by name.
async fn waiting(admin: &Caller) -> Vec<(String, String)> {
    let list = admin.get("/departments/unverified").await.expect(200).body;
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| (text(&item["label"]["zh"]), text(&item["code"]))).collect()
}

#[tokio::test]
async fn an_unverified_department_is_merged_with_the_one_that_it_is() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let admin = registry.account("keeper", "sysadmin", "city");
    let there = imported(&registrar, "合并测试甲", "市民政局、民政事务中心").await;
    let untouched = imported(&registrar, "合并测试乙", "市教育局").await;
    let list = waiting(&admin).await;
    let [(name, code)] = list.as_slice() else { panic!("{list:?}") };
    assert_eq!(name, "民政事务中心");

    let path = format!("/departments/{code}/merge");
    let wrong = admin.post(&path, json!({"into": "没有的局"})).await.expect(422);
    assert_eq!(wrong.pointers(), ["/into"]);
    admin.post(&path, json!({"into": name})).await.expect(422);
    admin.post(&path, json!({"into": "市民政局"})).await.expect(200);
    assert_eq!(waiting(&admin).await, []);
    admin.post(&path, json!({"into": "市民政局"})).await.expect(404);

    let project = format!("/projects/{}", there.id());
    let now = registrar.get(&project).await.expect(200);
    assert_eq!(now.version(), there.version() + 1, "an ordinary change");
    let departments = now.body["departments"].as_array().unwrap();
    assert_eq!(departments.len(), 1, "{departments:?}");
    assert_eq!(departments[0]["code"], "civil_affairs");
    let history = registrar.get(&format!("{project}/history")).await.expect(200);
    let last = history.body["items"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["actor"], &last["action"]), (&json!("keeper"), &json!("change_facts")));
    let other = registrar.get(&format!("/projects/{}", untouched.id())).await.expect(200);
    assert_eq!(other.version(), untouched.version());

    // The name stands for the other one from now on, also in the next ledger.
    let file = ledger(HEADER, &["合并测试丙,义县,公共服务供给,民政事务中心,1200"]);
    let preview = upload(&registrar, "台账.csv", &file, &[]).await.expect(201);
    let shown = row(&registrar, &preview, 0).await;
    assert_eq!((&shown["kind"], &shown["notices"]), (&json!("new"), &json!([])));
    let body = crate::support::sample::body_with(
        "合并测试丁",
        json!({"departments": ["民政事务中心"], "lead_department": null}),
    );
    let registered = registrar.post("/projects", body).await.expect(201);
    assert_eq!(registered.body["departments"][0]["code"], "civil_affairs");
    for command in [["check"].as_slice(), &["audit", "verify"]] {
        let output = registry.run(command);
        assert_eq!(output.code, 0, "{}", output.stderr);
    }
}

#[tokio::test]
async fn an_unverified_department_is_confirmed_by_a_better_name() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let admin = registry.account("keeper", "sysadmin", "city");
    let there = imported(&registrar, "确认测试甲", "营商局").await;
    let code = waiting(&admin).await[0].1.clone();
    registrar.get("/departments/unverified").await.expect(403);
    let path = format!("/departments/{code}/confirm");
    registrar.post(&path, json!({})).await.expect(403);
    let taken = admin.post(&path, json!({"name": "市教育局"})).await.expect(422);
    assert_eq!(taken.pointers(), ["/name"]);
    admin.post(&path, json!({"name": " "})).await.expect(422);

    let body = json!({"name": "市营商环境建设局"});
    let confirm =
        || admin.request(Method::POST, &path).header("Idempotency-Key", "one").json(&body);
    let confirmed = admin.send(confirm()).await.expect(200);
    assert_eq!(confirmed.body["aliases"], json!(["营商局"]));
    assert_eq!(admin.send(confirm()).await.expect(200).body, confirmed.body, "said once more");
    assert_eq!(waiting(&admin).await, []);
    let now = registrar.get(&format!("/projects/{}", there.id())).await.expect(200);
    assert_eq!(now.body["departments"][0]["name"], "市营商环境建设局");
    let found = registrar.get("/projects?department=营商局&count=true").await.expect(200);
    assert_eq!(found.body["count"]["value"], 1);
    for command in [["check"].as_slice(), &["audit", "verify"]] {
        let output = registry.run(command);
        assert_eq!(output.code, 0, "{}", output.stderr);
    }
}

#[tokio::test]
async fn the_page_confirms_and_merges() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    imported(&registrar, "页面测试甲", "民政事务中心、营商局").await;
    imported(&registrar, "页面测试乙", "数据局").await;
    let leader = Visitor::of(&registry, "chief", "leader", "city").await;
    leader.get("/departments").await.expect(403);
    let keeper = Visitor::of(&registry, "keeper", "sysadmin", "city").await;
    keeper.get("/").await.expect(200).shows(&["待核责任单位", "href=\"/departments\""]);
    let shown = keeper.get("/departments").await.expect(200);
    shown.shows(&["民政事务中心", "营商局", "市民政局"]);
    let admin = registry.caller("keeper");
    let waiting_now = waiting(&admin).await;
    let code = |name: &str| waiting_now.iter().find(|(of, _)| of == name).unwrap().1.clone();
    let (merged, confirmed) = (code("民政事务中心"), code("营商局"));

    // What is wrong is said at its field, and what was typed is still there.
    let path = format!("/departments/{merged}/merge");
    let wrong = keeper.submit(&path, &shown, &[("into", "没有的局")]).await.expect(422);
    wrong.shows(&[&format!("href=\"#into-{merged}\""), "value=\"没有的局\""]);
    let rename = format!("/departments/{confirmed}/confirm");
    let taken = keeper.submit(&rename, &shown, &[("name", "市教育局")]).await.expect(422);
    taken.shows(&[&format!("href=\"#name-{confirmed}\"")]);
    assert_eq!(waiting(&admin).await.len(), 3);

    let done = keeper.submit(&path, &shown, &[("into", "市民政局")]).await.expect(303);
    done.leads_to("/departments?done=department_merged");
    // As the page offers it: under the name that the ledger has.
    let same = format!("/departments/{}/confirm", code("数据局"));
    keeper.submit(&same, &shown, &[("name", "数据局")]).await.expect(303);
    let kept = registrar.get("/codelists/departments").await.expect(200);
    let kept =
        kept.body["items"].as_array().unwrap().iter().find(|of| of["label"]["zh"] == "数据局");
    assert_eq!(kept.unwrap()["aliases"], json!([]));
    let better = [("name", "市营商环境建设局")];
    let done = keeper.submit(&rename, &shown, &better).await.expect(303);
    done.leads_to("/departments?done=department_confirmed");
    assert_eq!(waiting(&admin).await, []);
    let none = keeper.get("/departments?done=department_confirmed").await.expect(200);
    none.shows(&["责任单位已确认。", "没有待核的责任单位。"]);
    keeper.submit(&path, &shown, &[("into", "市民政局")]).await.expect(404);
    let list = registrar.get("/projects?q=页面测试甲").await.expect(200);
    let named: Vec<&str> = list.body["items"][0]["departments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|department| department["name"].as_str().unwrap())
        .collect();
    assert_eq!(named, ["市民政局", "市营商环境建设局"]);
}
