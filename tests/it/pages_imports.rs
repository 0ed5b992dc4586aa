//! The pages for importing: who has them, and the form that brings a file.

use crate::support::{Registry, Visitor};

const LEDGER: &str = "项目名称,总投资（万元）\n滨河路三期,1200\n";

#[tokio::test]
async fn a_ledger_is_uploaded_by_a_form() {
    let registry = Registry::start().await;
    let visitor = Visitor::of(&registry, "clerk", "registrar", "city").await;
    let shown = visitor.get("/imports").await.expect(200);
    shown.shows(&["multipart/form-data", "还没有导入过台账"]);
    let token = shown.field("token").unwrap();
    visitor.upload("/imports", &token, None).await.expect(422).shows(&["请选择要上传的文件"]);
    let ledger = Some(("2017年台账.csv", LEDGER.as_bytes()));
    // Nobody's form, and a form without its token, bring no file.
    visitor.upload("/imports", "wrong", ledger).await.expect(403);
    Visitor::new(&registry).upload("/imports", &token, ledger).await.expect(401);
    visitor.get("/imports").await.expect(200).hides(&["2017年台账.csv"]);
    // No other page takes files.
    visitor.upload("/projects/new", &token, ledger).await.expect(415);

    let led = visitor.upload("/imports", &token, ledger).await.expect(303);
    let at = led.location.unwrap();
    let one = visitor.get(&at).await.expect(200);
    one.shows(&["2017年台账.csv"]);
    let other = Visitor::of(&registry, "colleague", "reporter", "region:210726").await;
    other.get(&at).await.expect(404);
    other.get("/imports").await.expect(200).hides(&["2017年台账.csv"]);
}

#[tokio::test]
async fn whoever_imports_nothing_has_no_such_page() {
    let registry = Registry::start().await;
    for (name, role) in [("boss", "leader"), ("checker", "auditor")] {
        let visitor = Visitor::of(&registry, name, role, "city").await;
        visitor.get("/imports").await.expect(403);
        visitor.get("/").await.expect(200).hides(&["href=\"/imports\""]);
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused() {
    let registry = Registry::start().await;
    let visitor = Visitor::of(&registry, "clerk", "registrar", "city").await;
    let token = visitor.get("/imports").await.expect(200).field("token").unwrap();
    let large = vec![b'x'; 50 * 1024 * 1024 + 1];
    visitor.upload("/imports", &token, Some(("large.csv", &large))).await.expect(413);
    visitor.get("/imports").await.expect(200).shows(&["还没有导入过台账"]);
}
