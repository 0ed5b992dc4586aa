//! Ledgers to import, and what is asked about them.

use super::caller::{Answer, Caller};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

/// A ledger as UTF-8 CSV.
pub fn ledger(header: &str, rows: &[&str]) -> Vec<u8> {
    let lines = [header].into_iter().chain(rows.iter().copied());
    lines.collect::<Vec<_>>().join("\r\n").into_bytes()
}

/// Uploads a file with what is settled beforehand.
pub async fn upload(
    caller: &Caller,
    name: &str,
    file: &[u8],
    settled: &[(&'static str, &'static str)],
) -> Answer {
    let part = Part::bytes(file.to_vec()).file_name(name.to_owned());
    let mut form = Form::new().part("file", part);
    for (field, value) in settled {
        form = form.text(*field, *value);
    }
    caller.send(caller.request(Method::POST, "/imports").multipart(form)).await
}

/// Carries a preview out, as it was shown.
pub async fn commit(caller: &Caller, preview: &Answer) -> Answer {
    let path = format!("/imports/{}/commit", preview.id());
    caller.change(Method::POST, &path, preview.version(), json!({})).await
}

/// Takes an import back.
pub async fn undo(caller: &Caller, done: &Answer) -> Answer {
    let path = format!("/imports/{}/undo", done.id());
    caller.change(Method::POST, &path, done.version(), json!({})).await
}

/// The rows of a preview.
pub async fn rows(caller: &Caller, preview: &Answer, query: &str) -> Vec<Value> {
    let path = format!("/imports/{}/rows{query}", preview.id());
    caller.get(&path).await.expect(200).body["items"].as_array().unwrap().clone()
}

/// A row of a preview, by its place.
pub async fn row(caller: &Caller, preview: &Answer, place: usize) -> Value {
    rows(caller, preview, "").await[place].clone()
}

/// How many rows there are of each kind that there is.
pub fn kinds(preview: &Answer) -> Vec<(&str, i64)> {
    let counts = preview.body["counts"].as_object().unwrap();
    let counts = counts.iter().map(|(kind, count)| (kind.as_str(), count.as_i64().unwrap()));
    let mut counts: Vec<_> = counts.filter(|(_, count)| *count > 0).collect();
    counts.sort_unstable();
    counts
}

/// All that stands in the cells of a workbook.
pub fn cells(workbook: &[u8]) -> String {
    use calamine::Reader;
    let cursor = std::io::Cursor::new(workbook.to_vec());
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook_from_rs(cursor).unwrap();
    let mut text = String::new();
    for (name, range) in workbook.worksheets() {
        text.push_str(&name);
        for (_, _, cell) in range.used_cells() {
            text.push_str(&format!("\n{cell}"));
        }
    }
    text
}
