//! Importing ledgers: the preview, carrying it out, and the same file again.

use crate::support::import::{commit, kinds, ledger, row, rows, undo, upload};
use crate::support::{Registry, sample};
use reqwest::Method;
use serde_json::json;

const HEADER: &str = "项目名称,项目代码,项目性质,建设地点,任务领域,责任单位,项目单位,建设内容及规模,总投资（万元）,建设起止年限";

#[tokio::test]
async fn a_ledger_comes_in_and_the_same_again_changes_nothing() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let file = ledger(
        &format!("{HEADER},中央预算内投资,企业自筹"),
        &[
            "义县城东供水管网工程,2017-210727-78-01-000001,续建,义县,城乡基础设施,市住建委,义县水务公司,管网20公里,3200,2016-2018,1200,800",
            "北镇市医院门诊楼,,前期,北镇市,公共服务供给,市卫计委,北镇市医院,门诊楼1万平方米,\"7,446.08\",2018.03-2019.12,,",
        ],
    );
    let preview = upload(&registrar, "2017年台账.csv", &file, &[]).await.expect(201);
    assert_eq!(preview.body["state"], "ready");
    assert_eq!(preview.body["counts"]["new"], 2, "{}", preview.body);
    let shown = rows(&registrar, &preview, "").await;
    assert_eq!(shown[0]["placed"], json!({"stage": "construction", "basis": "recorded"}));
    assert_eq!(shown[1]["placed"], json!({"stage": "preparation", "basis": "recorded"}));

    let done = commit(&registrar, &preview).await.expect(200);
    assert_eq!(done.body["state"], "done");
    let list = registrar.get("/projects?q=城东供水管网").await.expect(200);
    let project = &list.body["items"][0];
    assert_eq!(project["stage"], "construction");
    assert_eq!(project["filing"], "accepted");
    assert_eq!(project["region"], "210727");
    assert_eq!(project["total_investment"], "32000000.00");
    let id = project["id"].as_i64().unwrap();
    let history = registrar.get(&format!("/projects/{id}/history")).await.expect(200);
    assert_eq!(history.body["items"][0]["import"], done.body["id"]);
    let carried = rows(&registrar, &done, "").await;
    assert_eq!((&shown[0]["registered"], &carried[0]["registered"]), (&json!(null), &json!(id)));
    // With its funding, in one record.
    assert_eq!(history.body["items"].as_array().unwrap().len(), 1);
    let changes = history.body["items"][0]["changes"].as_array().unwrap();
    let funding = changes.iter().find(|change| change["pointer"] == "/funding").unwrap();
    assert_eq!(funding["to"].as_array().unwrap().len(), 2, "{funding}");
    let amounts = project["funding"].as_array().unwrap().iter().map(|source| &source["amount"]);
    assert_eq!(amounts.collect::<Vec<_>>(), ["12000000.00", "8000000.00"]);

    let again = upload(&registrar, "again.csv", &file, &[]).await.expect(201);
    assert_eq!(again.body["counts"]["unchanged"], 2, "{}", again.body);
    let shown = rows(&registrar, &again, "").await;
    assert_eq!(shown[0]["project"]["by"], "code");
    assert_eq!(shown[1]["project"]["by"], "name");
    commit(&registrar, &again).await.expect(200);
    let same = registrar.get(&format!("/projects/{id}")).await.expect(200);
    assert_eq!(same.version(), 1);
    let checked = registry.run(&["check"]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    let verified = registry.run(&["audit", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.stderr);
}

#[tokio::test]
async fn the_preview_says_cell_by_cell_what_changes() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let there = sample::accepted(&mut registry, sample::body("凌河污水处理厂扩建工程")).await;
    let file = ledger(
        "项目名称,建设地点,所在地区,总投资（万元）,建设内容及规模,备注",
        &["凌河污水处理厂扩建工程,,凌河区,40000,,新备注"],
    );
    let preview = upload(&registrar, "台账.csv", &file, &[]).await.expect(201);
    let shown = row(&registrar, &preview, 0).await;
    assert_eq!(shown["kind"], "changed", "{shown}");
    assert_eq!(shown["project"]["id"].as_i64(), Some(there.id()));
    let changes = json!([
        {"field": "notes", "column": "F", "from": null, "to": "新备注"},
        {"field": "total_investment", "column": "D", "from": "385000000.00", "to": "400000000.00"},
    ]);
    assert_eq!(shown["changes"], changes, "a blank cell erases nothing");

    commit(&registrar, &preview).await.expect(200);
    let path = format!("/projects/{}", there.id());
    let after = registrar.get(&path).await.expect(200);
    assert_eq!(after.body["total_investment"], "400000000.00");
    assert_eq!(after.body["content"], there.body["content"]);
    assert_eq!(after.version(), there.version() + 1);
}

