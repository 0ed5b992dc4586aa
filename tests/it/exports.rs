//! The list as a file: workbook, comma-separated values, JSON; over HTTP, from the page of the list
//! and on the command line.

use crate::steps::{all, whole};
use crate::support::{Caller, Registry, Visitor, sample};
use calamine::{Data, Reader, Xlsx};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{Cursor, Read};

/// The row of the header, from 0: title and unit stand above it.
const HEADER: usize = 2;

/// A file as it is sent.
struct Sent {
    bytes: Vec<u8>,
    disposition: String,
    length: Option<u64>,
}

async fn file(caller: &Caller, path: &str) -> Sent {
    let response = caller.request(Method::GET, path).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200, "{path}");
    let disposition = response.headers()["content-disposition"].to_str().unwrap().to_owned();
    let length = response.content_length();
    Sent { bytes: response.bytes().await.unwrap().to_vec(), disposition, length }
}

/// A sheet as rows of cells.
fn sheet(bytes: &[u8], name: &str) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let range = book.worksheet_range(name).unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

fn names(bytes: &[u8]) -> Vec<String> {
    Xlsx::new(Cursor::new(bytes.to_vec())).unwrap().sheet_names()
}

/// A part of the file's archive.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The column under a heading.
fn column(rows: &[Vec<Data>], heading: &str) -> usize {
    let heads = &rows[HEADER];
    heads.iter().position(|head| *head == heading).unwrap_or_else(|| {
        panic!("no {heading} in {heads:?}");
    })
}

/// The cells of the projects: neither title and header nor the total.
fn cells(rows: &[Vec<Data>], heading: &str) -> Vec<String> {
    let at = column(rows, heading);
    rows[HEADER + 1..rows.len() - 1].iter().map(|row| row[at].to_string()).collect()
}

/// Yuan in 万元, as a number is printed.
fn wan(yuan: &Value) -> String {
    let Some(yuan) = yuan.as_str() else { return String::new() };
    (yuan.replace('.', "").parse::<i64>().unwrap() as f64 / 1e6).to_string()
}

#[tokio::test]
async fn a_workbook_holds_the_list_row_for_row() {
    let mut registry = Registry::start().await;
    let caller = registry.caller("registrar");
    for query in ["sort=registry_number", "stage=reserve", "area=water&as_of=2018-06-30"] {
        let listed = all(&caller, &format!("/projects?limit=200&{query}")).await;
        assert!(listed.len() > 3, "{query} proves nothing");
        let sent = file(&caller, &format!("/projects.xlsx?{query}")).await;
        assert_eq!(sent.length, Some(sent.bytes.len() as u64));
        assert_eq!(names(&sent.bytes), ["项目清单"]);
        let rows = sheet(&sent.bytes, "项目清单");
        let of = |field: &str| -> Vec<String> {
            listed.iter().map(|card| card[field].as_str().unwrap_or("").to_owned()).collect()
        };
        assert_eq!(cells(&rows, "编号"), of("registry_number"), "{query}");
        assert_eq!(cells(&rows, "项目名称"), of("name"), "{query}");
        assert_eq!(cells(&rows, "项目代码"), of("code"), "{query}");
        let sums: Vec<String> = listed.iter().map(|card| wan(&card["total_investment"])).collect();
        assert_eq!(cells(&rows, "总投资"), sums, "{query}");
        let starts = listed.iter().map(|card| card["planned"]["start"].as_str().unwrap_or(""));
        assert_eq!(cells(&rows, "计划开工"), starts.collect::<Vec<_>>(), "{query}");
        let total = rows.last().unwrap();
        assert_eq!(total[column(&rows, "项目名称")].to_string(), format!("合计{}项", listed.len()));
    }
}

