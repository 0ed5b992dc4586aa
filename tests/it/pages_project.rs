//! The pages around one project, as people see them.

use crate::support::{Answer, Registry, Shown, Visitor, sample};
use reqwest::Method;
use serde_json::json;

/// A project that somebody has registered and nobody has submitted, with little in it.
async fn draft(registry: &mut Registry, author: &str) -> Answer {
    let body = json!({
        "name": "南部污水处理厂", "area": "urban_rural", "region": "210703",
        "departments": ["housing_construction", "finance_bureau"],
    });
    registry.caller(author).post("/projects", body).await.expect(201)
}

fn path(project: &Answer) -> String {
    format!("/projects/{}", project.id())
}

#[tokio::test]
async fn each_sees_what_concerns_them_and_what_they_may_do() {
    let mut registry = Registry::start().await;
    let accepted = sample::accepted(&mut registry, sample::body("北部污水处理厂")).await;
    let file = path(&accepted);
    let (edit, stage) = (format!("{file}/edit\""), format!("{file}/stage\""));
    let funding = format!("/funding?project={}", accepted.id());

    let registrar = Visitor::of(&registry, "zhang", "registrar", "city").await;
    let shown = registrar.get(&file).await.expect(200);
    shown.shows(&["北部污水处理厂", &edit, &stage, "38,500 万元", "市水务集团", "2018-03—2019-12"]);
    shown.hides(&[&funding]);

    let finance = Visitor::of(&registry, "li", "finance", "city").await;
    let shown = finance.get(&file).await.expect(200);
    shown.shows(&[&funding]);
    shown.hides(&[&edit, &stage, "/matters/"]);

    let leader = Visitor::of(&registry, "wang", "leader", "city").await;
    leader.get(&file).await.expect(200).hides(&[&edit, &stage, &funding]);
    leader.get(&format!("{file}/stage")).await.expect(403);
    leader.get(&format!("{file}/review")).await.expect(403);

    let other_county = Visitor::of(&registry, "zhao", "registrar", "region:210726").await;
    let hidden = other_county.get(&file).await.expect(404);
    assert!(hidden.has("<html"), "a page, not a document for programs: {}", hidden.text);

    let reporter = Visitor::of(&registry, "qian", "reporter", "region:210703").await;
    let draft = draft(&mut registry, "qian").await;
    let submit = format!("action=\"{}/filing\"", path(&draft));
    reporter.get(&path(&draft)).await.expect(200).shows(&[&submit, "未明确牵头单位"]);
    leader.get(&path(&draft)).await.expect(404);
    finance.get(&path(&draft)).await.expect(200).hides(&[&submit]);
}

#[tokio::test]
async fn submitting_says_what_is_missing_and_where_it_is_filled_in() {
    let mut registry = Registry::start().await;
    let author = Visitor::of(&registry, "qian", "reporter", "region:210703").await;
    let project = draft(&mut registry, "qian").await;
    let (file, filing) = (path(&project), format!("{}/filing", path(&project)));

    let shown = author.get(&file).await.expect(200);
    let edit = |field: &str| format!("{file}/edit#f-{field}");
    let fields = ["owner_unit-name", "content", "total_investment", "planned"];
    for field in fields {
        shown.shows(&[&edit(field)]);
    }
    let refused = author.submit(&filing, &shown, &[("action", "submit")]).await.expect(422);
    refused.shows(&["还不能提交", "缺少项目单位", "缺少计划竣工时间", &edit("owner_unit-name")]);

    let patch = json!({
        "owner_unit": {"name": "市水务集团"}, "content": "日处理能力10万吨",
        "total_investment": "385000000.00", "planned": {"start": "2018-03", "finish": "2019-12"},
    });
    let api = registry.caller("qian");
    let address = format!("/projects/{}", project.id());
    api.change(Method::PATCH, &address, project.version(), patch).await.expect(200);
    let shown = author.get(&file).await;
    let sent = author.submit(&filing, &shown, &[("action", "submit")]).await.expect(303);
    let shown = author.get(sent.location.as_deref().unwrap()).await.expect(200);
    shown.shows(&["已提交，等待审核", "待审核"]);
    shown.hides(&[&format!("{file}/edit\"")]);
}

