//! The funding desk in a browser: a project's sources saved together, many projects tagged at once,
//! and the money by channel and stage.

use crate::steps::{People, assert_sound};
use crate::support::{Answer, Registry, Shown, Visitor};
use serde_json::{Value, json};

/// A registry with its people and somebody of the finance bureau at the desk.
async fn desk() -> (Registry, People, Visitor) {
    let mut registry = Registry::start().await;
    let people = People::of(&mut registry);
    let finance = Visitor::of(&registry, "caizheng", "finance", "city").await;
    (registry, people, finance)
}

/// The table with one project open.
async fn opened(visitor: &Visitor, id: i64) -> Shown {
    visitor.get(&format!("/funding?project={id}&edit={id}")).await.expect(200)
}

async fn now(people: &People, at: &Answer) -> Answer {
    people.leader.get(&format!("/projects/{}", at.id())).await.expect(200)
}

fn funding(at: &Answer) -> Vec<Value> {
    let sources = at.body["funding"].as_array().unwrap().iter();
    sources.map(|s| json!([s["channel"], s["amount"], s["status"], s["arrived"]])).collect()
}

#[tokio::test]
async fn all_sources_of_a_project_are_saved_together() {
    let (registry, people, finance) = desk().await;
    let at = people.reserve("资金表格一号", "2018-01-10").await;
    let first =
        json!({"channel": "central_budget", "amount": "85000000.00", "note": "第一批\n第二批"});
    let at = people.tag(&at, first).await.expect(201);
    let second = json!({"channel": "other", "amount": 10_000_000});
    let at = people.tag(&at, second).await.expect(201);
    let third = json!({"channel": "city_budget", "amount": 20_000_000});
    let at = people.tag(&at, third).await.expect(201);
    let id = at.id();

    let table = finance.get("/funding?q=资金表格").await.expect(200);
    table.shows(&["资金表格一号", "中央预算内投资", "8,500", "38,500", "缺口", "27,000"]);
    table.hides(&["name=\"amount.1\""]);
    let form = opened(&finance, id).await;
    for cell in ["channel", "amount", "year", "status", "arrived", "ppp_phase", "note"] {
        // Every cell belongs to the form, though it stands outside of it.
        let belongs = |key: &str| format!("name=\"{cell}.{key}\" form=\"f-{id}\"");
        form.shows(&[&belongs("1"), &belongs("n0")]);
    }
    form.shows(&[&format!("<form id=\"f-{id}\" method=\"post\"")]);
    let path = format!("/funding/{id}");
    let fields = [
        ("back", "q=资金表格&done=moved"),
        ("channel.1", "central_budget"),
        ("amount.1", "9,000"),
        ("status.1", "approved"),
        ("arrived.1", "3000"),
        ("year.1", "2018年"),
        ("document_number.1", "辽发改投资〔2018〕3号"),
        ("note.1", "第一批\r\n第二批"),
        ("channel.2", "other"),
        ("remove.2", "on"),
        ("channel.3", "city_budget"),
        ("amount.3", "2000"),
        ("status.3", "intended"),
        ("channel.n0", "special_bond"),
        ("amount.n0", "2.75亿元"),
        ("status.n0", "arrived"),
        ("channel.n1", ""),
        ("status.n1", "intended"),
    ];
    let saved = finance.submit(&path, &form, &fields).await.expect(303);
    let there = saved.location.unwrap();
    assert!(there.ends_with(&format!("&done=saved#p-{id}")) && there.contains("q="), "{there}");
    let after = now(&people, &at).await;
    let expected = [
        json!(["central_budget", "90000000.00", "approved", "30000000.00"]),
        json!(["city_budget", "20000000.00", "intended", null]),
        json!(["special_bond", "275000000.00", "arrived", "275000000.00"]),
    ];
    assert_eq!(funding(&after), expected);
    assert_eq!(after.body["funding"][0]["note"], "第一批\n第二批");
    assert_eq!(after.body["funding"][0]["year"], 2018);
    // What was not touched is not recorded: one change, one removal, one addition.
    assert_eq!(after.version(), at.version() + 3);
    // The gap is closed, and the table says so.
    assert_eq!(after.body["gap"], "0.00");
    finance.get(&there).await.expect(200).shows(&["已足额", "已保存。", "辽发改投资〔2018〕3号"]);
    assert_sound(&registry);
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_cell_and_nothing_is_saved() {
    let (_registry, people, finance) = desk().await;
    let at = people.reserve("资金表格二号", "2018-01-10").await;
    let at =
        people.tag(&at, json!({"channel": "city_budget", "amount": 1_000_000})).await.expect(201);
    let path = format!("/funding/{}", at.id());
    let form = opened(&finance, at.id()).await;
    let fields = [
        ("channel.1", "city_budget"),
        ("amount.1", "200"),
        ("status.1", "approved"),
        ("arrived.1", "300"),
        ("channel.n0", "other"),
        ("amount.n0", "约3亿元"),
        ("status.n0", "intended"),
        ("year.n0", "二〇一八"),
        ("ppp_phase.n0", "execution"),
        ("note.n0", "我写的备注"),
    ];
    let wrong = finance.submit(&path, &form, &fields).await.expect(422);
    wrong.shows(&[
        "href=\"#arrived.1\"",
        "第1行已到位：到位金额不能超过该来源的金额",
        "href=\"#amount.n0\"",
        "第2行金额：",
        "href=\"#year.n0\"",
        "id=\"fault.year.n0\"",
        "value=\"约3亿元\"",
        "value=\"二〇一八\"",
        "我写的备注",
        "value=\"200\"",
    ]);
    assert_eq!(wrong.field("version"), Some(at.version().to_string()));
    let channel = [("channel.1", "city_budget"), ("amount.1", "100"), ("status.1", "intended")];
    let phase = [("channel.n0", "other"), ("amount.n0", "1"), ("ppp_phase.n0", "execution")];
    let fields = [channel, phase].concat();
    let wrong = finance.submit(&path, &form, &fields).await.expect(422);
    wrong.shows(&["href=\"#ppp_phase.n0\"", "只有PPP资金才有PPP阶段"]);
    for (day, why) in [("2199-01-01", "日期不能晚于今天"), ("昨天", "应为 YYYY-MM-DD")]
    {
        let fields = [("channel.n0", "other"), ("amount.n0", "1"), ("effective_on", day)];
        let wrong = finance.submit(&path, &form, &fields).await.expect(422);
        wrong.shows(&["href=\"#effective_on\"", why]);
    }
    let after = now(&people, &at).await;
    assert_eq!((after.version(), funding(&after)), (at.version(), funding(&at)));
}

#[tokio::test]
async fn a_form_that_came_too_late_shows_both_and_loses_nothing() {
    let (registry, people, finance) = desk().await;
    let at = people.reserve("资金表格三号", "2018-01-10").await;
    let at =
        people.tag(&at, json!({"channel": "city_budget", "amount": 1_000_000})).await.expect(201);
    let at = people.tag(&at, json!({"channel": "other", "amount": 2_000_000})).await.expect(201);
    let path = format!("/funding/{}", at.id());
    let form = opened(&finance, at.id()).await;
    // Somebody else changes both, and tags a third.
    let others = opened(&finance, at.id()).await;
    let fields = [
        ("channel.1", "city_budget"),
        ("amount.1", "111"),
        ("status.1", "intended"),
        ("channel.2", "other"),
        ("amount.2", "222"),
        ("status.2", "intended"),
        ("channel.n0", "credit_loan"),
        ("amount.n0", "333"),
        ("status.n0", "intended"),
    ];
    finance.submit(&path, &others, &fields).await.expect(303);
    let between = now(&people, &at).await;

    let mine = [
        ("channel.1", "city_budget"),
        ("amount.1", "150"),
        ("status.1", "intended"),
        ("channel.2", "other"),
        ("amount.2", "200"),
        ("status.2", "intended"),
        ("channel.n0", "ppp"),
        ("amount.n0", "444"),
        ("status.n0", "intended"),
        ("ppp_phase.n0", "identification"),
    ];
    let late = finance.submit(&path, &form, &mine).await.expect(412);
    late.shows(&[
        "该项目的资金刚被他人修改",
        "id=\"amount.1\" name=\"amount.1\" form=\"f-",
        "value=\"150\"",
        "他人已保存为：市级财政资金、111万元",
        "value=\"222\"",
        "value=\"333\"",
        "value=\"444\"",
    ]);
    late.hides(&["value=\"200\""]);
    assert_eq!(now(&people, &at).await.version(), between.version());
    assert_eq!(late.field("version"), Some(between.version().to_string()));
    // Sent again from there, it is saved on top of what the other person did.
    let mine = [
        ("channel.1", "city_budget"),
        ("amount.1", "150"),
        ("status.1", "intended"),
        ("channel.n0", "ppp"),
        ("amount.n0", "444"),
        ("ppp_phase.n0", "identification"),
    ];
    finance.submit(&path, &late, &mine).await.expect(303);
    let after = now(&people, &at).await;
    let amounts: Vec<Value> = funding(&after).into_iter().map(|source| source[1].clone()).collect();
    assert_eq!(amounts, ["1500000.00", "2220000.00", "3330000.00", "4440000.00"]);
    finance.get("/funding?q=资金表格三号").await.shows(&["识别（储备清单）"]);
    assert_sound(&registry);
}

#[tokio::test]
async fn special_bond_money_for_what_it_may_not_go_to_is_warned_about() {
    let (_registry, people, finance) = desk().await;
    let at = people.reserve("机关办公楼改造", "2018-01-10").await;
    let form = opened(&finance, at.id()).await;
    form.shows(&["安排专项债券前请先核对"]);
    let fields = [("channel.n0", "special_bond"), ("amount.n0", "100"), ("status.n0", "intended")];
    let path = format!("/funding/{}", at.id());
    finance.submit(&path, &form, &fields).await.expect(303);
    let table = finance.get("/funding?q=办公楼").await.expect(200);
    table.shows(&["该类项目可能不得使用专项债券资金"]);
}

#[tokio::test]
async fn others_read_the_table_and_change_nothing() {
    let (registry, people, _finance) = desk().await;
    let at = people.reserve("资金表格四号", "2018-01-10").await;
    let path = format!("/funding/{}", at.id());
    let leader = Visitor::of(&registry, "lingdao", "leader", "city").await;
    let table = opened(&leader, at.id()).await;
    table.shows(&["资金表格四号"]);
    table.hides(&["name=\"version\"", "/funding/bulk", "data-column=\"edit\""]);
    let version = at.version().to_string();
    let fields = [("version", &*version), ("channel.n0", "other"), ("amount.n0", "1")];
    leader.submit(&path, &table, &fields).await.expect(403);
    leader.get("/funding/bulk?stage=reserve").await.expect(403);
    leader.submit("/funding/bulk", &table, &[("ids", "1")]).await.expect(403);
    // Finance of another county sees it neither.
    let elsewhere = Visitor::of(&registry, "yixian", "finance", "region:210727").await;
    let table = opened(&elsewhere, at.id()).await;
    table.hides(&["资金表格四号"]);
    elsewhere.submit(&path, &table, &fields).await.expect(404);
    let auditor = Visitor::of(&registry, "shenji", "auditor", "city").await;
    auditor.get("/funding").await.expect(403);
    assert_eq!(now(&people, &at).await.version(), at.version());
}

/// The fields of the preview's form for its confirmation.
fn confirmed(preview: &Shown) -> Vec<(String, String)> {
    let names = ["projects", "channel.n0", "amount.n0", "status.n0", "arrived.n0", "year.n0"];
    let names = names.into_iter().chain(["document_number.n0", "ppp_phase.n0", "note.n0"]);
    let mut fields: Vec<(String, String)> =
        names.map(|name| (name.to_owned(), preview.field(name).unwrap())).collect();
    fields.push(("step".into(), "confirm".into()));
    fields
}

async fn confirm(visitor: &Visitor, preview: &Shown) -> Shown {
    let fields = confirmed(preview);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (&**n, &**v)).collect();
    visitor.submit("/funding/bulk", preview, &fields).await
}