#[tokio::test]
async fn an_import_is_taken_back_as_long_as_nothing_was_changed_since() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let there = sample::accepted(&mut registry, sample::body("凌河污水处理厂扩建工程")).await;
    let file = ledger(
        "项目名称,所在地区,任务领域,责任单位,总投资（万元）",
        &[
            "凌河污水处理厂扩建工程,凌河区,城乡基础设施,,40000",
            "古塔区社区养老中心,古塔区,公共服务供给,市民政局,1200",
        ],
    );
    let preview = upload(&registrar, "台账.csv", &file, &[]).await.expect(201);
    let before = registrar.get("/summary?by=region").await.expect(200).body;
    let done = commit(&registrar, &preview).await.expect(200);
    let list = registrar.get("/projects?q=社区养老中心").await.expect(200);
    let (id, number) = {
        let item = &list.body["items"][0];
        (item["id"].as_i64().unwrap(), item["registry_number"].clone())
    };
    let known = registrar.get(&format!("/projects/{id}")).await.expect(200);
    let at = known.body["updated_at"].as_str().unwrap().to_owned();

    // Somebody works on it: who and what is told.
    let path = format!("/projects/{}", there.id());
    let now = registrar.get(&path).await.expect(200).version();
    let patch = json!({"notes": "之后的更改"});
    let changed = registrar.change(Method::PATCH, &path, now, patch).await.expect(200);
    let refused = undo(&registrar, &done).await.expect(409);
    assert_eq!(refused.body["type"], "urn:shortboard:problem:import-built-upon");
    assert_eq!(refused.pointers(), [format!("/projects/{}", there.id())]);
    let message = refused.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("registrar"), "{message}");
    assert!(registrar.get(&format!("/projects/{id}")).await.status == 200, "nothing is undone");

    // Another import, of a file of its own, on projects that nobody touched.
    let file = ledger(
        "项目名称,所在地区,任务领域,责任单位,总投资（万元）",
        &["凌河污水处理厂扩建工程,凌河区,城乡基础设施,,41000"],
    );
    let preview = upload(&registrar, "二.csv", &file, &[]).await.expect(201);
    let second = commit(&registrar, &preview).await.expect(200);
    let undone = undo(&registrar, &second).await.expect(200);
    assert_eq!(undone.body["state"], "undone");
    let after = registrar.get(&path).await.expect(200);
    assert_eq!(after.body["total_investment"], changed.body["total_investment"]);
    assert_eq!(after.body["notes"], "之后的更改");
    undo(&registrar, &undone).await.expect(409);

    // A registered project is withdrawn: nowhere now, known as it was then.
    let file = ledger(
        "项目名称,所在地区,任务领域,责任单位,总投资（万元）",
        &["太和区冷链物流园,太和区,服务业提质增效,市商务局,5600"],
    );
    let preview = upload(&registrar, "三.csv", &file, &[]).await.expect(201);
    let before_third = registrar.get("/summary?by=region").await.expect(200).body;
    let third = commit(&registrar, &preview).await.expect(200);
    let found = registrar.get("/projects?q=冷链物流园").await.expect(200);
    let item = found.body["items"][0].clone();
    let path = format!("/projects/{}", item["id"]);
    let then = item["updated_at"].as_str().unwrap();
    undo(&registrar, &third).await.expect(200);
    assert_eq!(registrar.get(&path).await.status, 404);
    let found = registrar.get("/projects?q=冷链物流园&count=true").await.expect(200);
    assert_eq!(found.body["count"]["value"], 0);
    let similar = registrar.get("/projects/similar?name=太和区冷链物流园").await.expect(200);
    assert_eq!(similar.body["items"], json!([]));
    let sums = registrar.get("/summary?by=region").await.expect(200).body;
    assert_eq!(sums, before_third);
    let known = registrar.get(&format!("{path}?known_at={then}")).await.expect(200);
    assert_eq!(known.body["name"], "太和区冷链物流园");
    assert_ne!((before, at, number), Default::default());

    // Its number is not used again.
    let next = registrar.post("/projects", sample::body("下一个项目")).await.expect(201);
    assert!(next.id() > item["id"].as_i64().unwrap());
    for command in [vec!["check"], vec!["audit", "verify"]] {
        let output = registry.run(&command);
        assert_eq!(output.code, 0, "{}", output.stderr);
    }
}

