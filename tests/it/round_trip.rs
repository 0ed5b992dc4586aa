//! The list as a file and back: what nobody edited stays as it is, and what was edited is all that
//! changes.

use crate::support::import::{commit, kinds, rows, upload};
use crate::support::{Answer, Caller, Registry, sample};
use calamine::{Data, Reader, Xlsx};
use reqwest::Method;
use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Cursor;

/// The row of the header, from 0: title and unit stand above it.
const HEADER: usize = 2;

/// The columns of the list's page that somebody may have chosen.
const CHOSEN: &str = "columns=number,name,stage,region,departments,total,planned,arrived,gap,channels,period,actual,missing";

/// What somebody types over a cell.
enum Typed {
    Number(f64),
    Day(u16, u8, u8),
    Text(&'static str),
    Nothing,
}

async fn file(caller: &Caller, path: &str, language: &str) -> Vec<u8> {
    let request = caller.request(Method::GET, path).header("Accept-Language", language);
    let response = request.send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200, "{path}");
    response.bytes().await.unwrap().to_vec()
}

/// A workbook as Excel would save it after these cells were typed over: of the project of a number,
/// under a heading.
fn edited(bytes: &[u8], edits: &[(&str, &str, Typed)]) -> Vec<u8> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let (name, range) = book.worksheets().remove(0);
    let cells: Vec<&[Data]> = range.rows().collect();
    let column = |heading: &str| cells[HEADER].iter().position(|cell| *cell == heading).unwrap();
    let mut typed: BTreeMap<(usize, usize), &Typed> = BTreeMap::new();
    for (number, heading, value) in edits {
        let row = cells.iter().position(|row| row[column("编号")] == *number).unwrap();
        typed.insert((row, column(heading)), value);
    }
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(name).unwrap();
    let day = Format::new().set_num_format("yyyy/m/d");
    for (row, line) in cells.iter().enumerate() {
        for (column, cell) in line.iter().enumerate() {
            let at = (u32::try_from(row).unwrap(), u16::try_from(column).unwrap());
            match (typed.get(&(row, column)), cell) {
                (Some(Typed::Number(number)), _) => sheet.write_number(at.0, at.1, *number),
                (Some(Typed::Text(text)), _) => sheet.write_string(at.0, at.1, *text),
                (Some(Typed::Day(y, m, d)), _) => {
                    let date = rust_xlsxwriter::ExcelDateTime::from_ymd(*y, *m, *d).unwrap();
                    sheet.write_datetime_with_format(at.0, at.1, &date, &day)
                }
                (Some(Typed::Nothing), _) | (None, Data::Empty) => continue,
                (None, Data::Float(number)) => sheet.write_number(at.0, at.1, *number),
                (None, cell) => sheet.write_string(at.0, at.1, cell.to_string()),
            }
            .unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// The versions of all projects, by number.
async fn versions(caller: &Caller) -> BTreeMap<i64, i64> {
    let mut versions = BTreeMap::new();
    let mut path = "/projects?limit=200".to_owned();
    loop {
        let page = caller.get(&path).await.expect(200).body;
        for item in page["items"].as_array().unwrap() {
            versions.insert(item["id"].as_i64().unwrap(), item["version"].as_i64().unwrap());
        }
        let Some(next) = page["next"].as_str() else { return versions };
        path = format!("/projects?limit=200&cursor={next}");
    }
}

/// A registry with projects of all sorts; three of them are its own answers, the rest are made up
/// and seeded.
async fn registry() -> (Registry, Caller, [Answer; 3]) {
    let mut registry = Registry::start().await;
    let seeded = registry.run(&["seed", "--demo", "80", "--random-seed", "5"]);
    assert_eq!(seeded.code, 0, "{}", seeded.stderr);
    let (registrar, finance) = (registry.caller("registrar"), registry.caller("finance"));
    let first = json!({
        "departments": ["市住建委", "市财政局", "市发展改革委"], "lead_department": "市财政局",
        "also_in": ["210702", "210781"], "group": "water_supply", "kind": "programme",
        "owner_unit": {"name": "市水务集团", "credit_code": "91110108551385082Q"},
        "nature": "reconstruction", "approval_mode": "ratification", "industry": "N77",
        "content": "=管网20公里\n\n  泵站3座", "notes": "'-30℃以下停工",
        "location": {"place": "凌河路, 12号", "longitude": 121.13, "latitude": 41.1},
        "total_investment": "123456789.01", "planned": {"start": "2017", "finish": "2019-12-31"},
        "quantities": [{"name": "日处理能力", "value": "10", "unit": "万吨"}],
    });
    let mut own = Vec::new();
    for body in [
        sample::body_with("★城东供水（一期）●", first),
        sample::body_with(
            "+往返：第二水源",
            json!({"planned": {"start": "2018-03", "finish": "2018"}}),
        ),
        sample::body("往返丙、丁工程"),
    ] {
        own.push(sample::accepted(&mut registry, body).await);
    }
    for source in [
        json!({"channel": "guaranteed_loan", "amount": "1000000.55", "year": 2018, "status": "applied"}),
        json!({"channel": "credit_loan", "amount": "20000000", "year": 2018, "status": "approved", "arrived": "5000000"}),
        json!({"channel": "credit_loan", "amount": "20000000", "year": 2019}),
        json!({"channel": "county_budget", "amount": "1", "note": "注"}),
    ] {
        let now = registrar.get(&format!("/projects/{}", own[0].id())).await.expect(200);
        own[0] = sample::fund(&finance, &now, source).await;
    }
    let own: [Answer; 3] = own.try_into().unwrap();
    (registry, registrar, own)
}

#[tokio::test]
async fn what_nobody_edited_stays_as_it_is() {
    let (_registry, registrar, _) = registry().await;
    let before = versions(&registrar).await;
    let all = i64::try_from(before.len()).unwrap();
    for (path, name, language) in [
        ("/projects.xlsx".to_owned(), "清单.xlsx", "zh"),
        ("/projects.xlsx".to_owned(), "list.xlsx", "en"),
        ("/projects.csv".to_owned(), "清单.csv", "zh"),
        ("/projects.csv".to_owned(), "list.csv", "en"),
        ("/projects.xlsx?sheets=region".to_owned(), "分地区.xlsx", "zh"),
        (format!("/projects.xlsx?{CHOSEN}"), "选列.xlsx", "zh"),
        (format!("/projects.csv?{CHOSEN}"), "chosen.csv", "en"),
    ] {
        let sent = file(&registrar, &path, language).await;
        let preview = upload(&registrar, name, &sent, &[]).await.expect(201);
        let open = rows(&registrar, &preview, "?kind=changed,error,new,duplicate").await;
        assert_eq!(kinds(&preview), [("unchanged", all)], "{path} {language}: {open:?}");
        let remarks = preview.body["remarks"].as_array().unwrap().iter();
        let remarks: Vec<&Value> =
            remarks.filter(|remark| remark["code"] != "summary_sheet").collect();
        assert!(remarks.is_empty(), "{path} {language}: {remarks:?}");
        let shown = rows(&registrar, &preview, "?limit=200").await;
        let told: Vec<&Value> = shown.iter().filter(|row| row["notices"] != json!([])).collect();
        assert!(told.is_empty(), "{path} {language}: {told:?}");
        commit(&registrar, &preview).await.expect(200);
    }
    assert_eq!(versions(&registrar).await, before);
}

#[tokio::test]
async fn only_the_edited_cells_change() {
    let (mut registry, registrar, [first, second, third]) = registry().await;
    let finance = registry.caller("finance");
    let before = versions(&registrar).await;
    let number = |answer: &Answer| answer.body["registry_number"].as_str().unwrap().to_owned();
    let numbers = [number(&first), number(&second), number(&third)];
    let [a, b, c] = numbers.each_ref().map(String::as_str);
    let sent = file(&registrar, "/projects.xlsx", "zh").await;
    let file = edited(
        &sent,
        &[
            (a, "总投资", Typed::Number(12345.678901)),
            (a, "建设内容及规模", Typed::Nothing),
            (
                a,
                "资金来源",
                Typed::Text(
                    "银行+担保公司+政府增信+建档立卡户贷款100.000055万元（2018，已申报）、信用贷款、无抵押贷款2000万元（2018，已批复，已到位800万元）、信用贷款、无抵押贷款2100万元（2019，已申报）、县(市)区财政资金0.0001万元（意向）",
                ),
            ),
            (b, "总投资", Typed::Text("7,446.08")),
            (b, "计划竣工", Typed::Day(2019, 5, 1)),
            (b, "责任单位", Typed::Text("市财政局、市住建委")),
            (c, "项目名称", Typed::Text("往返丙、戊工程")),
            (c, "涉及地区", Typed::Text("义县")),
        ],
    );
    let preview = upload(&registrar, "改过的清单.xlsx", &file, &[]).await.expect(201);
    let all = i64::try_from(before.len()).unwrap();
    let open = rows(&registrar, &preview, "?kind=changed,error,new,duplicate").await;
    assert_eq!(kinds(&preview), [("changed", 2), ("unchanged", all - 2)], "{open:?}");
    // A registrar is told that funding is the finance office's, and changes none of it.
    let rest = rows(&registrar, &preview, "?kind=unchanged&limit=200").await;
    let left: Vec<&Value> = rest.iter().filter(|row| row["notices"] != json!([])).collect();
    assert!(left.len() == 1 && left[0]["project"]["id"] == first.body["id"], "{left:?}");
    assert_eq!(left[0]["notices"][0]["code"], "funding_is_left");
    let changes = |open: &[Value], answer: &Answer| {
        let row = open.iter().find(|row| row["project"]["id"] == answer.body["id"]).unwrap();
        assert_eq!(row["notices"], json!([]));
        let changes = row["changes"].as_array().unwrap().iter();
        let changes = changes.map(|change| (change["field"].as_str().unwrap(), &change["to"]));
        changes.map(|(field, to)| (field.to_owned(), to.clone())).collect::<Vec<_>>()
    };
    let source = |amount: &str, arrived: Value, year: i64, status: &str| json!({"amount": amount, "arrived": arrived, "year": year, "status": status});
    // The total was typed as it is, and a blank erases nothing.
    let loan = "funding/credit_loan".to_owned();
    let arrived = source("20000000.00", json!("8000000.00"), 2018, "approved");
    let larger = source("21000000.00", json!(null), 2019, "applied");
    assert_eq!(
        changes(&open, &second),
        [
            ("departments".to_owned(), json!(["finance_bureau", "housing_construction"])),
            ("planned".into(), json!({"start": "2018-03", "finish": "2019-05-01"})),
            ("total_investment".into(), json!("74460800.00")),
        ]
    );
    assert_eq!(
        changes(&open, &third),
        [("also_in".to_owned(), json!(["210727"])), ("name".into(), json!("往返丙、戊工程"))]
    );

    commit(&registrar, &preview).await.expect(200);

    // The same file by the finance office changes the funding, and nothing else.
    let preview = upload(&finance, "改过的清单.xlsx", &file, &[]).await.expect(201);
    let open = rows(&finance, &preview, "?kind=changed,error,new,duplicate").await;
    assert_eq!(kinds(&preview), [("changed", 1), ("unchanged", all - 1)], "{open:?}");
    assert_eq!(changes(&open, &first), [(loan.clone(), arrived), (loan, larger)]);
    commit(&finance, &preview).await.expect(200);
    let after = versions(&registrar).await;
    let touched = [first.id(), second.id(), third.id()];
    for (id, version) in &before {
        assert_eq!(after[id] == *version, !touched.contains(id), "project {id}");
    }
    let now = registrar.get(&format!("/projects/{}", first.id())).await.expect(200).body;
    for fact in ["name", "content", "notes", "location", "quantities", "owner_unit", "planned"] {
        assert_eq!(now[fact], first.body[fact], "{fact}");
    }
    assert_eq!(now["funding"][1]["arrived"], "8000000.00");
    assert_eq!(now["funding"][2]["status"], "applied");
    assert_eq!(now["funding"][3]["note"], "注");
    let now = registrar.get(&format!("/projects/{}", second.id())).await.expect(200).body;
    assert_eq!(now["total_investment"], "74460800.00");
    assert_eq!(now["name"], "+往返：第二水源");
    let checked = registry.run(&["check"]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
}
