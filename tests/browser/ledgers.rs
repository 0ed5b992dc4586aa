//! A day's work with ledgers: seen, settled, carried out, taken back; and a leader's with the papers.

use crate::chromium::Browser;
use crate::people;
use crate::support::{Registry, sample};
use rust_xlsxwriter::Workbook;
use serde_json::json;
use std::path::Path;

/// A sheet with a row of each kind. No column tells the task area, and one has a header of its own.
pub const ROWS: [[&str; 8]; 5] = [
    ["1", "义县城东供水管网工程", "续建", "义县", "市住建委", "管网20公里", "3200", "A-12"],
    ["2", "凌河污水处理厂扩建工程", "储备", "凌河区", "市住建委", "", "40000", ""],
    ["3", "滨河路三期工程", "储备", "凌河区", "市住建委", "", "38500", ""],
    ["4", "城东第二水厂扩建", "储备", "凌河区", "市住建委", "", "38500", ""],
    ["5", "北镇市医院门诊楼", "前期", "北镇市", "市卫计委", "门诊楼", "约3亿元", ""],
];
const HEADER: [&str; 8] =
    ["序号", "项目名称", "项目性质", "所在地区", "责任单位", "工程简述", "总投资", "地块编号"];

/// The projects that the ledger's second to fourth rows speak of.
pub async fn projects(registry: &mut Registry) {
    for name in ["凌河污水处理厂扩建工程", "滨河路三期工程", "城东第二水厂扩建工程"]
    {
        sample::accepted(registry, sample::body(name)).await;
    }
}

/// The ledger as a workbook of three sheets, two of them no ledgers.
pub fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("市县项目").unwrap();
    sheet.write_string(0, 0, "2018年补短板项目进展台账").unwrap();
    sheet.write_string(1, 7, "单位：万元").unwrap();
    for (row, cells) in (2..).zip([HEADER].iter().chain(&ROWS)) {
        for (column, cell) in (0..).zip(cells) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number).unwrap(),
                Err(_) => sheet.write_string(row, column, *cell).unwrap(),
            };
        }
    }
    sheet.write_string(8, 0, "注：总投资含征地费用。").unwrap();
    let people = book.add_worksheet().set_name("联系人").unwrap();
    for (column, cell) in (0..).zip(["单位", "姓名", "电话"]) {
        people.write_string(0, column, cell).unwrap();
    }
    book.save_to_buffer().unwrap()
}

async fn upload(browser: &Browser, file: &Path) {
    browser.goto("/imports").await;
    browser.fill("台账文件", file.to_str().unwrap()).await;
    browser.press("上传并预览").await;
    browser.see("识别结果").await;
}

async fn tab(browser: &Browser, kind: &str, count: u32) {
    browser.follow(&format!("{kind} {count}")).await;
    let here = String::from("return document.querySelector('.figures [aria-current]').innerText");
    let mut shown = browser.execute(&here).await;
    for _ in 0..100 {
        if shown.as_str().is_some_and(|text| text.contains(kind)) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        shown = browser.execute(&here).await;
    }
    assert!(shown.as_str().unwrap().contains(kind), "{shown}");
}

