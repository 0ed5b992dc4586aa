//! Ledgers from the command line: which files are read, which end in a sentence, and how soon.

use crate::support::{Output, Registry};
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Bad files end within this time.
const SOON: Duration = Duration::from_secs(2);

/// The namespace of a workbook's parts.
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ledgers")
}

fn read(registry: &Registry, file: &Path) -> Output {
    registry.run(&["ledger", "read", "--json", file.to_str().unwrap()])
}

/// What is read of a file of these bytes.
#[track_caller]
fn printed(registry: &Registry, name: &str, bytes: &[u8]) -> Value {
    let file = registry.path(name);
    fs::write(&file, bytes).unwrap();
    let done = read(registry, &file);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{name}");
    serde_json::from_str(&done.stdout).unwrap()
}

/// The names of the sheets that are read.
fn names(printed: &Value) -> Vec<&str> {
    printed["sheets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sheet| sheet["name"].as_str().unwrap())
        .collect()
}

/// The file is refused soon, in one sentence that holds the words.
#[track_caller]
fn refused(registry: &Registry, file: &Path, words: &str) {
    let began = Instant::now();
    let done = read(registry, file);
    let took = began.elapsed();
    let name = file.file_name().unwrap().display();
    assert_eq!((done.code, done.stdout.as_str()), (1, ""), "{name}: {}", done.stderr);
    assert!(done.stderr.starts_with("shortboard: "), "{name}: {}", done.stderr);
    assert!(done.stderr.contains(words), "{name}: no {words:?} in {}", done.stderr);
    assert_eq!(done.stderr.trim_end().lines().count(), 1, "{name}: {}", done.stderr);
    assert!(took < SOON, "{name} took {took:?}");
}

/// As [`refused`], of a file of these bytes.
#[track_caller]
fn refused_bytes(registry: &Registry, name: &str, bytes: &[u8], words: &str) {
    let file = registry.path(name);
    fs::write(&file, bytes).unwrap();
    refused(registry, &file, words);
}

fn workbook(sheets: &[&[&str]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for headers in sheets {
        workbook.add_worksheet().write_row(0, 0, headers.iter().copied()).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

/// The workbook with further parts; an archive of them alone where there is no workbook.
fn with_parts(workbook: Vec<u8>, parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = match workbook.len() {
        0 => ZipWriter::new(Cursor::new(workbook)),
        _ => ZipWriter::new_append(Cursor::new(workbook)).unwrap(),
    };
    for (name, bytes) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The workbook with a part replaced.
fn with_part(workbook: Vec<u8>, name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut from = ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let part = from.by_index_raw(index).unwrap();
        if part.name().unwrap() == name {
            to.start_file(name, SimpleFileOptions::default()).unwrap();
            to.write_all(bytes).unwrap();
        } else {
            to.raw_copy_file(part).unwrap();
        }
    }
    to.finish().unwrap().into_inner()
}

/// Forty parts of ten megabytes each, which pack to ten kilobytes each.
fn many_parts() -> Vec<u8> {
    let part = with_parts(
        workbook(&[&["项目名称"]]),
        &[("xl/worksheets/sheet100.xml", &[b' '; 11_000_000])],
    );
    let mut archive = ZipWriter::new_append(Cursor::new(part.clone())).unwrap();
    let mut from = ZipArchive::new(Cursor::new(part)).unwrap();
    for number in 101..140 {
        let part = from.by_name("xl/worksheets/sheet100.xml").unwrap();
        archive.raw_copy_file_rename(part, format!("xl/worksheets/sheet{number}.xml")).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn hostile_files_end_soon_in_a_sentence() {
    let registry = Registry::idle().await;
    for (name, words) in [
        ("hostile-bomb.xlsx", "packed more tightly"),
        ("hostile-far-cell.xlsx", "XFD1048576"),
        ("hostile-not-a-sheet.xlsx", "damaged"),
        ("hostile-truncated.xls", "damaged"),
    ] {
        refused(&registry, &fixtures().join(name), words);
    }
    let bomb = many_parts();
    refused_bytes(&registry, "parts.xlsx", &bomb, "Unpacked");
    // The same, with sizes that lie: what is found counts.
    let mut lying = bomb;
    let (true_size, small) = (11_000_000_u32.to_le_bytes(), 1000_u32.to_le_bytes());
    for at in 0..lying.len() - 4 {
        if lying[at..at + 4] == true_size {
            lying[at..at + 4].copy_from_slice(&small);
        }
    }
    refused_bytes(&registry, "lying.xlsx", &lying, "damaged");
    // Room for more texts than memory holds, and for more than can be counted.
    for (count, words) in [(9_999_999_999_u64, "more memory"), (u64::MAX, "damaged")] {
        let texts =
            format!("<sst xmlns=\"{MAIN}\" uniqueCount=\"{count}\"><si><t>x</t></si></sst>");
        let book = with_part(workbook(&[&["x"]]), "xl/sharedStrings.xml", texts.as_bytes());
        refused_bytes(&registry, "room.xlsx", &book, words);
    }
    // And the next ledger is read as if nothing had been.
    assert_eq!(read(&registry, &fixtures().join("reserve-2018.xlsx")).code, 0);
}

#[tokio::test]
async fn what_is_no_ledger_is_named() {
    let registry = Registry::idle().await;
    refused_bytes(&registry, "empty.xlsx", b"", "empty");
    refused_bytes(&registry, "picture.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture");
    refused_bytes(&registry, "paper.xls", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", "a PDF document");
    let zip = with_parts(Vec::new(), &[("台账.xlsx", b"x")]);
    refused_bytes(&registry, "archive.xlsx", &zip, "a zip archive");
    let word =
        with_parts(Vec::new(), &[("[Content_Types].xml", b"x"), ("word/document.xml", b"x")]);
    refused_bytes(&registry, "letter.xlsx", &word, "a Word document");
    let mut encrypted = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    encrypted.resize(1536, 0);
    encrypted.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    encrypted.resize(4096, 0);
    refused_bytes(&registry, "locked.xlsx", &encrypted, "password-protected");
    let large = registry.path("large.xlsx");
    fs::File::create(&large).unwrap().set_len(60 << 20).unwrap();
    refused(&registry, &large, "60 MB");
    refused(&registry, &registry.path("nothing.xlsx"), "No such file");
    refused(&registry, &registry.path("."), "");

    // A file cut short anywhere is refused or read, and no more.
    for name in ["reserve-2018.xlsx", "monthly-2017-07.xls"] {
        let whole = fs::read(fixtures().join(name)).unwrap();
        for part in 1..8 {
            let cut = registry.path("cut");
            fs::write(&cut, &whole[..whole.len() * part / 8]).unwrap();
            let done = read(&registry, &cut);
            assert!(matches!(done.code, 0 | 1), "{name} {part}/8: {}", done.stderr);
            assert!(done.code == 1 || serde_json::from_str::<Value>(&done.stdout).is_ok());
        }
    }
}

#[tokio::test]
async fn ledgers_are_known_by_their_bytes() {
    let registry = Registry::idle().await;
    let bytes = |name: &str| fs::read(fixtures().join(name)).unwrap();
    let reserve = printed(&registry, "reserve.csv", &bytes("reserve-2018.xlsx"));
    assert_eq!(names(&reserve), ["凌海市", "义县", "汇总"]);
    let monthly = printed(&registry, "monthly.xlsx", &bytes("monthly-2017-07.xls"));
    assert_eq!(names(&monthly), ["7月调度表"]);
    let page = printed(&registry, "医院 项目.xls", &bytes("html-as-xls.xls"));
    assert_eq!(names(&page), ["医院 项目"]);
    // Also with a name that looks like an option.
    let csv = printed(&registry, "--台账.2018.xls", &bytes("export-gbk.csv"));
    assert_eq!(names(&csv), ["--台账.2018"]);
    let sheet = csv["sheets"][0].as_object().unwrap();
    let keys = ["columns", "layout", "name", "problems", "projects", "reason", "skipped", "unit"];
    let mut found: Vec<_> = sheet.keys().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, keys);
}

#[tokio::test]
async fn a_workbook_with_nothing_in_it_is_read_as_such() {
    let registry = Registry::idle().await;
    let empty = printed(&registry, "empty.xlsx", &workbook(&[&[]]));
    assert_eq!(empty["sheets"][0]["layout"], "none", "{empty}");
    assert_eq!(empty["sheets"][0]["projects"], serde_json::json!([]));
    let headers = printed(&registry, "headers.xlsx", &workbook(&[&["序号", "项目名称", "总投资"]]));
    assert_eq!(headers["sheets"][0]["projects"], serde_json::json!([]));
}

#[tokio::test]
async fn macros_and_external_links_are_ignored() {
    let registry = Registry::idle().await;
    let parts: [(&str, &[u8]); 3] = [
        ("xl/vbaProject.bin", b"no macros are run"),
        ("xl/externalLinks/externalLink1.xml", b"<externalLink xmlns=\"x\"><externalBook/></externalLink>"),
        (
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            b"<Relationships><Relationship Id=\"rId1\" Type=\"x\" Target=\"http://127.0.0.1:1/\" TargetMode=\"External\"/></Relationships>",
        ),
    ];
    let book = with_parts(workbook(&[&["项目名称"], &["项目名称"]]), &parts);
    assert_eq!(names(&printed(&registry, "macros.xlsm", &book)), ["Sheet1", "Sheet2"]);
}

#[tokio::test]
async fn reading_takes_no_settings_and_tells_people_what_it_found() {
    let registry = Registry::idle().await;
    let file = fixtures().join("reserve-2018.xlsx");
    let mut command = registry.command(&["ledger", "read", file.to_str().unwrap()]);
    let done = command.env("SHORTBOARD_LISTEN", "nowhere").output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let told = String::from_utf8(done.stdout).unwrap();
    for sheet in ["凌海市", "义县", "汇总"] {
        assert!(told.lines().any(|line| line.starts_with(&format!("{sheet}: "))), "{told}");
    }
    assert_eq!(registry.run(&["ledger", "read"]).code, 2);
    assert_eq!(registry.run(&["ledger", "write", "x"]).code, 2);
    // Nobody has to read to the end.
    let mut command = registry.command(&["ledger", "read", "--json", file.to_str().unwrap()]);
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
