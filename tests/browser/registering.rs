//! A development-reform officer's day: registering, reviewing, and a form that loses nothing.

use crate::chromium::Browser;
use crate::people;
use crate::support::{Registry, sample};
use reqwest::Method;
use serde_json::json;

/// Fills in all that a project needs to be submitted.
async fn fill(browser: &Browser, name: &str) {
    browser.fill("项目名称", name).await;
    browser.fill("任务领域", "城乡基础设施").await;
    browser.fill("所在地区", "凌河区").await;
    browser.tick("市住建委").await;
    browser.fill("项目单位", "市水务集团").await;
    browser.fill("建设内容及规模", "扩建净水厂，日处理能力10万吨").await;
    browser.fill("总投资", "38,500").await;
    browser.fill("计划起止时间", "2018.03-2019.12").await;
}

async fn day(registry: &Registry, with_script: bool) {
    let officer = people::password(registry, "registrar");
    let reviewer = people::password(registry, "reviewer");
    let start = async || match with_script {
        true => Browser::start(registry).await,
        false => Browser::start_without_script(registry).await,
    };
    let name = if with_script {
        "城东第二水厂扩建工程"
    } else {
        "城西热力管网改造工程"
    };
    let browser = start().await;
    browser.sign_in("registrar", &officer).await;
    browser.follow("登记项目").await;
    browser.arrive("/projects/new").await;

    // Nothing but a name yet: what is missing is said, and what was typed is there still.
    browser.fill("项目名称", name).await;
    browser.press("保存").await;
    browser.see("任务领域：此项必填").await;
    assert_eq!(browser.value("项目名称").await, name);

    fill(&browser, name).await;
    browser.press("保存并提交审核").await;
    browser.see("已提交，等待审核。").await;
    browser.see("38,500").await;
    let file = browser.path().await;
    let file = file.split('?').next().unwrap().to_owned();

    // Four eyes: another officer finds it on the desk, looks at it, and accepts it.
    let other = start().await;
    other.sign_in("reviewer", &reviewer).await;
    other.see("待我审核").await;
    other.goto("/projects?filing=submitted").await;
    other.follow(name).await;
    other.arrive(&file).await;
    other.goto(&format!("{file}/review")).await;
    other.see(name).await;
    other.press("审核入库").await;
    other.see("已审核入库。").await;
    other.goto(&file).await;
    other.see("储备").await;
}

#[tokio::test]
async fn a_project_is_registered_submitted_and_accepted_without_help() {
    day(&Registry::start().await, true).await;
}

#[tokio::test]
async fn the_same_day_needs_no_script() {
    day(&Registry::start().await, false).await;
}

#[tokio::test]
async fn likely_duplicates_are_shown_while_the_name_is_typed() {
    let registry = Registry::start().await;
    let browser = Browser::start(&registry).await;
    browser.sign_in("registrar", &people::password(&registry, "registrar")).await;
    browser.goto("/projects/new").await;
    browser.fill("项目名称", "南山垃圾填埋场封场工程").await;
    browser.see("可能重复的项目").await;
    browser.see("名称相同").await;
    browser.fill("项目名称", "没有任何相似之处的独特项目").await;
    browser.see_no("可能重复的项目").await;

    // It is asked for an answer before it is registered, and registered when it has one.
    fill(&browser, "南山垃圾填埋场封场工程").await;
    browser.press("保存").await;
    browser.see("发现可能重复的项目").await;
    browser.tick("已核对，不是同一项目，继续登记").await;
    browser.press("保存").await;
    browser.see("已保存。").await;
}

#[tokio::test]
async fn a_wrong_code_is_told_while_it_is_typed_and_does_not_hinder() {
    let registry = Registry::start().await;
    let browser = Browser::start(&registry).await;
    browser.sign_in("registrar", &people::password(&registry, "registrar")).await;
    browser.goto("/projects/new").await;
    fill(&browser, "校验位测试工程").await;
    browser.fill("投资项目统一代码", "2601-140100-89-01-123").await;
    browser.see("不是投资项目统一代码").await;
    browser.fill("投资项目统一代码", "2601-140100-89-01-123456").await;
    browser.see("项目代码校验位不符").await;
    browser.press("保存").await;
    browser.see("已保存。").await;
}

#[tokio::test]
async fn two_who_change_the_same_project_see_both_versions() {
    let mut registry = Registry::start().await;
    let project = sample::accepted(&mut registry, sample::body("滨河路三期工程")).await;
    let browser = Browser::start(&registry).await;
    browser.sign_in("registrar", &people::password(&registry, "registrar")).await;
    browser.goto(&format!("/projects/{}/edit", project.id())).await;
    browser.fill("总投资", "40,000").await;

    let path = format!("/projects/{}", project.id());
    let patch = json!({"total_investment": "500000000", "notes": "他人补记"});
    let reviewer = registry.caller("reviewer");
    reviewer.change(Method::PATCH, &path, project.version(), patch).await.expect(200);

    browser.press("保存").await;
    browser.see("他人已修改该项目").await;
    browser.see("对方的内容： 50000").await;
    browser.see("已换成对方的内容").await;
    assert_eq!(browser.value("总投资").await, "40,000", "what was typed stays");
    assert_eq!(browser.value("备注").await, "他人补记", "what was not typed is theirs");
    browser.press("保存").await;
    browser.see("已保存。").await;
    let now = registry.caller("registrar").get(&path).await.expect(200);
    assert_eq!(now.body["total_investment"], "400000000.00");
    assert_eq!(now.body["notes"], "他人补记");
}

#[tokio::test]
async fn a_form_outlives_its_session() {
    let registry = Registry::start().await;
    let password = people::password(&registry, "registrar");
    for browser in [Browser::start(&registry).await, Browser::start_without_script(&registry).await]
    {
        browser.sign_in("registrar", &password).await;
        browser.goto("/projects/new").await;
        fill(&browser, "跨越会话的工程").await;
        registry.database.tamper("UPDATE session SET seen_at = 1, opened_at = 1").await;
        browser.press("保存").await;
        browser.see("登录已超时").await;
        browser.fill("账号", "registrar").await;
        browser.fill("密码", &password).await;
        browser.press("登录").await;
        browser.press("继续").await;
        browser.arrive("/projects/new").await;
        assert_eq!(browser.value("项目名称").await, "跨越会话的工程");
        assert_eq!(browser.value("总投资").await, "38,500");
    }
}

#[tokio::test]
async fn what_is_typed_is_kept_and_gone_on_with() {
    let registry = Registry::start().await;
    let browser = Browser::start(&registry).await;
    browser.sign_in("registrar", &people::password(&registry, "registrar")).await;
    browser.goto("/projects/new").await;
    browser.fill("项目名称", "尚未填完的工程").await;
    browser.see("已自动暂存").await;
    browser.goto("/").await;
    browser.follow("尚未填完的工程").await;
    assert_eq!(browser.value("项目名称").await, "尚未填完的工程");
}
