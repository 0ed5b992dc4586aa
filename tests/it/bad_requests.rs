//! Requests that are wrong before their values are: refused in order, never with a server error.

use crate::support::{Answer, Caller, Registry, sample};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A problem document that is whole.
#[track_caller]
fn is_problem(answer: &Answer, status: u16, kind: &str) {
    let told = &answer.body;
    assert_eq!(answer.status, status, "{told}");
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(told["type"], format!("urn:shortboard:problem:{kind}"));
    assert_eq!(told["status"], status);
    for field in ["title", "detail"] {
        assert!(!told[field].as_str().unwrap().is_empty(), "{told}");
    }
    assert!(told["errors"].is_array(), "{told}");
}

fn json_post(caller: &Caller, body: impl Into<reqwest::Body>) -> RequestBuilder {
    let request = caller.request(Method::POST, "/projects");
    request.header("Content-Type", "application/json").body(body)
}

/// What the server says to the head of a request that announces a body of 1.1 MB.
async fn announced(registry: &Registry, header: &str) -> String {
    let address = registry.address().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1/projects HTTP/1.1\r\nHost: {address}\r\n{header}Connection: close\r\n\
         Content-Type: application/json\r\nContent-Length: 1100000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn bodies_that_are_no_json_are_refused() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let before = registrar.get("/projects?count=true&limit=1").await.expect(200);

    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_object = format!("{}1{}", "{\"name\":".repeat(50_000), "}".repeat(50_000));
    let utf16: Vec<u8> = "{\"name\":\"a\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let malformed: [Vec<u8>; 12] = [
        b"{".into(),
        b"{\"name\": }".into(),
        b"{\"name\": 'a'}".into(),
        b"{\"name\": \"a\"} {}".into(),
        b"{\"name\": \"\xff\xfe\"}".into(),
        b"{\"name\": \"\\ud800\"}".into(),
        b"{\"name\": 1e999}".into(),
        b"{\"name\": NaN}".into(),
        b"\xef\xbb\xbf{}".into(),
        deep.into(),
        deep_object.into(),
        utf16,
    ];
    for body in malformed {
        let answer = registrar.send(json_post(&registrar, body)).await;
        is_problem(&answer, 422, "invalid");
        assert_eq!(answer.pointers(), [""]);
        assert_eq!(answer.body["errors"][0]["code"], "malformed");
    }
    for body in ["[]", "[{}]", "null", "\"a\"", "7", "true"] {
        let answer = registrar.send(json_post(&registrar, body)).await;
        is_problem(&answer, 422, "invalid");
        assert_eq!(answer.body["errors"][0]["code"], "wrong_type", "{body}");
    }
    // Every reader understands the two in its own way, so neither is taken.
    let twice = r#"{"name": "甲", "owner_unit": {"name": "乙", "name": "丙"}, "name": "丁"}"#;
    let answer = registrar.send(json_post(&registrar, twice)).await;
    is_problem(&answer, 422, "invalid");
    assert_eq!(answer.pointers(), ["/owner_unit/name", "/name"]);

    // By their length alone: who has not sent the body yet learns that it is not wanted.
    let token = registry.run(&["token", "issue", "registrar"]).stdout;
    let refused =
        announced(&registry, &format!("Authorization: Bearer {}\r\n", token.trim())).await;
    assert!(
        refused.starts_with("HTTP/1.1 413 ") && refused.contains("problem:too-large"),
        "{refused}"
    );
    let unknown = announced(&registry, "").await;
    assert!(unknown.starts_with("HTTP/1.1 401 "), "{unknown}");

    for kind in ["text/plain", "application/xml", "multipart/form-data; boundary=a", "json", ""] {
        let request = registrar.request(Method::POST, "/projects").header("Content-Type", kind);
        let answer = registrar.send(request.body(sample::body("类型").to_string())).await;
        is_problem(&answer, 415, "unsupported-media-type");
    }
    let request = registrar.request(Method::POST, "/projects").body("{}");
    is_problem(&registrar.send(request).await, 415, "unsupported-media-type");
    // Nothing at all is an object without the fields that must be there.
    let request = registrar.request(Method::POST, "/projects");
    let answer = registrar.send(request).await;
    assert_eq!(answer.pointers(), ["/name", "/area", "/region", "/departments"]);

    let after = registrar.get("/projects?count=true&limit=1").await.expect(200);
    assert_eq!(after.body, before.body);
}