/// A project that was submitted, as its author and its reviewer see it.
async fn submitted(registry: &mut Registry) -> (Answer, Visitor, Visitor) {
    let author = Visitor::of(registry, "sun", "registrar", "city").await;
    let reviewer = Visitor::of(registry, "zhou", "registrar", "city").await;
    let body = sample::body("南部污水处理厂");
    let project = registry.caller("sun").post("/projects", body).await.expect(201);
    let shown = author.get(&path(&project)).await;
    let filing = format!("{}/filing", path(&project));
    author.submit(&filing, &shown, &[("action", "submit")]).await.expect(303);
    (project, author, reviewer)
}

#[tokio::test]
async fn a_reviewer_sees_what_changed_since_it_was_returned() {
    let mut registry = Registry::start().await;
    let (project, author, reviewer) = submitted(&mut registry).await;
    let (file, filing) = (path(&project), format!("{}/filing", path(&project)));
    let review = format!("{file}/review");

    let own = author.get(&review).await.expect(200);
    own.shows(&["该项目由您本人提交"]);
    own.hides(&["value=\"accept\""]);
    author.submit(&filing, &own, &[("action", "accept"), ("version", "2")]).await.expect(403);

    let first = reviewer.get(&review).await.expect(200);
    first.shows(&["首次提交", "38,500 万元", "value=\"accept\""]);
    let unreasoned = reviewer.submit(&filing, &first, &[("action", "return")]).await.expect(422);
    unreasoned.shows(&["href=\"#f-reason\"", "id=\"f-reason-fault\"", "原因：此项必填"]);
    let reason = [("action", "return"), ("reason", "总投资与批复不符")];
    reviewer.submit(&filing, &first, &reason).await.expect(303);

    author.get(&file).await.expect(200).shows(&["已被退回", "总投资与批复不符", "zhou"]);
    let patch = json!({"total_investment": "362000000.00"});
    let api = registry.caller("sun");
    let address = format!("/projects/{}", project.id());
    api.change(Method::PATCH, &address, 3, patch).await.expect(200);
    let shown = author.get(&file).await;
    author.submit(&filing, &shown, &[("action", "submit")]).await.expect(303);

    let second = reviewer.get(&review).await.expect(200);
    second.shows(&["<del>38,500 万元</del>", "<ins>36,200 万元</ins>", "总投资与批复不符"]);
    assert_eq!(second.text.matches("class=\"differs\"").count(), 1, "one fact differs");
    let early = [("action", "accept"), ("on", "2199-01-01")];
    let refused = reviewer.submit(&filing, &second, &early).await.expect(422);
    refused.shows(&["日期不能晚于今天", "value=\"2199-01-01\""]);
    let accept = [("action", "accept"), ("on", "2018-01-10")];
    reviewer.submit(&filing, &second, &accept).await.expect(303);
    let shown = reviewer.get(&file).await.expect(200);
    shown.shows(&["已入库", "2018-01-10", "<del>待审核</del>", "审核入库"]);

    let late = reviewer.get(&review).await.expect(200);
    late.shows(&["尚未提交，不能审核"]);
    late.hides(&["value=\"accept\""]);
}