#[tokio::test]
async fn amounts_and_texts_leave_as_they_are() {
    let mut registry = Registry::start().await;
    let facts = json!({
        "total_investment": "123456.78", "content": "第一行\n第二行，含“引号”", "industry": "N77",
        "approval_mode": "approval", "location": {"place": "滨河路"}, "planned": {"start": "2018", "finish": "2019-12"},
    });
    sample::accepted(&mut registry, sample::body_with("=1+1补桥工程", facts)).await;
    let caller = registry.caller("registrar");
    let sent = file(&caller, "/projects.xlsx?q=补桥").await;
    let rows = sheet(&sent.bytes, "项目清单");
    for (heading, value) in [
        ("项目名称", "=1+1补桥工程"),
        ("总投资", "12.345678"),
        ("建设内容及规模", "第一行\n第二行，含“引号”"),
        ("所属行业", "N77 水利、环境和公共设施管理业"),
        ("审批方式", "审批"),
        ("建设地点", "滨河路"),
        ("计划开工", "2018"),
        ("计划竣工", "2019-12"),
    ] {
        assert_eq!(cells(&rows, heading), [value], "{heading}");
    }
    // A name is text, also for a program that would run it; the only formulas are the sums below.
    let xml = part(&sent.bytes, "xl/worksheets/sheet1.xml");
    assert!(xml.matches("<f>").count() == xml.matches("<f>SUBTOTAL(109,").count(), "{xml}");
    let csv = file(&caller, "/projects.csv?q=补桥&columns=name,total,content").await;
    assert_eq!(
        String::from_utf8(csv.bytes).unwrap(),
        "\u{feff}项目名称,总投资(万元),建设内容及规模\r\n\
         '=1+1补桥工程,12.345678,\"第一行\n第二行，含“引号”\"\r\n"
    );
}