#[tokio::test]
async fn a_path_that_names_nothing_is_not_found() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let ids = [
        "0",
        "-1",
        "999999",
        "abc",
        "1.5",
        "9223372036854775807",
        "9223372036854775808",
        "1e3",
        "%00",
        "%ff",
        "１",
        "1%20",
        "0x1",
    ];
    for id in ids {
        is_problem(&registrar.get(&format!("/projects/{id}")).await, 404, "not-found");
        let history = registrar.get(&format!("/projects/{id}/history")).await;
        is_problem(&history, 404, "not-found");
        let path = format!("/projects/{id}");
        let answer = registrar.change(Method::PATCH, &path, 1, json!({"x": 1})).await;
        is_problem(&answer, 404, "not-found");
        for part in [format!("/projects/{id}/stage/1"), format!("/projects/1/stage/{id}")] {
            let answer = registrar.change(Method::PATCH, &part, 1, json!({"reason": "x"})).await;
            assert!(answer.status == 404, "{part}: {}", answer.status);
        }
    }
    for path in ["/codelists/none", "/codelists/%00", "/nothing", "/projects/1/nothing"] {
        is_problem(&registrar.get(path).await, 404, "not-found");
    }
    for path in ["/", "/api", "/api/v1", "/api/v2/projects", "//api/v1/projects"] {
        let response = reqwest::get(format!("{}{path}", registry.address())).await.unwrap();
        assert!(response.status().as_u16() < 500, "{path}");
    }
    let put = "/projects/1/matters/dowsing";
    is_problem(&registrar.change(Method::PUT, put, 1, json!({})).await, 404, "not-found");
}

#[tokio::test]
async fn headers_may_hold_anything() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let project = registrar.post("/projects", sample::body("报头")).await.expect(201);
    let path = format!("/projects/{}", project.id());
    let patch = |name: &str, value: &[u8]| {
        let request = registrar.request(Method::PATCH, &path).json(&json!({"notes": "改"}));
        registrar.send(request.header(name, value))
    };
    for stale in [
        "\"0\"",
        "\"2\"",
        "\"-1\"",
        "\"\"",
        "\"abc\"",
        "\"1",
        "''",
        "\"1\", \"2\"",
        "\"99999999999999999999\"",
        "",
        " ",
    ] {
        is_problem(&patch("If-Match", stale.as_bytes()).await, 412, "stale");
    }
    let answer = patch("If-Match", b"\xff\xfe").await;
    is_problem(&answer, 412, "stale");
    assert_eq!(answer.body["current_version"], 1);
    is_problem(&patch("X-Nothing", b"1").await, 428, "precondition-required");

    for garbage in [
        "Bearer",
        "Bearer ",
        "Bearer é",
        "Basic YTpi",
        "bearer sb_x",
        "sb_",
        "",
        "Bearer a b c",
        "Digest username=\"a\"",
    ] {
        let request = registry.nobody().request(Method::GET, "/projects");
        let answer = registrar.send(request.header("Authorization", garbage.as_bytes())).await;
        is_problem(&answer, 401, "unauthenticated");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    for garbage in
        ["", ";;;", "en;q=x", "zz-ZZ", "*", "en-GB;q=0.000001", "q=1", &"en,".repeat(999)]
    {
        let request = registrar.request(Method::GET, "/projects/0");
        let answer = registrar.send(request.header("Accept-Language", garbage)).await;
        is_problem(&answer, 404, "not-found");
    }
    let long = "k".repeat(201);
    for (number, key) in ["", "a b", "键", &long, "a\tb"].into_iter().enumerate() {
        let body = sample::body(&format!("幂等键{number}"));
        let request = registrar.request(Method::POST, "/projects").json(&body);
        let answer = registrar.send(request.header("Idempotency-Key", key.as_bytes())).await;
        is_problem(&answer, 422, "invalid");
        assert_eq!(answer.pointers(), ["/Idempotency-Key"]);
        // What comes first comes first.
        let request = registrar.request(Method::POST, "/projects/0/filing").json(&json!({}));
        let answer = registrar.send(request.header("Idempotency-Key", key.as_bytes())).await;
        is_problem(&answer, 404, "not-found");
    }
    let found = registrar.get("/projects?q=幂等键").await.expect(200);
    assert_eq!(found.body["items"], json!([]));
    assert_eq!(registrar.get(&path).await.expect(200).version(), 1);
}