#[tokio::test]
async fn what_the_preview_shows_is_what_is_done() {
    let (registry, people, finance) = desk().await;
    let one = people.reserve("批量甲", "2018-01-10").await;
    let two = people.reserve("批量乙", "2018-01-10").await;
    let other = people.reserve("旁观丙", "2018-01-10").await;
    let form = finance.get("/funding/bulk?q=批量").await.expect(200);
    assert_eq!(form.field("ids"), Some(format!("{},{}", one.id(), two.id())));
    let ids = form.field("ids").unwrap();
    let wrong = [("ids", &*ids), ("step", "preview"), ("channel.n0", ""), ("amount.n0", "x")];
    let wrong = finance.submit("/funding/bulk", &form, &wrong).await.expect(422);
    wrong.shows(&["href=\"#channel.n0\"", "href=\"#amount.n0\"", "value=\"x\""]);

    let fields =
        [("ids", &*ids), ("step", "preview"), ("channel.n0", "ppp"), ("amount.n0", "40000")];
    let preview = finance.submit("/funding/bulk", &form, &fields).await.expect(200);
    preview.shows(&["批量甲", "批量乙", "缺口", "38,500", "超额", "1,500", "确认写入 (2)"]);
    preview.hides(&["旁观丙"]);
    assert_eq!(now(&people, &one).await.version(), one.version(), "a preview writes nothing");

    // One of them changes before the confirmation: nothing is written, and the preview is new.
    let changed = people.tag(&two, json!({"channel": "other", "amount": 5_000_000})).await;
    let changed = changed.expect(201);
    let again = confirm(&finance, &preview).await.expect(412);
    again.shows(&["预览之后有项目发生了变化", "38,000", "2,000"]);
    assert_eq!(now(&people, &one).await.version(), one.version(), "all or nothing");
    assert_eq!(now(&people, &two).await.version(), changed.version());

    confirm(&finance, &again).await.expect(303).leads_to("/funding?done=tagged");
    for (at, gap) in [(&one, "-15000000.00"), (&two, "-20000000.00")] {
        assert_eq!(now(&people, at).await.body["gap"], gap);
    }
    assert_eq!(now(&people, &other).await.version(), other.version());
    assert_sound(&registry);
}

