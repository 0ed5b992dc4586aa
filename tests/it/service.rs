//! What surrounds the API: health, figures, the documentation, headers.

use crate::support::{Registry, program};
use reqwest::{Client, Method};
use serde_json::Value;
use std::process::Command;

#[tokio::test]
async fn health_tells_whether_the_database_is_there_and_of_this_version() {
    let registry = Registry::start_with(&["--no-seed"]).await;
    let nobody = registry.nobody();
    for path in ["/healthz", "/readyz"] {
        let health = nobody.get(path).await.expect(200);
        assert_eq!(health.body["status"], "ok");
        assert_eq!(health.body["version"], "0.1.0");
    }
    registry.database.tamper("DELETE FROM seaql_migrations").await;
    nobody.get("/healthz").await.expect(200);
    let unready = nobody.get("/readyz").await.expect(503);
    assert_eq!(unready.body["type"], "urn:shortboard:problem:unavailable");
    assert_eq!(unready.headers["content-type"], "application/problem+json");
}

#[tokio::test]
async fn figures_are_for_the_machine_itself_and_system_administrators() {
    let mut registry = Registry::start().await;
    let leader = registry.caller("leader");
    leader.get("/projects").await.expect(200);
    leader.get("/projects/1").await.expect(200);
    leader.get("/projects/2").await.expect(200);
    for method in ["MAKE", "UP", "METHODS"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        leader.send(leader.request(method, "/projects")).await.expect(405);
    }
    let figures = registry.nobody().get("/metrics").await.expect(200);
    let kind = figures.headers["content-type"].to_str().unwrap();
    assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
    let text = figures.body.as_str().unwrap();
    let counted =
        "http_requests_total{method=\"GET\",route=\"/api/v1/projects/{id}\",status=\"200\"} 2";
    assert!(text.contains(counted), "{text}");
    assert!(text.contains("http_request_duration_seconds"), "{text}");
    assert!(text.contains("method=\"other\"") && !text.contains("MAKE"), "{text}");

    // Behind a proxy everybody comes from loopback.
    let forwarded = |caller: &crate::support::Caller| {
        let request =
            caller.request(Method::GET, "/metrics").header("X-Forwarded-For", "127.0.0.1");
        let caller = caller.clone();
        async move { caller.send(request).await.status }
    };
    assert_eq!(forwarded(&registry.nobody()).await, 401);
    assert_eq!(forwarded(&leader).await, 403);
    assert_eq!(forwarded(&registry.caller("auditor")).await, 403);
    assert_eq!(forwarded(&registry.caller("sysadmin")).await, 200);
}

#[tokio::test]
async fn the_documentation_is_served_without_any_other_site() {
    let registry = Registry::start_with(&["--no-seed"]).await;
    let client = Client::new();
    let get = async |path: &str| {
        let response = client.get(format!("{}{path}", registry.address())).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        (status, headers, response.text().await.unwrap())
    };
    let (status, headers, page) = get("/api/docs").await;
    assert_eq!(status, 200);
    assert!(headers["content-type"].to_str().unwrap().starts_with("text/html"));
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("http"), "{policy}");
    let linked: Vec<&str> = page
        .split(['"', '\''])
        .filter(|word| word.ends_with(".js") || word.ends_with(".css"))
        .collect();
    assert!(linked.len() >= 4, "{page}");
    for file in linked {
        assert!(!file.contains("//"), "{file} is another site's");
        let (status, headers, text) =
            get(&format!("/api/docs/{}", file.trim_start_matches("./"))).await;
        assert_eq!(status, 200, "{file}");
        let kind = headers["content-type"].to_str().unwrap();
        assert!(kind.contains("javascript") || kind.contains("css"), "{file}: {kind}");
        assert!(!text.is_empty());
    }
    let (_, _, start) = get("/api/docs/swagger-initializer.js").await;
    assert!(start.contains("/api/openapi.json"), "{start}");
    let (status, headers, _) = get("/api/docs/nothing.js").await;
    assert_eq!(status, 404);
    assert_eq!(headers["content-type"], "application/problem+json");
    let (status, headers, page) = get("/").await;
    assert!(status == 200 && page.contains("action=\"/sign-in\""), "the root leads to the sign-in");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("inline"), "{policy}");

    let served: Value = serde_json::from_str(&get("/api/openapi.json").await.2).unwrap();
    let printed = Command::new(program()).arg("openapi").output().unwrap();
    let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert!(served == printed, "the document served is not the one `openapi` prints");
    assert_eq!(served["openapi"], "3.1.0");
}