#[tokio::test]
async fn json_is_the_list_with_what_it_leaves_out_and_ends_with_the_count() {
    let mut registry = Registry::start().await;
    let caller = registry.caller("registrar");
    let listed = all(&caller, "/projects?limit=200&region=210726").await;
    let sent = caller.get("/projects.json?region=210726").await.expect(200);
    assert_eq!(sent.body["count"], listed.len());
    let items = sent.body["items"].as_array().unwrap();
    assert_eq!(items.len(), listed.len());
    for (item, card) in items.iter().zip(&listed) {
        for (field, value) in card.as_object().unwrap() {
            assert_eq!(&item[field], value, "{field}");
        }
        let whole = caller.get(&format!("/projects/{}", card["id"])).await.expect(200);
        for field in ["content", "industry", "approval_mode", "location", "quantities", "notes"] {
            assert_eq!(item[field], whole.body[field], "{field}");
        }
    }
    let none = caller.get("/projects.json?q=没有这个项目").await.expect(200);
    assert_eq!((&none.body["items"], &none.body["count"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn a_workbook_prints_and_has_its_name() {
    let mut registry = Registry::start().await;
    let caller = registry.caller("leader");
    let sent = file(&caller, "/projects.xlsx?stage=reserve&as_of=2018-01-01").await;
    assert!(sent.disposition.contains("filename=\"projects-2018-01-01.xlsx\""));
    let name = "filename*=UTF-8''%E8%A1%A5%E7%9F%AD%E6%9D%BF%E9%A1%B9%E7%9B%AE%E6%B8%85%E5%8D%95\
                -2018-01-01.xlsx";
    assert!(sent.disposition.ends_with(name), "{}", sent.disposition);
    let rows = sheet(&sent.bytes, "项目清单");
    assert_eq!(rows[0][0].to_string(), "补短板项目清单");
    assert_eq!(rows[1][0].to_string(), "截止日期：2018-01-01；阶段：储备");
    assert!(rows[1].iter().any(|cell| *cell == "单位：万元"));
    let xml = part(&sent.bytes, "xl/worksheets/sheet1.xml");
    for set in [
        "paperSize=\"9\"",
        "orientation=\"landscape\"",
        "fitToHeight=\"0\"",
        "<autoFilter ref=\"A3:",
        "state=\"frozen\"",
        "ySplit=\"3\"",
        "&amp;P",
    ] {
        assert!(xml.contains(set), "{set}");
    }
    let book = part(&sent.bytes, "xl/workbook.xml");
    assert!(book.contains("_xlnm.Print_Titles"), "{book}");
    assert!(book.contains("!$1:$3"), "{book}");
}

#[tokio::test]
async fn a_sheet_for_each_region_or_stage_behind_a_summary() {
    let mut registry = Registry::start().await;
    let caller = registry.caller("registrar");
    let listed = all(&caller, "/projects?limit=200").await;
    let sent = file(&caller, "/projects.xlsx?sheets=stage").await;
    let sheets = names(&sent.bytes);
    assert_eq!(sheets[0], "汇总");
    let mut rows_of_all = 0;
    for name in &sheets[1..] {
        let rows = sheet(&sent.bytes, name);
        let stages = cells(&rows, "阶段");
        assert!(!stages.is_empty() && stages.iter().all(|stage| stage == name), "{name}");
        rows_of_all += stages.len();
    }
    assert_eq!(rows_of_all, listed.len());
    let summary = sheet(&sent.bytes, "汇总");
    assert_eq!(summary.last().unwrap()[1].to_string(), listed.len().to_string());
    let sent = file(&caller, "/projects.xlsx?sheets=region&region=210726,binhai").await;
    assert_eq!(names(&sent.bytes), ["汇总", "黑山县", "滨海新区"]);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_said() {
    let mut registry = Registry::start().await;
    let caller = registry.caller("leader");
    for (path, pointer) in [
        ("/projects.xlsx?stage=nowhere", "/stage"),
        ("/projects.xlsx?sheets=area", "/sheets"),
        ("/projects.xlsx?columns=name,what", "/columns"),
        ("/projects.xlsx?limit=5", "/limit"),
        ("/projects.csv?sheets=region", "/sheets"),
        ("/projects.json?columns=name", "/columns"),
        ("/projects.csv?as_of=2018-02-30", "/as_of"),
    ] {
        assert_eq!(caller.get(path).await.expect(422).pointers(), [pointer], "{path}");
    }
}

#[tokio::test]
async fn a_file_shows_no_more_than_the_list() {
    let mut registry = Registry::start().await;
    let clerk = registry.caller("registrar");
    clerk.post("/projects", whole("他人的草稿")).await.expect(201);
    let county = registry.account("county", "reporter", "region:210726");
    let listed = all(&county, "/projects?limit=200").await;
    let numbers: Vec<&str> =
        listed.iter().map(|card| card["registry_number"].as_str().unwrap()).collect();
    let sent = file(&county, "/projects.xlsx").await;
    assert_eq!(cells(&sheet(&sent.bytes, "项目清单"), "编号"), numbers);
    let sent = county.get("/projects.json").await.expect(200);
    assert_eq!(sent.body["count"], numbers.len());
    let csv = String::from_utf8(file(&county, "/projects.csv").await.bytes).unwrap();
    assert!(!csv.contains("他人的草稿"));
}

#[tokio::test]
async fn the_page_gives_the_columns_shown_and_what_was_picked() {
    let mut registry = Registry::start().await;
    let caller = registry.caller("registrar");
    let listed = all(&caller, "/projects?limit=200&stage=reserve&sort=name").await;
    let visitor = Visitor::of(&registry, "clerk", "registrar", "city").await;
    let page = visitor.get("/projects?stage=reserve&sort=name").await.expect(200);
    page.shows(&["/projects.xlsx?stage=reserve", "sheets=region"]);
    let picked = format!("ids={},{}", listed[5]["id"], listed[2]["id"]);
    let asked = format!("/projects.csv?{picked}&sort=name&columns=name");
    let file = visitor.get(&asked).await.expect(200);
    let lines: Vec<&str> = file.text.lines().skip(1).collect();
    let starts = |line: &str, card: &Value| line.starts_with(card["name"].as_str().unwrap());
    assert_eq!(lines.len(), 2);
    assert!(starts(lines[0], &listed[2]) && starts(lines[1], &listed[5]), "{lines:?}");
    // As of a day on which they were not there yet, there is nothing.
    let file = visitor.get(&format!("{asked}&as_of=1999-01-01")).await.expect(200);
    assert_eq!(file.text.lines().count(), 1);
}

#[tokio::test]
async fn the_command_line_writes_the_same_files() {
    let mut registry = Registry::start().await;
    let caller = registry.caller("leader");
    let path = registry.path("list.csv");
    let output = path.to_str().unwrap();
    let written = registry.run(&[
        "export",
        "--format",
        "csv",
        "--as",
        "leader",
        "--stage",
        "reserve",
        "--as-of",
        "2018-06-30",
        "-o",
        output,
    ]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    let sent = file(&caller, "/projects.csv?stage=reserve&as_of=2018-06-30").await;
    assert_eq!(std::fs::read(&path).unwrap(), sent.bytes);
    let path = registry.path("list.xlsx");
    let output = path.to_str().unwrap();
    let written = registry.run(&["export", "--format", "xlsx", "--sheets", "stage", "-o", output]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    assert_eq!(names(&std::fs::read(&path).unwrap())[0], "汇总");
    for (wrong, told) in [
        (vec!["--stage", "nowhere"], "--stage"),
        (vec!["--min-investment", "much"], "--min-investment"),
        (vec!["--colour", "red"], "--colour"),
    ] {
        let args = ["export", "--format", "json", "-o", "wrong.json"];
        let refused = registry.run(&[&args[..], &wrong].concat());
        assert_eq!(refused.code, 2, "{}", refused.stderr);
        assert!(refused.stderr.contains(told), "{}", refused.stderr);
        assert!(!registry.path("wrong.json").exists());
    }
}
