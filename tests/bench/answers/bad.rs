//! Bad and odd questions: each is answered at once, with a problem or an empty list and never with a
//! fault of the server; and the answer to a list that did not change.

use super::Check;
use crate::client::{Ask, encoded};
use anyhow::Result;
use hyper::header::IF_NONE_MATCH;
use std::sync::Arc;
use std::time::Duration;

/// An answer that takes this long is not given at once, on whatever machine.
const AT_ONCE: Duration = Duration::from_secs(10);

/// Checks bad and odd questions.
pub async fn check(check: &mut Check<'_>) -> Result<()> {
    let registrar = check.scene.people.registrar.clone();
    // As long as an address may be, and as many characters as people paste.
    let (long, longer) = (encoded(&"长".repeat(7_000)), "a".repeat(10_000));
    let digits = "9".repeat(400);
    let refused = [
        "?limit=100000".to_owned(),
        "?limit=0".into(),
        "?limit=-1".into(),
        "?limit=many".into(),
        "?cursor=forged".into(),
        "?cursor=WyJuYW1lIiwieCIsMV0".into(),
        format!("?cursor={}", "A".repeat(5000)),
        "?sort=gap".into(),
        format!("?sort={}", encoded("name; DROP TABLE project")),
        "?stage=finished".into(),
        "?region=000000".into(),
        "?start_year=12345".into(),
        "?stayed_since=yesterday".into(),
        format!("?min_investment={digits}"),
        "?min_investment=ten".into(),
        "?as_of=2018-02-30".into(),
        "?known_at=yesterday".into(),
        "?colour=red".into(),
        "?stage=reserve&stage=concept".into(),
        "?count=perhaps".into(),
        format!("?stage={}", vec!["reserve"; 300].join(",")),
        format!("?q={long}"),
        format!("?q={longer}"),
    ];
    for query in refused {
        is_answered(check, &registrar, &format!("/api/v1/projects{query}"), &[422]).await?;
    }
    // Words that find nothing, and words that are hardly any: an answer or a refusal, never a fault.
    let found = [
        "?q=%E6%B9%96".to_owned(),
        "?q=a".into(),
        "?q=%EF%BC%8C%E3%80%82%EF%BC%81".into(),
        "?q=%25".into(),
        "?q=_".into(),
        "?q=%27".into(),
        format!("?q={}", encoded("\"*\" OR NEAR(")),
        "?q=%00".into(),
        "?q=%20".into(),
        format!("?q={}", encoded("没有这样的词语")),
        format!("?q={}&stage=reserve&sort=name&count=true", encoded("没有这样的词语")),
        "?min_investment=99999999999999".into(),
        "?max_investment=0".into(),
        "?min_investment=5&max_investment=4".into(),
        "?light=red".into(),
        "?as_of=1900-01-01".into(),
        "?known_at=1990-01-01T00:00:00Z".into(),
        "?stage=".into(),
    ];
    for query in found {
        is_answered(check, &registrar, &format!("/api/v1/projects{query}"), &[200, 422]).await?;
    }
    for path in [
        "/api/v1/summary?by=colour",
        "/api/v1/summary?by=stage,area,region",
        "/api/v1/summary?by=stage,stage",
        "/api/v1/changes",
        "/api/v1/changes?from=2018-13-01",
        "/api/v1/changes?from=2018-02-01&to=2018-01-01",
        "/api/v1/projects/similar",
    ] {
        is_answered(check, &registrar, path, &[422]).await?;
    }
    let path = format!("/api/v1/projects/similar?name={long}");
    is_answered(check, &registrar, &path, &[200, 422]).await?;
    let nobody: Arc<str> = "".into();
    for path in ["/api/v1/projects", "/api/v1/summary?by=stage", "/api/v1/changes?limit=x"] {
        is_answered(check, &nobody, path, &[401]).await?;
    }
    nothing_found(check, &registrar).await?;
    unchanged(check, &registrar).await
}

async fn is_answered(
    check: &mut Check<'_>,
    caller: &Arc<str>,
    path: &str,
    statuses: &[u16],
) -> Result<()> {
    check.asked += 1;
    let reply = check.connection.try_ask(&Ask::get(caller, path)).await?;
    let (status, shown) = (reply.status, path.chars().take(160).collect::<String>());
    check.must(statuses.contains(&status), &shown, || format!("status {status}"));
    check.must(reply.took < AT_ONCE, &shown, || format!("took {:?}", reply.took));
    let body = reply.json();
    if status == 200 {
        check.must(body["items"].is_array(), &shown, || "no list".into());
    } else {
        check.must(body["status"] == status && body["errors"].is_array(), &shown, || {
            format!("no problem document: {body}")
        });
    }
    Ok(())
}

/// A list that nothing matches is empty, whatever the order.
async fn nothing_found(check: &mut Check<'_>, caller: &Arc<str>) -> Result<()> {
    let word = encoded("没有这样的词语");
    for query in [
        format!("?q={word}"),
        "?min_investment=99999999999999".into(),
        "?light=red".into(),
        "?as_of=1900-01-01".into(),
    ] {
        let path = format!("/api/v1/projects{query}");
        let page = check.get(caller, &path).await?;
        let is_empty =
            page["items"].as_array().is_some_and(Vec::is_empty) && page["next"].is_null();
        check.must(is_empty, &path, || format!("not empty: next {}", page["next"]));
    }
    Ok(())
}

/// A list that did not change is a 304 to whom it was told, and to nobody else.
async fn unchanged(check: &mut Check<'_>, caller: &Arc<str>) -> Result<()> {
    let path = "/api/v1/projects?stage=reserve";
    let first = check.connection.ask(&Ask::get(caller, path)).await?;
    let Some(etag) = first.etag() else {
        println!("  {path}: lists have no ETag yet");
        return Ok(());
    };
    check.asked += 4;
    let again = Ask::get(caller, path).with(IF_NONE_MATCH, &*etag);
    let reply = check.connection.try_ask(&again).await?;
    check.must(reply.status == 304 && reply.body.is_empty(), path, || {
        format!("status {} with {} bytes to its own ETag", reply.status, reply.body.len())
    });
    let other = Ask::get(caller, path).with(IF_NONE_MATCH, "\"other\"");
    let status = check.connection.try_ask(&other).await?.status;
    check.must(status == 200, path, || format!("status {status} to another ETag"));
    let county = check.scene.people.county.clone();
    let reply =
        check.connection.try_ask(&Ask::get(&county, path).with(IF_NONE_MATCH, &*etag)).await?;
    check.must(reply.status == 200, path, || {
        format!("status {} to another caller with the ETag of the first", reply.status)
    });
    // A write that the list shows takes the tag away.
    let item = first.json()["items"][0].clone();
    let (id, version) = (&item["id"], item["version"].as_i64());
    let notes = serde_json::json!({"notes": "基准测试"});
    let method = hyper::Method::PATCH;
    let target = format!("/api/v1/projects/{id}");
    check.connection.ask(&Ask::change(caller, method, target, version, &notes)).await?;
    let status = check.connection.try_ask(&again).await?.status;
    check.must(status == 200, path, || format!("status {status} after a change"));
    Ok(())
}