async fn day(with_script: bool) {
    let mut registry = Registry::start().await;
    projects(&mut registry).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("2018年台账.xlsx");
    std::fs::write(&file, workbook()).unwrap();
    let password = people::password(&registry, "registrar");
    let browser = match with_script {
        true => Browser::start(&registry).await,
        false => Browser::start_without_script(&registry).await,
    };
    browser.sign_in("registrar", &password).await;
    browser.follow("导入台账").await;
    browser.arrive("/imports").await;
    upload(&browser, &file).await;

    // What was understood, and what was not: the sheet that is no ledger, the columns nobody knows.
    browser.see("联系人").await;
    browser.see("不是台账").await;
    // A new project needs its area, which no column tells: one choice settles it for all.
    browser.see("请填写，或为整个文件选定").await;
    browser.fill("任务领域", "城乡基础设施").await;
    browser.fill("F 工程简述", "建设内容及规模").await;
    browser.press("按以上设置重新识别").await;
    browser.see_no("请填写，或为整个文件选定").await;

    tab(&browser, "新增", 1).await;
    browser.see("义县城东供水管网工程").await;
    browser.see("按台账登记为 在建").await;
    tab(&browser, "变更", 1).await;
    browser.see("G5").await;
    browser.see("38,500 万元 → 40,000 万元").await;
    tab(&browser, "无变化", 1).await;
    browser.see("滨河路三期工程").await;
    tab(&browser, "有误", 1).await;
    browser.see("约3亿元").await;

    // Nothing is carried out before all is settled.
    browser.press("确认导入").await;
    browser.see("还有存在问题或疑似重复尚未处理的行").await;
    tab(&browser, "疑似重复", 1).await;
    browser.see("城东第二水厂扩建").await;
    let choice = "//select[starts-with(@name, 'choice.')]";
    let choice = browser.client().find(fantoccini::Locator::XPath(choice)).await.unwrap();
    choice.select_by_value("leave_out").await.unwrap();
    browser.press("保存选择").await;
    browser.press("有误的行不导入，其余照常导入").await;
    browser.press("确认导入").await;
    browser.see("已导入。").await;
    let done = browser.path().await;

    browser.goto("/projects?q=义县城东供水管网工程").await;
    browser.see("义县城东供水管网工程").await;
    browser.see("3,200").await;
    let leader = registry.caller("leader");
    let amount = async |name: &str| {
        let found = leader.get(&format!("/projects?q={name}")).await.expect(200);
        found.body["items"][0]["total_investment"].clone()
    };
    assert_eq!(amount("凌河污水处理厂扩建工程").await, "400000000.00");
    assert!(amount("北镇市医院门诊楼").await.is_null(), "the wrong row was left out");

    // The same file again: what was set is remembered, and nothing is to be done.
    upload(&browser, &file).await;
    browser.see("无变化 3").await;
    browser.see("新增 0").await;
    browser.see("变更 0").await;
    browser.press("放弃这次导入").await;
    browser.see("已放弃。").await;

    browser.goto(&done).await;
    browser.press("撤销导入").await;
    browser.see("已撤销，").await;
    browser.goto("/projects?q=义县城东供水管网工程").await;
    browser.see("共 0 条").await;
    assert_eq!(amount("凌河污水处理厂扩建工程").await, "385000000.00");
}

#[tokio::test]
async fn a_ledger_is_seen_settled_carried_out_and_taken_back() {
    day(true).await;
}

#[tokio::test]
async fn the_same_ledger_needs_no_script() {
    day(false).await;
}

#[tokio::test]
async fn a_leader_takes_the_papers_along() {
    let mut registry = Registry::start().await;
    let fields = json!({"total_investment": "9900000000"});
    sample::accepted(&mut registry, sample::body_with("小凌河大桥工程", fields)).await;
    let password = people::password(&registry, "leader");
    for with_script in [true, false] {
        let browser = match with_script {
            true => Browser::start(&registry).await,
            false => Browser::start_without_script(&registry).await,
        };
        browser.sign_in("leader", &password).await;
        browser.follow("领导看板").await;
        browser.follow("报表材料").await;
        browser.arrive("/papers").await;
        browser.fill("as_of", "2018-12-31").await;
        browser.fill("since", "2018-01-01").await;
        browser.press("查看").await;
        browser.arrive("/papers/briefing").await;
        browser.see("小凌河大桥工程").await;
        let briefing = browser.path().await;
        let word = fetched(&browser, &briefing.replace("/briefing?", "/briefing.docx?")).await;
        assert_eq!(word, json!([200, "PK"]));
        let list = fetched(&browser, "/projects.xlsx?as_of=2018-12-31").await;
        assert_eq!(list, json!([200, "PK"]));
    }
}

/// The status of what is at the path, and how it begins, as the browser's own visitor gets it.
async fn fetched(browser: &Browser, path: &str) -> serde_json::Value {
    let script = format!(
        "return (async () => {{ const answer = await fetch('{path}'); const text = await answer.text(); \
         return [answer.status, text.slice(0, 2)]; }})();"
    );
    browser.execute(&script).await
}