#[tokio::test]
async fn projects_that_cannot_be_tagged_are_named_and_left_out_on_wish() {
    let (registry, people, _finance) = desk().await;
    let here = people.reserve("界内工程", "2018-01-10").await;
    let path = format!("/projects/{}", here.id());
    let both = json!({"also_in": ["210727"]});
    let there = people.reserve("跨界工程", "2018-01-10").await;
    let there = people.patch(&format!("/projects/{}", there.id()), &there, both).await;
    let moved = people.patch(&path, &here, json!({"region": "210727"})).await;
    let county = Visitor::of(&registry, "yixian", "finance", "region:210727").await;
    let ids = format!("{},{},999999", moved.id(), there.id());
    let form = county.get(&format!("/funding/bulk?ids={ids}")).await.expect(200);
    let fields = [("ids", &*ids), ("step", "preview"), ("channel.n0", "other"), ("amount.n0", "1")];
    let preview = county.submit("/funding/bulk", &form, &fields).await.expect(200);
    preview.shows(&[
        "界内工程",
        "跨界工程",
        "该项目不在您的管辖范围内",
        "999999",
        "不能标注的项目",
    ]);
    preview.hides(&["name=\"projects\"", "确认写入"]);
    let fields = [
        ("ids", &*moved.id().to_string()),
        ("step", "preview"),
        ("channel.n0", "other"),
        ("amount.n0", "1"),
    ];
    let preview = county.submit("/funding/bulk", &form, &fields).await.expect(200);
    confirm(&county, &preview).await.expect(303);
    assert_eq!(now(&people, &moved).await.version(), moved.version() + 1);
    assert_eq!(now(&people, &there).await.version(), there.version());
    // All there is, by leaving something out, is not what anybody meant.
    county.get("/funding/bulk").await.expect(422).shows(&["没有选择任何项目"]);
    county.get("/funding/bulk?stage=nowhere").await.expect(422);
}

