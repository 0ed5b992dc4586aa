//! Many writers at once, and a server that dies among them.

use crate::support::{Answer, Caller, Registry, sample};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

/// Sends all at once; answers in the order they came back.
async fn all_at_once<F>(requests: impl IntoIterator<Item = F>) -> Vec<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let mut sent: JoinSet<Answer> = JoinSet::new();
    for request in requests {
        sent.spawn(request);
    }
    sent.join_all().await
}

fn patch(
    caller: &Caller,
    id: i64,
    version: i64,
    body: Value,
) -> impl Future<Output = Answer> + use<> {
    let (caller, path) = (caller.clone(), format!("/projects/{id}"));
    async move { caller.change(Method::PATCH, &path, version, body).await }
}

fn holds(registry: &Registry) {
    for proof in [&["audit", "verify"][..], &["check"]] {
        let proof = registry.run(proof);
        assert_eq!(proof.code, 0, "{}", proof.stderr);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_changes_with_one_etag_exactly_one_wins() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    for (round, writers) in [2, 16].into_iter().enumerate() {
        let name = format!("同一版本{round}");
        let project = registrar.post("/projects", sample::body(&name)).await.expect(201);
        let requests = (0..writers).map(|writer| {
            patch(&registrar, project.id(), 1, json!({"notes": format!("第{writer}人")}))
        });
        let answers = all_at_once(requests.collect::<Vec<_>>()).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|a| a.status == 200);
        assert_eq!((won.len(), lost.len()), (1, writers - 1));
        for answer in lost {
            assert_eq!(answer.status, 412, "{}", answer.body);
            assert_eq!(answer.body["current_version"], 2);
        }
        let now = registrar.get(&format!("/projects/{}", project.id())).await.expect(200);
        assert_eq!(now.version(), 2);
        assert_eq!(now.body["notes"], won[0].body["notes"]);
    }
    holds(&registry);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_on_different_projects_all_succeed() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let new = (0..16).map(|number| {
        let (registrar, body) = (registrar.clone(), sample::body(&format!("各写各的{number}")));
        async move { registrar.post("/projects", body).await }
    });
    let projects = all_at_once(new.collect::<Vec<_>>()).await;
    let numbers: BTreeMap<i64, &Value> = projects
        .iter()
        .map(|project| {
            assert_eq!(project.status, 201, "{}", project.body);
            (project.id(), &project.body["registry_number"])
        })
        .collect();
    assert_eq!(numbers.len(), 16, "numbers are given once");

    let file = registry.path("checkpoint.json");
    let file = file.to_str().unwrap();
    for version in 1..=3 {
        let requests = projects.iter().map(|project| {
            patch(&registrar, project.id(), version, json!({"notes": format!("第{version}次")}))
        });
        let requests = tokio::spawn(all_at_once(requests.collect::<Vec<_>>()));
        // A checkpoint among the writers holds as well.
        let checkpoint = registry.run(&["audit", "checkpoint", "-o", file]);
        assert_eq!(checkpoint.code, 0, "{}", checkpoint.stderr);
        for answer in requests.await.unwrap() {
            assert_eq!(answer.status, 200, "{}", answer.body);
            assert_eq!(answer.version(), version + 1);
        }
        let verified = registry.run(&["audit", "verify", "--checkpoint", file]);
        assert_eq!(verified.code, 0, "{}", verified.stderr);
    }
    holds(&registry);
}

/// A request that may be broken off.
async fn acknowledged(request: reqwest::RequestBuilder) -> Option<Value> {
    let response = request.send().await.ok()?;
    assert!(response.status().is_success(), "{}", response.status());
    serde_json::from_str(&response.text().await.ok()?).ok()
}

/// Registers projects until the server is gone; answers those that were acknowledged.
async fn register(caller: Caller, writer: usize, count: Arc<AtomicUsize>) -> Vec<(i64, i64)> {
    let mut done = Vec::new();
    loop {
        let name = format!("断电前{writer}之{}", done.len());
        let request = caller.request(Method::POST, "/projects").json(&sample::body(&name));
        let Some(body) = acknowledged(request).await else { return done };
        assert_eq!(body["name"], name);
        done.push((body["id"].as_i64().unwrap(), 1));
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// Adds source after source to one project; answers its last acknowledged version.
async fn fund(caller: Caller, id: i64, count: Arc<AtomicUsize>) -> Vec<(i64, i64)> {
    let mut version = 1;
    loop {
        let request = caller
            .request(Method::POST, &format!("/projects/{id}/funding"))
            .header("If-Match", format!("\"{version}\""))
            .json(&json!({"channel": "ppp", "amount": "1000"}));
        let Some(body) = acknowledged(request).await else { return vec![(id, version)] };
        version = body["version"].as_i64().unwrap();
        count.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill_among_a_hundred_writers() {
    let mut registry = Registry::start().await;
    let registrar = registry.caller("registrar");
    let finance = registry.caller("finance");
    let count = Arc::new(AtomicUsize::new(0));
    let new = (0..50).map(|writer| {
        let (registrar, body) = (registrar.clone(), sample::body(&format!("断电前的资金{writer}")));
        async move { registrar.post("/projects", body).await.expect(201) }
    });
    let funded = all_at_once(new.collect::<Vec<_>>()).await;
    let mut writers = JoinSet::new();
    for (writer, project) in funded.iter().enumerate() {
        writers.spawn(fund(finance.clone(), project.id(), Arc::clone(&count)));
        writers.spawn(register(registrar.clone(), writer, Arc::clone(&count)));
    }
    while count.load(Ordering::Relaxed) < 100 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    registry.kill();
    let acknowledged: Vec<(i64, i64)> = writers.join_all().await.concat();
    assert!(acknowledged.len() >= 50);

    registry.serve(&[]).await;
    let finance = registry.caller("finance");
    for (id, version) in acknowledged {
        let project = finance.get(&format!("/projects/{id}")).await.expect(200);
        // One more may have been carried out of which the answer was lost; it is there as a whole.
        let there = project.version();
        assert!(there == version || there == version + 1, "{id}: {there} after {version}");
        let sources = project.body["funding"].as_array().unwrap();
        assert_eq!(i64::try_from(sources.len()).unwrap(), there - 1);
        let planned = format!("{}.00", 1000 * (there - 1));
        assert_eq!(project.body["planned_funding"], planned);
    }
    holds(&registry);
    let registrar = registry.caller("registrar");
    registrar.post("/projects", sample::body("来电之后")).await.expect(201);
}
