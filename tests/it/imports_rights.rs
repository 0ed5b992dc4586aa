//! Who may import what, and what happens when several do at once.

use crate::support::import::{commit, kinds, ledger, row, undo, upload};
use crate::support::{Registry, sample};
use reqwest::Method;
use serde_json::json;

const HEADER: &str = "项目名称,所在地区,任务领域,责任单位,总投资（万元）,专项债券（万元）";

fn one(name: &str, region: &str) -> Vec<u8> {
    ledger(HEADER, &[&format!("{name},{region},公共服务供给,市民政局,1200,300")])
}

#[tokio::test]
async fn a_county_and_a_reporter_import_drafts_within_their_scope() {
    let mut registry = Registry::start().await;
    let county = registry.account("county", "registrar", "region:210727");
    let reporter = registry.account("school", "reporter", "region:210727");
    let other = registry.account("other", "reporter", "region:210702");
    for (name, caller) in [("义县一小", &county), ("义县二小", &reporter)] {
        let preview = upload(caller, "台账.csv", &one(name, "义县"), &[]).await.expect(201);
        let shown = row(caller, &preview, 0).await;
        assert_eq!(shown["kind"], "new", "{shown}");
        assert_eq!(shown["placed"], json!(null));
        commit(caller, &preview).await.expect(200);
        let found = caller.get(&format!("/projects?q={name}")).await.expect(200);
        let item = &found.body["items"][0];
        assert_eq!((&item["filing"], &item["stage"]), (&json!("draft"), &json!("concept")));
        assert_eq!(item["funding"], json!([]), "funding is tagged by the finance office");
    }
    // Outside of the scope: an error, and nothing is stored.
    let outside = upload(&county, "台账.csv", &one("古塔区三小", "古塔区"), &[]).await.expect(201);
    assert_eq!(kinds(&outside), [("error", 1)]);
    commit(&county, &outside).await.expect(409);
    // Another's draft is not hinted at: the row is a project of its own.
    let hidden = upload(&other, "台账.csv", &one("义县二小", "义县"), &[]).await.expect(201);
    let shown = row(&other, &hidden, 0).await;
    assert_eq!((&shown["project"], &shown["likely"]), (&json!(null), &json!([])));
    // Nor is another's import.
    let id = outside.id();
    other.get(&format!("/imports/{id}")).await.expect(404);
    registry.caller("registrar").get(&format!("/imports/{id}")).await.expect(200);
    let leader = registry.account("chief", "leader", "city");
    upload(&leader, "台账.csv", &one("某项目", "义县"), &[]).await.expect(403);
}

#[tokio::test]
async fn the_finance_office_tags_and_registers_nothing() {
    let mut registry = Registry::start().await;
    let finance = registry.caller("finance");
    let there = sample::accepted(&mut registry, sample::body("凌河污水处理厂扩建工程")).await;
    let file = ledger(
        HEADER,
        &[
            "凌河污水处理厂扩建工程,凌河区,公共服务供给,市民政局,99999,3000",
            "没有的项目,凌河区,,,,5",
        ],
    );
    let preview = upload(&finance, "资金.csv", &file, &[]).await.expect(201);
    assert_eq!(kinds(&preview), [("changed", 1), ("error", 1)], "{}", preview.body);
    let path = format!("/imports/{}", preview.id());
    let patch = json!({"rows": [{"position": 1, "choice": "leave_out"}]});
    let revised = finance.change(Method::PATCH, &path, preview.version(), patch).await.expect(200);
    let done = commit(&finance, &revised).await.expect(200);
    let project = format!("/projects/{}", there.id());
    let after = finance.get(&project).await.expect(200);
    assert_eq!(after.body["funding"][0]["channel"], "special_bond");
    assert_eq!(after.body["funding"][0]["amount"], "30000000.00");
    assert_eq!(after.body["total_investment"], there.body["total_investment"]);
    undo(&finance, &done).await.expect(200);
    assert_eq!(finance.get(&project).await.expect(200).body["funding"], json!([]));
}

#[tokio::test]
async fn what_changed_since_the_preview_is_looked_at_again() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let there = sample::accepted(&mut registry, sample::body("凌河污水处理厂扩建工程")).await;
    let file = ledger("项目名称,所在地区,总投资（万元）", &["凌河污水处理厂扩建工程,凌河区,40000"]);
    let preview = upload(&registrar, "台账.csv", &file, &[]).await.expect(201);
    let path = format!("/projects/{}", there.id());
    let patch = json!({"total_investment": "390000000"});
    registrar.change(Method::PATCH, &path, there.version(), patch).await.expect(200);
    let refused = commit(&registrar, &preview).await.expect(409);
    assert_eq!(refused.body["type"], "urn:shortboard:problem:import-changed");
    let anew = registrar.get(&format!("/imports/{}", preview.id())).await.expect(200);
    let shown = row(&registrar, &anew, 0).await;
    assert_eq!(shown["changes"][0]["from"], "390000000.00");
    commit(&registrar, &anew).await.expect(200);
}

