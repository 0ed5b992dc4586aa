//! Writes: register, file, tag, move, one after the other, against a bare insert of the same bytes;
//! and sixteen writers against one.

use crate::client::{Ask, Connection};
use crate::database::{BareInserts, Database};
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

/// How many projects go the way first, to learn how many bytes each step writes.
const FIRST: usize = 20;

/// What a kind of write took, and bare inserts beside it.
struct Written {
    what: &'static str,
    times: Latencies,
    bare: Latencies,
    /// Bytes of one.
    bytes: usize,
}

/// Measures writes.
pub async fn run(scene: &mut Scene) -> Result<()> {
    let mut connection = scene.connect().await?;
    let learned = on_their_way(scene, &mut connection, FIRST, &[]).await?;
    let sizes: Vec<usize> = learned.iter().map(|written| written.bytes).collect();
    let count = scene.timing.writes;
    let goal =
        if scene.options.is_postgres() { Goal::None } else { Goal::Part(0.5, "a bare insert") };
    for written in on_their_way(scene, &mut connection, count, &sizes).await? {
        let Written { what, times, bare, bytes } = written;
        let work = format!("one write: {what}");
        let told = format!(
            "{:.2} ms on average, a bare insert of {bytes} bytes {:.2} ms; medians {:.2} and {:.2} ms",
            times.mean(),
            bare.mean(),
            times.median(),
            bare.median()
        );
        let figure = (1000.0 / times.mean(), "writes/s");
        scene.report.row(&work, goal, figure, Some(bare.mean() / times.mean()), told);
    }
    many_writers(scene).await
}

/// Takes new projects all the way into preparation, each write followed by a bare insert of as many
/// bytes where they are known, so that whatever else the disk does hinders both alike.
async fn on_their_way(
    scene: &mut Scene,
    connection: &mut Connection,
    count: usize,
    sizes: &[usize],
) -> Result<Vec<Written>> {
    let mut database = Database::open(&scene.url).await?;
    let mut bare = BareInserts::open(&scene.folder, &scene.url).await?;
    let people = scene.people.clone();
    let (submit, accept) = (json!({"action": "submit"}), json!({"action": "accept"}));
    let begun = json!({"state": "begun"});
    let source = json!({"channel": scene.codes.of("channel").first(), "amount": "1000000.00",
        "year": 2018, "status": "intended"});
    let to = json!({"to": "preparation"});
    let (post, put) = (Method::POST, Method::PUT);
    let steps: [Step<'_>; 6] = [
        ("register", &people.registrar, &post, "", &Value::Null, 201),
        ("submit", &people.registrar, &post, "filing", &submit, 200),
        ("accept", &people.reviewer, &post, "filing", &accept, 200),
        ("tag", &people.finance, &post, "funding", &source, 201),
        ("matter", &people.registrar, &put, "matters/feasibility_study", &begun, 200),
        ("move", &people.registrar, &post, "stage", &to, 200),
    ];
    let (mut projects, mut trail, mut all) = (Projects::new(), 0, Vec::new());
    for (number, (what, caller, method, part, body, status)) in steps.into_iter().enumerate() {
        let (mut times, mut bare_times) = (Latencies::default(), Latencies::default());
        for place in 0..count {
            let ask = match projects.get(place) {
                None => scene.register(caller),
                Some((id, version)) => {
                    let path = format!("/api/v1/projects/{id}/{part}");
                    Ask::change(caller, method.clone(), path, Some(*version), body)
                        .expecting(status)
                }
            };
            let reply = connection.ask(&ask).await?;
            times.push(reply.took);
            match projects.get_mut(place) {
                Some((_, version)) => *version += 1,
                None => projects.push(registered(&reply.json())),
            }
            if let Some(size) = sizes.get(number) {
                bare_times.push(bare.insert(*size).await?);
            }
        }
        let ids = projects[0].0..=projects[projects.len() - 1].0;
        let (grown, rows) = database.bytes(&ids).await?;
        let bytes = usize::try_from(grown - trail + rows)? / count;
        trail = grown;
        all.push(Written { what, times, bare: bare_times, bytes });
    }
    bare.close().await?;
    Ok(all)
}

fn registered(project: &Value) -> (i64, i64) {
    let number = |field: &str| project[field].as_i64().unwrap_or_default();
    (number("id"), number("version"))
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