#[tokio::test]
async fn a_move_shows_what_it_needs_before_it_is_tried() {
    let mut registry = Registry::start().await;
    let project = sample::accepted(&mut registry, sample::body("北部污水处理厂")).await;
    let (file, stage) = (path(&project), format!("{}/stage", path(&project)));
    let registrar = Visitor::of(&registry, "zhang", "registrar", "city").await;

    let choice = registrar.get(&stage).await.expect(200);
    choice.shows(&["已开展的前期要件", "缺少", "进入下一阶段", "退回上一阶段", "终止"]);
    choice.hides(&["?to=construction", "?to=suspended"]);
    registrar.get(&format!("{stage}?to=nowhere")).await.expect(422).shows(&["nowhere"]);

    let form = registrar.get(&format!("{stage}?to=preparation")).await.expect(200);
    form.shows(&["请先补齐", &format!("{file}#matters")]);
    let to = [("to", "preparation"), ("on", "2018-02-01"), ("title", "立项批复")];
    let refused = registrar.submit(&stage, &form, &to).await.expect(422);
    refused.shows(&["缺少已开展的前期要件", "value=\"2018-02-01\"", "value=\"立项批复\""]);

    let matter = format!("{file}/matters/environmental_assessment");
    let shown = registrar.get(&matter).await.expect(200);
    let wrong = [("planned_on", "明年")];
    let refused = registrar.submit(&matter, &shown, &wrong).await.expect(422);
    refused.shows(&["id=\"f-state-fault\"", "id=\"f-planned_on-fault\"", "value=\"明年\""]);
    let begun = [("state", "begun"), ("planned_on", "2018年3月"), ("effective_on", "2018-01-20")];
    registrar.submit(&matter, &shown, &begun).await.leads_to(&format!("{file}?done=saved"));

    let form = registrar.get(&format!("{stage}?to=preparation")).await.expect(200);
    form.hides(&["请先补齐"]);
    registrar.submit(&stage, &form, &to).await.leads_to(&format!("{file}?done=moved"));
    let shown = registrar.get(&file).await.expect(200);
    shown.shows(&["2018-03", "办理中", "《立项批复》", "<del>储备</del>", "<ins>前期</ins>"]);

    let form = registrar.get(&format!("{stage}?to=construction")).await.expect(200);
    let refused = registrar.submit(&stage, &form, &[("to", "construction")]).await.expect(422);
    refused.shows(&[
        &format!("{file}/edit#f-code"),
        "id=\"f-on-fault\"",
        "id=\"f-basis-document_number-fault\"",
    ]);
    let skipped = registrar.submit(&stage, &form, &[("to", "completed")]).await.expect(409);
    skipped.shows(&["阶段只能逐级变更"]);
}

#[tokio::test]
async fn a_form_on_an_old_version_is_shown_beside_what_changed() {
    let mut registry = Registry::start().await;
    let project = sample::accepted(&mut registry, sample::body("北部污水处理厂")).await;
    let (file, stage) = (path(&project), format!("{}/stage", path(&project)));
    let registrar = Visitor::of(&registry, "zhang", "registrar", "city").await;
    let form = registrar.get(&format!("{stage}?to=cancelled")).await.expect(200);

    let patch = json!({"total_investment": "400000000.00"});
    let api = registry.caller("registrar");
    let address = format!("/projects/{}", project.id());
    api.change(Method::PATCH, &address, project.version(), patch).await.expect(200);

    let cancel = [("to", "cancelled"), ("reason", "并入西部污水处理厂")];
    let stale = registrar.submit(&stage, &form, &cancel).await.expect(412);
    stale.shows(&["<del>38,500 万元</del>", "<ins>40,000 万元</ins>", "并入西部污水处理厂"]);
    registrar.get(&file).await.hides(&["<ins>终止</ins>"]);

    let again = [&cancel[..], &[("again", "true")]].concat();
    let form = registrar.submit(&stage, &stale, &again).await.expect(200);
    form.shows(&["id=\"f-reason\"", ">并入西部污水处理厂</textarea>"]);
    registrar.submit(&stage, &stale, &cancel).await.leads_to(&format!("{file}?done=moved"));

    let unversioned: Vec<(&str, &str)> = vec![("to", "reserve"), ("reason", "恢复")];
    let token = stale.field("token").unwrap();
    let bare = [&unversioned[..], &[("token", &token)]].concat();
    registrar.post(&stage, &bare).await.expect(412).shows(&["无法判断您看到的是哪一版本"]);
}

