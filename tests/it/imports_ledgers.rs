//! Real ledgers and bad files uploaded to a running server: previews of what they tell, sentences
//! for what they are not, and a server that goes on serving.

use crate::support::import::{commit, kinds, rows, upload};
use crate::support::{Caller, Registry};
use reqwest::Method;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Bad files end within this time.
const SOON: Duration = Duration::from_secs(2);

/// What stands in for what the rows of these ledgers do not tell.
const SETTLED: [(&str, &str); 3] =
    [("region", "凌海市"), ("area", "城乡基础设施"), ("department", "市住建委")];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ledgers")
}

fn expected() -> Value {
    serde_json::from_slice(&fs::read(fixtures().join("expected.json")).unwrap()).unwrap()
}

fn workbook(lines: &[&[&str]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in (0..).zip(lines) {
        sheet.write_row(row, 0, line.iter().copied()).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

/// The server answers, and the registry has as many projects as before.
async fn serves(caller: &Caller, count: &Value) {
    let began = Instant::now();
    caller.get("/healthz").await.expect(200);
    let list = caller.get("/projects?limit=1&count=true").await.expect(200).body;
    assert_eq!(list["count"], *count);
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
}

#[track_caller]
fn assert_tells(told: &Value, expected: &Value, place: &str) {
    match expected {
        Value::Object(fields) => {
            for (field, value) in fields.iter().filter(|(field, _)| *field != "sheet") {
                assert_tells(&told[field], value, &format!("{place} {field}"));
            }
        }
        Value::Array(items) => {
            assert_eq!(told.as_array().map(Vec::len), Some(items.len()), "{place}: {told}");
            for (at, item) in items.iter().enumerate() {
                assert_tells(&told[at], item, &format!("{place} {at}"));
            }
        }
        value => assert_eq!(told, value, "{place}"),
    }
}

#[tokio::test]
async fn the_program_reads_the_fixtures_as_expected() {
    let registry = Registry::idle().await;
    for (name, sheets) in expected().as_object().unwrap() {
        let file = fixtures().join(name);
        let read = registry.run(&["ledger", "read", "--json", file.to_str().unwrap()]);
        assert_eq!((read.code, read.stderr.as_str()), (0, ""), "{name}");
        let told: Value = serde_json::from_str(&read.stdout).unwrap();
        assert_tells(&told["sheets"], sheets, name);
        for (told, sheet) in
            told["sheets"].as_array().unwrap().iter().zip(sheets.as_array().unwrap())
        {
            if let Some(name) = sheet.get("sheet") {
                assert_eq!(told["name"], *name);
            }
        }
    }
}

#[tokio::test]
async fn every_fixture_comes_in() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    for (name, sheets) in expected().as_object().unwrap() {
        let bytes = fs::read(fixtures().join(name)).unwrap();
        let preview = upload(&registrar, name, &bytes, &SETTLED).await.expect(201);
        assert_eq!(preview.body["state"], "ready", "{name}: {}", preview.body);
        let shown = rows(&registrar, &preview, "?limit=200").await;
        let count = sheets.as_array().unwrap().iter();
        let count: usize = count.map(|sheet| sheet["projects"].as_array().unwrap().len()).sum();
        assert_eq!(kinds(&preview), [("new", i64::try_from(count).unwrap())], "{name}: {shown:?}");
        let told = preview.body["sheets"].as_array().unwrap();
        assert_eq!(told.len(), sheets.as_array().unwrap().len(), "{name}");
        let done = commit(&registrar, &preview).await.expect(200);
        let first = &sheets[0]["projects"][0];
        let query = first["name"].as_str().unwrap();
        let found = registrar.get(&format!("/projects?q={query}")).await.expect(200).body;
        let item = &found["items"][0];
        assert_eq!(item["total_investment"], first["total_investment"], "{name}");
        assert_eq!(item["source"]["document"], *name);
        // And again: nothing changes.
        let again = upload(&registrar, name, &bytes, &SETTLED).await.expect(201);
        let open = rows(&registrar, &again, "?limit=200").await;
        assert_eq!(kinds(&again), [("unchanged", i64::try_from(count).unwrap())], "{open:?}");
        assert!(done.id() < again.id());
    }
    for command in [["check"].as_slice(), &["audit", "verify"]] {
        let output = registry.run(command);
        assert_eq!(output.code, 0, "{}", output.stderr);
    }
}

#[tokio::test]
async fn hostile_and_broken_files_end_soon_and_the_server_serves_on() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let count =
        registrar.get("/projects?limit=1&count=true").await.expect(200).body["count"].clone();
    let fixture = |name: &str| fs::read(fixtures().join(name)).unwrap();
    let mut locked = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    locked.resize(1536, 0);
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    locked.resize(4096, 0);
    for (name, bytes, words) in [
        ("bomb.xlsx", fixture("hostile-bomb.xlsx"), "压缩"),
        ("far.xlsx", fixture("hostile-far-cell.xlsx"), "XFD1048576"),
        ("text.xlsx", fixture("hostile-not-a-sheet.xlsx"), "损坏"),
        ("cut.xls", fixture("hostile-truncated.xls"), "损坏"),
        ("empty.xlsx", Vec::new(), "空"),
        ("locked.xlsx", locked, "密码"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "图片"),
    ] {
        let began = Instant::now();
        let (preview, ()) =
            tokio::join!(upload(&registrar, name, &bytes, &[]), serves(&registrar, &count));
        let took = began.elapsed();
        assert!(took < SOON, "{name} took {took:?}");
        let told = match preview.status {
            201 => {
                assert_eq!(preview.body["state"], "failed", "{name}: {}", preview.body);
                commit(&registrar, &preview).await.expect(409);
                preview.body["failure"]["message"].to_string()
            }
            _ => preview.expect(422).body["errors"][0]["message"].to_string(),
        };
        assert!(told.contains(words), "{name}: {told}");
        serves(&registrar, &count).await;
    }
    // Too large a file is not even read.
    let large = vec![b'x'; 60 << 20];
    let began = Instant::now();
    let request = registrar.request(Method::POST, "/imports");
    let part = reqwest::multipart::Part::bytes(large).file_name("large.xlsx");
    let sent = request.multipart(reqwest::multipart::Form::new().part("file", part)).send().await;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    if let Ok(answer) = sent {
        assert_eq!(answer.status().as_u16(), 413);
    }
    serves(&registrar, &count).await;
    // The next ledger is read as if nothing had been.
    let ledger = fixture("reserve-2018.xlsx");
    let preview = upload(&registrar, "台账.xlsx", &ledger, &SETTLED).await.expect(201);
    assert_eq!(preview.body["counts"]["new"], 4, "{}", preview.body);
}

#[tokio::test]
async fn ledgers_with_little_in_them_say_so() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let header: &[&str] = &["序号", "项目名称", "项目代码", "总投资（万元）"];
    for (name, lines, remark) in [
        ("空表.xlsx", vec![], "blank_sheet"),
        ("无表头.xlsx", vec![["你好"].as_slice(), &["再见"]], "no_header"),
    ] {
        let preview = upload(&registrar, name, &workbook(&lines), &[]).await.expect(201);
        assert_eq!(kinds(&preview), [], "{name}");
        assert_eq!(preview.body["remarks"][0]["code"], remark, "{name}: {}", preview.body);
    }
    let preview = upload(&registrar, "只有表头.xlsx", &workbook(&[header]), &[]).await.expect(201);
    assert_eq!(kinds(&preview), []);

    let rows_of = [
        header,
        &["1", "甲项目", "", "100"],
        &["2", "乙项目", "12345", "100"],
        &["3", "丙项目", "", "约3亿元"],
    ];
    let preview = upload(&registrar, "台账.xlsx", &workbook(&rows_of), &SETTLED).await.expect(201);
    assert_eq!(kinds(&preview), [("error", 2), ("new", 1)], "{}", preview.body);
    let wrong = rows(&registrar, &preview, "?kind=error").await;
    let told = |at: usize| (&wrong[at]["row"], &wrong[at]["errors"][0]["column"]);
    assert_eq!(told(0), (&json!(3), &json!("C")), "{wrong:?}");
    assert_eq!(told(1), (&json!(4), &json!("D")), "{wrong:?}");
    assert!(wrong[1]["errors"][0]["message"].as_str().unwrap().contains("约3亿元"), "{wrong:?}");
    commit(&registrar, &preview).await.expect(409);

    // Two rows that both look like the header: it says which it took.
    let twice = [header, &["序号", "名称", "代码", "投资额（万元）"], &["1", "甲项目", "", "100"]];
    let preview = upload(&registrar, "两头.xlsx", &workbook(&twice), &SETTLED).await.expect(201);
    let remarks = preview.body["remarks"].to_string();
    assert!(
        remarks.contains("two_headers") || remarks.contains("another_header"),
        "{}",
        preview.body
    );
}