#[tokio::test]
async fn a_row_that_is_wrong_keeps_the_whole_file_out_until_it_is_left_out() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let file = ledger(
        "项目名称,项目代码,所在地区,任务领域,责任单位,总投资（万元）",
        &[
            "好项目甲,,古塔区,公共服务供给,市民政局,1200",
            "坏项目乙,不是代码,古塔区,公共服务供给,市民政局,1200",
            "坏项目丙,,古塔区,公共服务供给,市民政局,约3亿元",
            "坏项目丁,,没有这个区,公共服务供给,市民政局,100",
        ],
    );
    let preview = upload(&registrar, "台账.csv", &file, &[]).await.expect(201);
    assert_eq!(kinds(&preview), [("error", 3), ("new", 1)], "{}", preview.body);
    let wrong = rows(&registrar, &preview, "?kind=error").await;
    let columns: Vec<&str> =
        wrong.iter().map(|row| row["errors"][0]["column"].as_str().unwrap()).collect();
    assert_eq!(columns, ["B", "F", "C"]);
    let refused = commit(&registrar, &preview).await.expect(409);
    assert_eq!(refused.body["type"], "urn:shortboard:problem:import-has-errors");
    let found = registrar.get("/projects?q=好项目甲&count=true").await.expect(200);
    assert_eq!(found.body["count"]["value"], 0, "nothing is stored");

    let id = preview.id();
    let sheet = registrar
        .request(Method::GET, &format!("/imports/{id}/errors.xlsx"))
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let text = crate::support::import::cells(&sheet);
    for part in ["坏项目乙", "坏项目丙", "约3亿元", "没有这个区", "存在问题"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("好项目甲"));

    let patch = json!({"leave_out_errors": true});
    let path = format!("/imports/{id}");
    let revised =
        registrar.change(Method::PATCH, &path, preview.version(), patch).await.expect(200);
    assert_eq!(kinds(&revised), [("left_out", 3), ("new", 1)]);
    commit(&registrar, &preview).await.expect(412);
    commit(&registrar, &revised).await.expect(200);
    let found = registrar.get("/projects?q=好项目甲&count=true").await.expect(200);
    assert_eq!(found.body["count"]["value"], 1);
}

#[tokio::test]
async fn a_stage_that_only_a_section_tells_is_inferred_until_it_is_confirmed() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let header = "序号,项目名称,总投资（万元）";
    let file = ledger(
        header,
        &[
            "（一）在建（1项）,,",
            "1,义县城东供热管网工程,3200",
            "（二）其他（1项）,,",
            "2,义县城西停车场工程,800",
        ],
    );
    let settled = [("region", "义县"), ("area", "城乡基础设施"), ("department", "市住建委")];
    let preview = upload(&registrar, "台账.csv", &file, &settled).await.expect(201);
    let shown = rows(&registrar, &preview, "").await;
    assert_eq!(shown[0]["placed"], json!({"stage": "construction", "basis": "inferred"}));
    assert!(shown[1]["placed"].is_null(), "{}", shown[1]);
    commit(&registrar, &preview).await.expect(200);
    let list = registrar.get("/projects?q=城东供热管网").await.expect(200);
    let found = &list.body["items"][0];
    assert_eq!(
        (&found["stage"], &found["stage_basis"]),
        (&json!("construction"), &json!("inferred"))
    );
    let id = found["id"].as_i64().unwrap();
    let file = registrar.get(&format!("/projects/{id}")).await.expect(200);
    assert_eq!(file.body["moves"][0]["quote"], "（一）在建（1项）", "{}", file.body);
}
