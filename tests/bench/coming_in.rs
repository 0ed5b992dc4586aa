//! A ledger that comes in through the server, and how those who read fare meanwhile.

use crate::client::{Ask, Connection};
use crate::ledgers;
use crate::lists::Urn;
use crate::load;
use crate::measure::Latencies;
use crate::report::Goal;
use crate::scene::Scene;
use anyhow::{Context, Result, anyhow, bail, ensure};
use hyper::Method;
use hyper::header::CONTENT_TYPE;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Connections that read, and their pace in all.
const READERS: usize = 2;
const READS_A_SECOND: u32 = 50;

/// The most memory of a server that takes a ledger in, mebibytes.
const IN_MEMORY: f64 = 400.0;

/// How long it may take before it is given up.
const GIVEN_UP: Duration = Duration::from_secs(1200);

/// What stands between the parts of the form.
const BOUNDARY: &str = "a-part-of-the-form";

/// Uploads a ledger, has it carried out while lists are asked for, and takes it back.
pub async fn run(scene: &mut Scene) -> Result<()> {
    let (file, rows) = (ledgers::made(scene).await?, ledgers::rows(scene));
    let mut connection = scene.connect().await?;
    let start = Instant::now();
    let reply = connection.try_ask(&upload(scene, &std::fs::read(&file)?)).await?;
    ensure!([201, 202].contains(&reply.status), "the upload answered {}", reply.status);
    let preview = settled(scene, &mut connection, &reply.json(), "ready").await?;
    let read = start.elapsed().as_secs_f64();
    ensure!(preview["counts"]["new"] == rows, "the preview shows {}", preview["counts"]);

    let (address, lasting) = (scene.server.address.clone(), scene.timing.load);
    let quiet = load::paced(&address, READERS, READS_A_SECOND, lasting, Urn::of(scene).load(5));
    let quiet = quiet.await?;
    let (start, is_over) = (Instant::now(), AtomicBool::new(false));
    let committing = commit(scene, &preview);
    let carrying = async {
        let mut connection = Connection::open(&address).await?;
        // It is asked for until it is done, and readers go on no longer.
        let reply = connection.try_ask(&committing).await;
        let done = match reply {
            Ok(reply) if [200, 202].contains(&reply.status) => {
                settled(scene, &mut connection, &reply.json(), "done").await
            }
            Ok(reply) => Err(anyhow!("the commit answered {}", reply.status)),
            Err(error) => Err(error),
        };
        is_over.store(true, Ordering::Relaxed);
        done.map(|_| start.elapsed().as_secs_f64())
    };
    let reading = async {
        let (mut all, second) = (Latencies::default(), Duration::from_secs(1));
        for round in 6.. {
            let load = Urn::of(scene).load(round);
            all.extend(load::paced(&address, READERS, READS_A_SECOND, second, load).await?);
            if is_over.load(Ordering::Relaxed) {
                break;
            }
        }
        anyhow::Ok(all)
    };
    let (carried, busy) = tokio::join!(carrying, reading);
    let (took, busy) = (carried?, busy?);

    let goal = if scene.options.is_postgres() { Goal::None } else { Goal::Within(60.0) };
    let told = format!("{rows} rows; {read:.1} s until the preview, {took:.1} s to carry it out");
    scene.report.row("a ledger through the server", goal, (read + took, "s"), None, told);
    let told = format!(
        "{READS_A_SECOND} varied lists a second; quiet {:.2} ms, medians {:.2} and {:.2} ms",
        quiet.p99(),
        busy.median(),
        quiet.median()
    );
    let (goal, ratio) = (Goal::Times(3.0, "the quiet p99"), Some(busy.p99() / quiet.p99()));
    let work = "p99 of reads while a ledger comes in";
    scene.report.row(work, goal, (busy.p99(), "ms"), ratio, told);
    let peak = scene.server.memory("VmHWM")?;
    let work = "memory of the server while a ledger comes in";
    scene.report.row(
        work,
        Goal::Within(IN_MEMORY),
        (peak, "MiB"),
        None,
        "the most since its start",
    );
    Ok(())
}

fn upload(scene: &Scene, file: &[u8]) -> Ask {
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; \
         filename=\"ledger.xlsx\"\r\n\r\n"
    );
    let tail = format!("\r\n--{BOUNDARY}--\r\n");
    let body = [head.as_bytes(), file, tail.as_bytes()].concat();
    let ask = Ask {
        method: Method::POST,
        body: body.into(),
        ..Ask::get(&scene.people.registrar, "/api/v1/imports")
    };
    ask.with(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
}

fn commit(scene: &Scene, preview: &Value) -> Ask {
    let path = format!("/api/v1/imports/{}/commit", preview["id"]);
    let version = preview["version"].as_i64();
    Ask::change(&scene.people.registrar, Method::POST, path, version, &json!({}))
}

/// An import that has come to a state.
async fn settled(
    scene: &Scene,
    connection: &mut Connection,
    import: &Value,
    state: &str,
) -> Result<Value> {
    let id = import["id"].as_i64().context("the import has no number")?;
    let start = Instant::now();
    while start.elapsed() < GIVEN_UP {
        let path = format!("/api/v1/imports/{id}");
        let import = connection.json(&scene.people.registrar, path).await?;
        if import["state"] == state {
            return Ok(import);
        }
        // Nobody works on it any more.
        if import["progress"].is_null() {
            bail!("the import is {} and not {state}", import["state"]);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("the import was not {state} within {GIVEN_UP:?}")
}
