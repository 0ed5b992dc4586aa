//! A finance officer's day and a leader's, and the two languages.

use crate::chromium::Browser;
use crate::people;
use crate::support::{Registry, sample};
use serde_json::json;

/// A finance officer closes the gap of a project, with and without script.
#[tokio::test]
async fn a_finance_officer_closes_a_gap() {
    let mut registry = Registry::start().await;
    let password = people::password(&registry, "finance");
    for (name, with_script) in [("滨河路三期工程", true), ("小凌河防洪工程", false)] {
        let project = sample::accepted(&mut registry, sample::body(name)).await;
        let browser = match with_script {
            true => Browser::start(&registry).await,
            false => Browser::start_without_script(&registry).await,
        };
        browser.sign_in("finance", &password).await;
        browser.see("未落实资金").await;
        browser.goto(&format!("/funding?need=funding&q={name}")).await;
        browser.see("尚未标注资金来源").await;
        browser.follow(&format!("修改 {name}")).await;

        // More than has been granted cannot have arrived: said at its cell, with all still there.
        browser.fill("资金渠道 1", "地方政府专项债券").await;
        browser.fill("金额 1", "38,500").await;
        browser.fill("状态 1", "已批复").await;
        browser.fill("已到位 1", "40,000").await;
        browser.press("保存").await;
        browser.see("到位金额不能超过该来源的金额").await;
        assert_eq!(browser.value("金额 1").await, "38,500");
        browser.fill("已到位 1", "8,500").await;
        browser.press("保存").await;
        browser.see("已保存").await;

        let id = project.id();
        browser.goto(&format!("/projects/{id}")).await;
        browser.see("38,500").await;
        let now = registry.caller("finance").get(&format!("/projects/{id}")).await.expect(200);
        assert_eq!(now.body["gap"], "0.00");
        assert_eq!(now.body["arrived_funding"], "85000000.00");
    }
}

#[tokio::test]
async fn a_leader_finds_a_project_by_two_clicks_and_asks_what_changed() {
    let mut registry = Registry::start().await;
    let fields = json!({"total_investment": "9900000000"});
    let project =
        sample::accepted(&mut registry, sample::body_with("小凌河大桥工程", fields)).await;
    let password = people::password(&registry, "leader");
    for with_script in [true, false] {
        let browser = match with_script {
            true => Browser::start(&registry).await,
            false => Browser::start_without_script(&registry).await,
        };
        browser.sign_in("leader", &password).await;
        browser.follow("领导看板").await;
        browser.follow("小凌河大桥工程").await;
        browser.arrive(&format!("/projects/{}", project.id())).await;
        browser.see("990,000").await;
        assert!(browser.client().find(fantoccini::Locator::Css("a[href$='/edit']")).await.is_err());

        // As of a day before it was accepted, and compared with it: it has entered since.
        browser.goto("/board").await;
        browser.fill("as_of", "2018-01-09").await;
        browser.press("查看").await;
        browser.see("2018-01-09").await;
        browser.see_no("小凌河大桥工程").await;
        browser.goto("/board?since=2018-01-09&as_of=2018-02-01").await;
        browser.see("新入库").await;
        browser.goto("/board/changes?from=2018-01-09&to=2018-02-01&kind=entered").await;
        browser.see("小凌河大桥工程").await;
    }
}

#[tokio::test]
async fn the_language_is_switched_and_remembered() {
    let registry = Registry::start().await;
    let browser = Browser::start(&registry).await;
    browser.sign_in("leader", &people::password(&registry, "leader")).await;
    browser.goto("/projects?stage=reserve").await;
    browser.see("项目库").await;
    browser.follow("English").await;
    browser.see("Projects").await;
    assert!(browser.path().await.contains("stage=reserve"), "the filter stays");
    browser.goto("/board").await;
    browser.see("Areas by stage").await;
    browser.follow("中文").await;
    browser.see("任务领域与阶段").await;
}
