//! Answers that are kept while the data is the same, and what a caller has already.

use crate::steps::whole;
use crate::support::{Answer, Caller, Registry};
use reqwest::Method;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// The questions whose answers are kept.
const KEPT: [&str; 4] =
    ["/projects", "/projects?stage=concept&count=true", "/summary?by=stage", "/board"];

/// Asks with the tags of the answers that the caller has.
async fn ask(caller: &Caller, path: &str, has: &str) -> Answer {
    let request = caller.request(Method::GET, path).header("If-None-Match", has);
    caller.send(request).await
}

/// An answer of which the caller is then told that it still has it. On PostgreSQL what another
/// database of the cluster does changes the version too, so that it may take a few tries.
async fn known(caller: &Caller, path: &str, before: &str) -> Answer {
    for _ in 0..100 {
        let first = caller.get(path).await.expect(200);
        let same = ask(caller, path, &format!("{before}{}", tag(&first))).await;
        if same.status == 304 {
            assert_eq!((tag(&same), same.body.as_str()), (tag(&first), Some("")), "{path}");
            return first;
        }
    }
    panic!("{path} is always sent again");
}

fn tag(answer: &Answer) -> String {
    answer.headers["etag"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_a_caller_has_is_not_sent_again_until_something_changes() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    for path in KEPT {
        let first = known(&registrar, path, "").await;
        known(&registrar, path, "\"other\", W/").await;
        ask(&registrar, path, "\"other\"").await.expect(200);

        let name = format!("条件请求{}", path.len());
        registrar.post("/projects", whole(&name)).await.expect(201);
        let changed = ask(&registrar, path, &tag(&first)).await.expect(200);
        assert_ne!(tag(&changed), tag(&first), "{path}");
        assert!(changed.body != first.body, "{path}");
    }
}

#[tokio::test]
async fn nobody_is_told_that_another_callers_answer_is_theirs() {
    let mut registry = Registry::start().await;
    let (registrar, leader) = (registry.caller("registrar"), registry.caller("leader"));
    registrar.post("/projects", whole("他人的草稿")).await.expect(201);
    for path in KEPT {
        let seen = registrar.get(path).await.expect(200);
        let other = ask(&leader, path, &tag(&seen)).await.expect(200);
        assert_ne!(tag(&other), tag(&seen), "{path}");
    }
    let count = |answer: Answer| answer.body["count"]["value"].as_i64().unwrap();
    let path = "/projects?count=true&stage=concept";
    let (all, accepted) = (registrar.get(path).await, leader.get(path).await);
    assert_eq!(count(all), count(accepted) + 1);
}

#[tokio::test]
async fn what_another_process_does_counts_at_once() {
    let mut registry = Registry::start().await;
    let county = registry.account("county", "leader", "region:210726");
    let before = known(&county, "/projects?count=true", "").await;

    let seeded = registry.run(&["seed", "--demo", "200"]);
    assert_eq!(seeded.code, 0, "{}", seeded.stderr);
    let after = ask(&county, "/projects?count=true", &tag(&before)).await.expect(200);
    let count = |answer: &Answer| answer.body["count"]["value"].as_i64().unwrap();
    assert!(count(&after) > count(&before));

    assert_eq!(registry.run(&["account", "disable", "county"]).code, 0);
    ask(&county, "/projects?count=true", &tag(&after)).await.expect(401);
    county.get("/projects").await.expect(401);
}

#[tokio::test]
async fn who_does_not_read_the_answer_keeps_nobody_waiting() {
    let mut registry = Registry::start().await;
    assert_eq!(registry.run(&["seed", "--demo", "400"]).code, 0);
    let registrar = registry.caller("registrar");
    let token = registry.run(&["token", "issue", "registrar"]).stdout;
    let address = registry.address().trim_start_matches("http://").to_owned();
    // More of them than there are connections to the database, each with answers that fill every
    // buffer on the way.
    let mut idlers = Vec::new();
    for number in 0..40 {
        let mut idler = TcpStream::connect(&address).await.unwrap();
        for _ in 0..20 {
            let request = format!(
                "GET /api/v1/projects?limit=200&max_investment={number} HTTP/1.1\r\n\
                 Host: {address}\r\nAuthorization: Bearer {}\r\n\r\n\
                 GET /api/v1/projects?limit=200&min_investment={number} HTTP/1.1\r\n\
                 Host: {address}\r\nAuthorization: Bearer {}\r\n\r\n",
                token.trim(),
                token.trim()
            );
            idler.write_all(request.as_bytes()).await.unwrap();
        }
        idlers.push(idler);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    for path in ["/projects?limit=200", "/projects?sort=name", "/summary?by=area"] {
        let answer = tokio::time::timeout(Duration::from_secs(20), registrar.get(path));
        answer.await.expect("an answer in time").expect(200);
    }
    registrar.post("/projects", whole("无人等待")).await.expect(201);
    drop(idlers);
}