#[tokio::test]
async fn a_parameter_that_is_not_taken_is_an_error_everywhere() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let auditor = registry.caller("auditor");
    let reads = [
        "/projects?x=1",
        "/projects/1?x=1",
        "/projects/1/history?x=1",
        "/targets?x=1",
        "/areas?x=1",
        "/summary?x=1",
        "/changes?from=2017-01-01&x=1",
        "/codelists?x=1",
        "/codelists/stages?x=1",
        "/projects/similar?name=a&x=1",
        "/projects/1/history?as_of=2018-01-01",
    ];
    for path in reads {
        let answer = registrar.get(path).await;
        assert_eq!(answer.status, 422, "{path}");
        assert_eq!(answer.body["errors"][0]["code"], "unknown_field", "{path}");
    }
    for path in ["/audit?x=1", "/audit/verify?x=1"] {
        assert_eq!(auditor.get(path).await.expect(422).pointers(), ["/x"]);
    }
    let body = sample::body("参数");
    let refused = registrar.post("/projects?dry_run=true", body).await.expect(422);
    assert_eq!(refused.pointers(), ["/dry_run"]);
    let patch = json!({"notes": "a"});
    let path = "/projects/1?effective_on=2018-01-01";
    let refused = registrar.change(Method::PATCH, path, 1, patch).await.expect(422);
    assert_eq!(refused.pointers(), ["/effective_on"]);

    let wrong = [
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=x",
        "cursor=x",
        "cursor=%00",
        "sort=x",
        "count=yes",
        "as_of=2018-02-30",
        "as_of=2018",
        "known_at=yesterday",
        "stage=dream",
        "region=000000",
        "min_investment=-1",
        "min_investment=a",
        "start_year=20",
        "q=%00",
        "light=blue",
        "limit=1&limit=2",
        "department=,,x",
    ];
    for query in wrong {
        let answer = registrar.get(&format!("/projects?{query}")).await;
        is_problem(&answer, 422, "invalid");
        let name = query.split('=').next().unwrap();
        assert_eq!(answer.pointers(), [format!("/{name}")], "{query}");
    }
    for query in ["%ff=%fe", "q=%ff", "=", "&&&", "a[]=1", "q", "stage=,", "as_of="] {
        let status = registrar.get(&format!("/projects?{query}")).await.status;
        assert!(status == 422 || status == 200, "{query}: {status}");
    }
}

#[tokio::test]
async fn methods_and_request_numbers_are_answered() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let whole = registrar.get("/projects/1").await.expect(200);
    let head = registrar.send(registrar.request(Method::HEAD, "/projects/1")).await.expect(200);
    assert_eq!(head.body, "");
    assert_eq!(head.headers["etag"], whole.headers["etag"]);
    let missing = registrar.send(registrar.request(Method::HEAD, "/projects/0")).await.expect(404);
    assert_eq!(missing.body, "");

    let cases = [
        (Method::OPTIONS, "/projects"),
        (Method::DELETE, "/projects"),
        (Method::PUT, "/projects/1"),
        (Method::DELETE, "/projects/1"),
        (Method::POST, "/summary"),
        (Method::POST, "/healthz"),
        (Method::TRACE, "/projects"),
        (Method::GET, "/funding/bulk"),
    ];
    for (method, path) in cases {
        let answer = registrar.send(registrar.request(method, path)).await;
        is_problem(&answer, 405, "method-not-allowed");
        assert!(!answer.headers["allow"].is_empty());
    }
    let brew = Method::from_bytes(b"BREW").unwrap();
    registrar.send(registrar.request(brew, "/projects")).await.expect(405);

    for path in ["/projects/1", "/projects/0", "/healthz", "/nothing"] {
        let request = registrar.request(Method::GET, path).header("X-Request-Id", "tracking-7");
        assert_eq!(registrar.send(request).await.headers["x-request-id"], "tracking-7", "{path}");
        let given = registrar.get(path).await.headers["x-request-id"].clone();
        let other = registrar.get(path).await.headers["x-request-id"].clone();
        assert!(!given.is_empty() && given != other, "{path}");
    }
}

#[tokio::test]
async fn the_checks_come_in_their_order() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let leader = registry.caller("leader");
    let draft = registrar.post("/projects", sample::body("次序")).await.expect(201);
    let drafts = format!("/projects/{}", draft.id());
    let broken = json!({"name": 7});
    // 401, 404, 403, 428, 412, 409, 422: each request is wrong in all the ways that come later.
    let nobody = registry.nobody();
    let patch = |caller: &Caller, path: &str, version: Option<i64>| {
        let request = caller.request(Method::PATCH, path).json(&broken);
        let request = match version {
            Some(version) => request.header("If-Match", format!("\"{version}\"")),
            None => request,
        };
        let caller = caller.clone();
        async move { caller.send(request).await.status }
    };
    assert_eq!(patch(&nobody, "/projects/0", None).await, 401);
    assert_eq!(patch(&leader, "/projects/0", None).await, 404);
    assert_eq!(patch(&leader, &drafts, None).await, 404);
    assert_eq!(patch(&leader, "/projects/1", None).await, 403);
    assert_eq!(patch(&registrar, &drafts, None).await, 428);
    assert_eq!(patch(&registrar, &drafts, Some(9)).await, 412);
    let filing = format!("{drafts}/filing");
    let submit = json!({"action": "submit"});
    let sent = registrar.change(Method::POST, &filing, 1, submit).await.expect(200);
    assert_eq!(patch(&registrar, &drafts, Some(1)).await, 412);
    assert_eq!(patch(&registrar, &drafts, Some(sent.version())).await, 409, "locked");
    let send_back = json!({"action": "return", "reason": "补充"});
    let reviewer = registry.caller("reviewer");
    let back = reviewer.change(Method::POST, &filing, sent.version(), send_back).await.expect(200);
    assert_eq!(patch(&registrar, &drafts, Some(back.version())).await, 422);
}