#[tokio::test]
async fn the_file_shows_any_day_and_offers_nothing_to_do_then() {
    let mut registry = Registry::start().await;
    let project = sample::accepted(&mut registry, sample::body("北部污水处理厂")).await;
    let address = format!("/projects/{}", project.id());
    let patch = json!({"total_investment": "400000000.00", "effective_on": "2018-06-01"});
    let api = registry.caller("registrar");
    api.change(Method::PATCH, &address, project.version(), patch).await.expect(200);
    let file = path(&project);
    let registrar = Visitor::of(&registry, "zhang", "registrar", "city").await;

    let now = registrar.get(&file).await.expect(200);
    now.shows(&["<dd>40,000 万元</dd>", "修改信息"]);
    let then = registrar.get(&format!("{file}?as_of=2018-05-31")).await.expect(200);
    then.shows(&["以下为截至2018-05-31的情况", "<dd>38,500 万元</dd>"]);
    then.hides(&[&format!("{file}/edit"), &format!("{file}/stage"), "/matters/", "修改信息"]);

    let before = registrar.get(&format!("{file}?as_of=2017-01-01")).await.expect(404);
    before.shows(&["<html", &format!("href=\"{file}\"")]);
    let wrong = registrar.get(&format!("{file}?as_of=yesterday")).await.expect(422);
    wrong.shows(&["应为 YYYY-MM-DD", "<dd>40,000 万元</dd>"]);
    let english = registrar.get(&format!("{file}?lang=en&as_of=2018-05-31")).await.expect(200);
    english.shows(&["This is how the project stood on 2018-05-31", "38,500 × 10,000 yuan"]);
}

#[tokio::test]
async fn an_inferred_stage_is_confirmed_and_a_wrong_move_corrected() {
    let mut registry = Registry::start().await;
    let list = registry.caller("registrar").get("/projects?stage=construction&limit=1").await;
    let id = list.body["items"][0]["id"].as_i64().unwrap();
    let file = format!("/projects/{id}");
    let registrar = Visitor::of(&registry, "zhang", "registrar", "city").await;
    let finance = Visitor::of(&registry, "li", "finance", "city").await;

    let confirm = format!("{file}/stage/confirm");
    let shown: Shown = registrar.get(&file).await.expect(200);
    shown.shows(&["待确认", &confirm, "据原文推定", &format!("{file}/stage/1\"")]);
    finance.get(&file).await.expect(200).hides(&[&confirm, &format!("{file}/stage/1\"")]);

    let wrong = [("on", "2199-01-01"), ("document_number", "锦发改〔2017〕9号")];
    let refused = registrar.submit(&confirm, &shown, &wrong).await.expect(422);
    refused.shows(&["id=\"f-on-fault\"", "value=\"锦发改〔2017〕9号\""]);
    let right = [("on", "2017-05-02"), ("document_number", "锦发改〔2017〕9号")];
    registrar.submit(&confirm, &shown, &right).await.leads_to(&format!("{file}?done=confirmed"));
    let shown = registrar.get(&file).await.expect(200);
    shown.shows(&["2017-05-02", "锦发改〔2017〕9号"]);
    shown.hides(&[&confirm]);

    let correct = format!("{file}/stage/1");
    let form = registrar.get(&correct).await.expect(200);
    let moved = [("on", "2017-04-01"), ("to", "construction")];
    let refused = registrar.submit(&correct, &form, &moved).await.expect(422);
    refused.shows(&["id=\"f-reason-fault\"", "value=\"2017-04-01\""]);
    let reasoned = [&moved[..], &[("reason", "开工报告载明的日期")]].concat();
    registrar.submit(&correct, &form, &reasoned).await.leads_to(&format!("{file}?done=saved"));
    registrar.get(&file).await.shows(&["已更正", "2017-04-01", "开工报告载明的日期"]);
    registrar.get(&format!("{file}/stage/99")).await.expect(404);
    registrar.get(&format!("{file}/matters/nothing")).await.expect(404);
}