#[tokio::test]
async fn two_who_carry_out_at_once_do_it_once() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let names: Vec<String> =
        (0..60).map(|n| format!("第{n}养老院,义县,公共服务供给,市民政局,9,")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let preview = upload(&registrar, "台账.csv", &ledger(HEADER, &names), &[]).await.expect(201);
    assert_eq!(kinds(&preview), [("new", 60)], "{}", preview.body);
    let (one, other) = tokio::join!(commit(&registrar, &preview), commit(&registrar, &preview));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert!(matches!(statuses, [200, 409] | [200, 412]), "{statuses:?}");
    let found = registrar.get("/projects?q=养老院&count=true").await.expect(200);
    assert_eq!(found.body["count"]["value"], 60);
    // The same file once more, at the same time as another: nothing comes twice.
    let checked = registry.run(&["check"]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
}

#[tokio::test]
async fn a_power_cut_while_carrying_out_leaves_nothing_half_stored() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let rows: Vec<String> =
        (0..3000).map(|n| format!("断电测试{n}号,义县,公共服务供给,市民政局,9,")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let preview = upload(&registrar, "台账.csv", &ledger(HEADER, &rows), &[]).await;
    let id = preview.id();
    let mut ready = preview;
    while ready.body["state"] == "reading" {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        ready = registrar.get(&format!("/imports/{id}")).await.expect(200);
    }
    assert_eq!(kinds(&ready), [("new", 3000)], "{}", ready.body);
    let (caller, version) = (registrar.clone(), ready.version());
    let committing = tokio::spawn(async move {
        let path = format!("/imports/{id}/commit");
        let request = caller.request(Method::POST, &path).header("If-Match", version);
        request.json(&json!({})).send().await.is_ok()
    });
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    registry.kill();
    let _ = committing.await;
    registry.serve(&[]).await;
    let registrar = registry.caller("registrar");
    let found = registrar.get("/projects?q=断电测试&count=true").await.expect(200);
    assert_eq!(found.body["count"]["value"], 0);
    let left = registrar.get(&format!("/imports/{id}")).await.expect(200);
    assert_eq!(left.body["state"], "ready");
    let checked = registry.run(&["check"]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
}

#[tokio::test]
async fn columns_assigned_by_hand_are_remembered() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let header = "项目名称,所在地区,任务领域,责任单位,盘子";
    let file = ledger(header, &["映射测试甲,义县,公共服务供给,市民政局,1200"]);
    let preview = upload(&registrar, "甲.csv", &file, &[]).await.expect(201);
    assert_eq!(preview.body["sheets"][0]["columns"][4]["field"], json!(null));
    let path = format!("/imports/{}", preview.id());
    let patch = json!({"mapping": {"盘子": "total_investment"}});
    let revised =
        registrar.change(Method::PATCH, &path, preview.version(), patch).await.expect(200);
    assert_eq!(revised.body["sheets"][0]["columns"][4]["field"], "total_investment");
    commit(&registrar, &revised).await.expect(200);
    let found = registrar.get("/projects?q=映射测试甲").await.expect(200);
    assert_eq!(found.body["items"][0]["total_investment"], "12000000.00");

    let file = ledger(header, &["映射测试乙,义县,公共服务供给,市民政局,3400"]);
    let next = upload(&registrar, "乙.csv", &file, &[]).await.expect(201);
    assert_eq!(next.body["sheets"][0]["columns"][4]["field"], "total_investment");
    assert_eq!(next.body["settings"]["mapping"]["盘子"], "total_investment");
}

#[tokio::test]
async fn a_likely_duplicate_waits_for_a_choice() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let there = sample::accepted(&mut registry, sample::body("凌河污水处理厂扩建工程")).await;
    let file = ledger(HEADER, &["凌河污水处理厂扩建,凌河区,城乡基础设施,市住建委,38500,"]);
    let preview = upload(&registrar, "台账.csv", &file, &[]).await.expect(201);
    let shown = row(&registrar, &preview, 0).await;
    assert_eq!(shown["kind"], "duplicate", "{shown}");
    assert_eq!(shown["likely"][0]["id"].as_i64(), Some(there.id()));
    commit(&registrar, &preview).await.expect(409);
    let path = format!("/imports/{}", preview.id());
    let choose = |choice| json!({"rows": [{"position": 0, "choice": choice}]});
    let chosen = choose(json!({"project": there.id()}));
    let revised =
        registrar.change(Method::PATCH, &path, preview.version(), chosen).await.expect(200);
    let shown = row(&registrar, &revised, 0).await;
    assert_eq!((&shown["kind"], &shown["project"]["by"]), (&json!("changed"), &json!("choice")));
    let chosen = choose(json!("new"));
    let revised =
        registrar.change(Method::PATCH, &path, revised.version(), chosen).await.expect(200);
    assert_eq!(row(&registrar, &revised, 0).await["kind"], "new");
    commit(&registrar, &revised).await.expect(200);
}