#[tokio::test]
async fn every_answer_has_the_headers_that_keep_browsers_safe() {
    let mut registry = Registry::start().await;
    let leader = registry.caller("leader");
    let paths = ["/healthz", "/projects", "/projects/0", "/nothing", "/codelists/stages", "/audit"];
    for path in paths {
        let answer = leader.get(path).await;
        let headers = &answer.headers;
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(headers["cache-control"], "no-cache", "{path}");
        assert!(!headers.contains_key("server") && !headers.contains_key("x-powered-by"));
        assert!(!headers.contains_key("access-control-allow-origin"), "{path}");
    }
}

#[tokio::test]
async fn code_lists_need_no_token_and_are_whole() {
    let registry = Registry::start().await;
    let nobody = registry.nobody();
    let lists = nobody.get("/codelists").await.expect(200);
    let lists = lists.body["items"].as_array().unwrap();
    let names: Vec<&str> = lists.iter().map(|list| list["name"].as_str().unwrap()).collect();
    for name in [
        "stages",
        "filings",
        "areas",
        "regions",
        "departments",
        "groups",
        "channels",
        "matters",
        "natures",
        "approval_modes",
        "funding_statuses",
        "ppp_phases",
        "roles",
    ] {
        assert!(names.contains(&name), "no list {name}");
    }
    for name in names {
        let list = nobody.get(&format!("/codelists/{name}")).await.expect(200);
        assert_eq!(list.body["name"], name);
        let items = list.body["items"].as_array().unwrap();
        assert!(!items.is_empty(), "{name}");
        for item in items {
            for label in ["zh", "en"] {
                assert!(!item["label"][label].as_str().unwrap().is_empty(), "{name}: {item}");
            }
        }
    }
    let channels = nobody.get("/codelists/channels").await.expect(200);
    assert_eq!(channels.body["items"].as_array().unwrap().len(), 28);
}

#[tokio::test]
async fn the_document_says_what_the_program_speaks() {
    let registry = Registry::start_with(&["--no-seed"]).await;
    let nobody = registry.nobody();
    let document = nobody.get("/api/openapi.json").await.expect(200).body;
    let lists = [
        ("stages", "Stage"),
        ("stage_bases", "StageBasis"),
        ("filings", "Filing"),
        ("facts", "Fact"),
        ("kinds", "ProjectKind"),
        ("natures", "Nature"),
        ("approval_modes", "ApprovalMode"),
        ("matters", "MatterKind"),
        ("matter_states", "MatterState"),
        ("funding_statuses", "FundingStatus"),
        ("ppp_phases", "PppPhase"),
        ("target_directions", "Direction"),
        ("similarity_reasons", "Reason"),
    ];
    for (list, schema) in lists {
        let list = nobody.get(&format!("/codelists/{list}")).await.expect(200).body;
        let items = list["items"].as_array().unwrap().iter();
        let codes: Vec<&Value> = items.map(|item| &item["code"]).collect();
        let words = document["components"]["schemas"][schema]["enum"].as_array().unwrap();
        assert_eq!(words.iter().collect::<Vec<_>>(), codes, "{schema}");
    }
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(responses) = operation["responses"].as_object() else { continue };
            for (status, response) in
                responses.iter().filter(|(status, _)| status.as_str() >= "400")
            {
                let kinds: Vec<&String> = response["content"].as_object().unwrap().keys().collect();
                assert_eq!(kinds, ["application/problem+json"], "{method} {path} {status}");
            }
        }
    }
}