#[tokio::test]
async fn the_matrix_tells_the_money_and_leads_to_its_projects() {
    let (_registry, people, finance) = desk().await;
    let at = people.reserve("矩阵工程", "2018-01-10").await;
    let source = json!({"channel": "foreign_investment", "amount": "12345000.00",
        "status": "approved", "arrived": "2345000.00"});
    let at = people.tag(&at, source).await.expect(201);
    people.reserve("矩阵未标注", "2018-01-10").await;
    let matrix = finance.get("/funding/matrix?q=矩阵").await.expect(200);
    let link = "/funding?q=%E7%9F%A9%E9%98%B5&#38;channel=foreign_investment&#38;stage=reserve";
    matrix.shows(&["外商投资", "1,234.5", "到位 234.5", link, "未标注资金来源", "75,765.5"]);
    let there = finance.get(&link.replace("&#38;", "&")).await.expect(200);
    there.shows(&["矩阵工程"]);
    there.hides(&["矩阵未标注"]);
    assert!(there.has(&format!("id=\"p-{}\"", at.id())));
    let yi = finance.get("/funding/matrix?q=矩阵&unit=yi&lang=en").await.expect(200);
    yi.shows(&["0.12", "7.58", "In 100 million yuan"]);
    finance.get("/funding/matrix?stage=nowhere&lang=zh").await.expect(422);
    finance.get("/funding?stage=nowhere").await.expect(422);
    finance.get("/funding?cursor=nonsense").await.expect(422).shows(&["翻页标记无效"]);
}
