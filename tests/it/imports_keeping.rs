//! How uploads are kept: sizes, repeated requests, sheets left out, previews thrown away, and who
//! else may take an import back.

use crate::support::Registry;
use crate::support::import::{commit, kinds, ledger, rows, undo, upload};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use rust_xlsxwriter::Workbook;
use serde_json::json;

const HEADER: &str = "项目名称,所在地区,任务领域,责任单位,总投资（万元）";

/// A workbook with a sheet a region, each with a project.
fn workbook() -> Vec<u8> {
    let mut workbook = Workbook::new();
    for region in ["义县", "黑山县"] {
        let sheet = workbook.add_worksheet();
        sheet.set_name(region).unwrap();
        let heads = ["序号", "项目名称", "任务领域", "责任单位", "总投资（万元）"];
        sheet.write_row(0, 0, heads).unwrap();
        let name = format!("{region}敬老院");
        let line = ["1", &name, "公共服务供给", "市民政局", "1200"];
        sheet.write_row(1, 0, line).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

#[tokio::test]
async fn sheets_are_left_out_and_previews_thrown_away() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let preview = upload(&registrar, "台账.xlsx", &workbook(), &[]).await.expect(201);
    assert_eq!(kinds(&preview), [("new", 2)], "{}", preview.body);
    let path = format!("/imports/{}", preview.id());
    let patch = json!({"left_out_sheets": ["黑山县"]});
    let revised =
        registrar.change(Method::PATCH, &path, preview.version(), patch).await.expect(200);
    assert_eq!(kinds(&revised), [("left_out", 1), ("new", 1)]);
    let kept = rows(&registrar, &revised, "?kind=new").await;
    assert_eq!(kept[0]["name"], "义县敬老院");
    let patch = json!({"left_out_sheets": []});
    let revised =
        registrar.change(Method::PATCH, &path, revised.version(), patch).await.expect(200);
    assert_eq!(kinds(&revised), [("new", 2)]);

    let thrown = registrar.send(registrar.request(Method::DELETE, &path)).await;
    thrown.expect(204);
    registrar.get(&path).await.expect(404);
    commit(&registrar, &revised).await.expect(404);
    let found = registrar.get("/projects?q=敬老院&count=true").await.expect(200);
    assert_eq!(found.body["count"]["value"], 0);

    // What was carried out stays: it is part of the registry.
    let preview = upload(&registrar, "台账.xlsx", &workbook(), &[]).await.expect(201);
    let done = commit(&registrar, &preview).await.expect(200);
    let path = format!("/imports/{}", done.id());
    registrar.send(registrar.request(Method::DELETE, &path)).await.expect(409);
    registrar.get(&path).await.expect(200);
}

#[tokio::test]
async fn an_upload_that_is_sent_again_is_one_import() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let send = async |name: &'static str| {
        let file = ledger(HEADER, &[&format!("{name},义县,公共服务供给,市民政局,1200")]);
        let form = Form::new().part("file", Part::bytes(file).file_name("台账.csv"));
        let request = registrar.request(Method::POST, "/imports").multipart(form);
        registrar.send(request.header("Idempotency-Key", "upload-1")).await
    };
    let first = send("义县一院").await.expect(201);
    assert_eq!(send("义县一院").await.id(), first.id());
    send("义县二院").await.expect(409);
    let list = registrar.get("/imports").await.expect(200).body;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);

    // Too large a file, one without a name for it, and none.
    let large =
        Form::new().part("file", Part::bytes(vec![b'x'; (50 << 20) + 1]).file_name("x.csv"));
    let request = registrar.request(Method::POST, "/imports").multipart(large);
    registrar.send(request).await.expect(413);
    let request =
        registrar.request(Method::POST, "/imports").multipart(Form::new().text("region", "义县"));
    registrar.send(request).await.expect(422);
    let list = registrar.get("/imports").await.expect(200).body;
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "nothing is kept of them");
}

#[tokio::test]
async fn an_import_is_taken_back_by_whoever_may_see_it_and_do_it() {
    let mut registry = Registry::start().await;
    let (registrar, reviewer) = (registry.caller("registrar"), registry.caller("reviewer"));
    let county = registry.account("county", "registrar", "region:210727");
    let reporter = registry.account("school", "reporter", "region:210727");
    let file = ledger(HEADER, &["义县敬老院,义县,公共服务供给,市民政局,1200"]);
    let preview = upload(&registrar, "台账.csv", &file, &[]).await.expect(201);
    // Another registrar of the city may look, but a preview is its own account's to carry out.
    commit(&reviewer, &preview).await.expect(403);
    commit(&county, &preview).await.expect(404);
    let done = commit(&registrar, &preview).await.expect(200);
    for other in [&county, &reporter] {
        other.get(&format!("/imports/{}", done.id())).await.expect(404);
        undo(other, &done).await.expect(404);
        assert_eq!(other.get("/imports").await.expect(200).body["items"], json!([]));
    }
    let undone = undo(&reviewer, &done).await.expect(200);
    assert_eq!(undone.body["undone_by"], "reviewer");
    let found = registrar.get("/projects?q=义县敬老院&count=true").await.expect(200);
    assert_eq!(found.body["count"]["value"], 0);

    // A reporter takes its own drafts back; what was handed in meanwhile stands in the way.
    let file = ledger(HEADER, &["义县二小,义县,公共服务供给,市教育局,300"]);
    let preview = upload(&reporter, "台账.csv", &file, &[]).await.expect(201);
    let done = commit(&reporter, &preview).await.expect(200);
    undo(&reporter, &done).await.expect(200);
    let found = reporter.get("/projects?q=义县二小&count=true").await.expect(200);
    assert_eq!(found.body["count"]["value"], 0);
}
