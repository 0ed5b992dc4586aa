//! Writes: register, file, tag, move, one after the other, against a bare insert of the same bytes;
//! and sixteen writers against one.

use crate::client::{Ask, Connection};
use crate::database::{Database, bare_insert};
use crate::load::{self, CONNECTIONS};
use crate::measure::Latencies;
use crate::report::Goal;
use crate::scene::{Scene, registration};
use anyhow::Result;
use hyper::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The row of sixteen writers.
const SIXTEEN: &str = "sixteen writers registering";

/// Projects on their way: number and version.
type Projects = Vec<(i64, i64)>;

/// A step on the way: what, by whom, how, where, with which body, and the status of its answer.
type Step<'a> = (&'static str, &'a Arc<str>, &'a Method, &'a str, &'a Value, u16);

/// What a kind of write took and added.
struct Written {
    what: &'static str,
    times: Latencies,
    /// Bytes of one.
    bytes: f64,
}

/// Measures writes.
pub async fn run(scene: &mut Scene) -> Result<()> {
    let mut connection = scene.connect().await?;
    let mut database = Database::open(&scene.url).await?;
    let (mut projects, registering) = register(scene, &mut connection).await?;
    let ids = projects[0].0..=projects[projects.len() - 1].0;
    let (mut trail, rows) = database.bytes(&ids).await?;
    let count = projects.len() as f64;
    let bytes = (trail + rows) as f64 / count;
    let mut all = vec![Written { what: "register", times: registering, bytes }];

    let people = scene.people.clone();
    let path = |id: i64, part: &str| format!("/api/v1/projects/{id}/{part}");
    let submit = json!({"action": "submit"});
    let accept = json!({"action": "accept"});
    let begun = json!({"state": "begun"});
    let source = json!({"channel": scene.codes.of("channel").first(), "amount": "1000000.00",
        "year": 2018, "status": "intended"});
    let to = json!({"to": "preparation"});
    let (post, put) = (Method::POST, Method::PUT);
    let steps: [Step<'_>; 5] = [
        ("submit", &people.registrar, &post, "filing", &submit, 200),
        ("accept", &people.reviewer, &post, "filing", &accept, 200),
        ("tag", &people.finance, &post, "funding", &source, 201),
        ("matter", &people.registrar, &put, "matters/feasibility_study", &begun, 200),
        ("move", &people.registrar, &post, "stage", &to, 200),
    ];
    for (what, caller, method, part, body, status) in steps {
        let mut times = Latencies::default();
        for (id, version) in &mut projects {
            let path = path(*id, part);
            let ask = Ask::change(caller, method.clone(), path, Some(*version), body);
            let reply = connection.ask(&ask.expecting(status)).await?;
            times.push(reply.took);
            *version += 1;
        }
        let (grown, rows) = database.bytes(&ids).await?;
        let bytes = (grown - trail + rows) as f64 / count;
        trail = grown;
        all.push(Written { what, times, bytes });
    }
    against_bare(scene, &all).await?;
    many_writers(scene).await
}

/// Registers projects one after the other.
async fn register(scene: &mut Scene, connection: &mut Connection) -> Result<(Projects, Latencies)> {
    let registrar = Arc::clone(&scene.people.registrar);
    let (mut projects, mut times) = (Vec::new(), Latencies::default());
    for _ in 0..scene.timing.writes {
        let ask = scene.register(&registrar);
        let reply = connection.ask(&ask).await?;
        times.push(reply.took);
        let body = reply.json();
        projects.push((
            body["id"].as_i64().unwrap_or_default(),
            body["version"].as_i64().unwrap_or_default(),
        ));
    }
    Ok((projects, times))
}

/// Each kind of write against bare inserts of as many bytes, before and after.
async fn against_bare(scene: &mut Scene, all: &[Written]) -> Result<()> {
    let goal =
        if scene.options.is_postgres() { Goal::None } else { Goal::Part(0.5, "a bare insert") };
    for written in all {
        let Written { what, times, bytes } = written;
        let size = bytes.round() as usize;
        let bare = bare_insert(&scene.folder, &scene.url, size, times.len()).await?;
        let work = format!("one write: {what}");
        let told =
            format!("{:.2} ms; a bare insert of {size} bytes: {:.2} ms", times.mean(), bare.mean());
        let figure = (1000.0 / times.mean(), "writes/s");
        scene.report.row(&work, goal, figure, Some(bare.mean() / times.mean()), told);
    }
    Ok(())
}

/// Registering projects without an end, over any number of connections.
pub fn registering(scene: &Scene, kind: u64) -> load::Next {
    // Numbers apart from those of single writes, so that no name comes twice.
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let people = scene.people.clone();
    Arc::new(move |_| {
        let number = 1_000_000 * (kind + 1) + NEXT.fetch_add(1, Ordering::Relaxed);
        registration(&people.registrar, &people.county_code, &people.department_code, number)
    })
}

async fn many_writers(scene: &mut Scene) -> Result<()> {
    let (timing, address) = (scene.timing, scene.server.address.clone());
    let one = load::closed(&address, 1, timing, registering(scene, 1)).await?;
    let many = load::closed(&address, CONNECTIONS, timing, registering(scene, 2)).await?;
    let is_postgres = scene.options.is_postgres();
    let goal = if is_postgres { Goal::Part(3.0, "one writer") } else { Goal::None };
    let ratio = Some(many.per_second / one.per_second);
    let told = format!(
        "one: {:.0} writes/s; p99 {:.2} ms against {:.2} ms",
        one.per_second,
        many.latencies.p99(),
        one.latencies.p99()
    );
    scene.report.row(SIXTEEN, goal, (many.per_second, "writes/s"), ratio, told);
    Ok(())
}
