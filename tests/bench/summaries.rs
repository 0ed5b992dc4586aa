//! Summaries by one dimension and by two, and the board in one call, with a write before each so
//! that none is remembered, and without.

use crate::client::{Ask, Connection};
use crate::measure::{Latencies, in_turn};
use crate::oracle::fen;
use crate::report::{Goal, earlier_figure};
use crate::scene::Scene;
use anyhow::{Result, ensure};
use serde_json::Value;
use std::sync::Arc;
use std::time::Instant;

/// What summaries are made by.
const DIMENSIONS: [&str; 5] = ["stage", "area", "region", "group", "channel"];

/// The size that growth is measured from.
const SMALL: u32 = 10_000;

/// Measures summaries and the board.
pub async fn run(scene: &mut Scene) -> Result<()> {
    let mut connection = scene.connect().await?;
    add_up(scene, &mut connection).await?;
    let singles = DIMENSIONS.map(str::to_owned).to_vec();
    let pairs = DIMENSIONS.iter().enumerate().flat_map(|(number, one)| {
        DIMENSIONS[number + 1..].iter().map(move |other| format!("{one},{other}"))
    });
    for (work, by) in [
        ("summary by one, a write before each", singles),
        ("summary by two, a write before each", pairs.collect()),
    ] {
        let (mut worst, mut slowest, mut again) = (0.0_f64, String::new(), 0.0_f64);
        for by in by {
            let ask = Ask::get(&scene.people.leader, format!("/api/v1/summary?by={by}"));
            let median = after_writes(scene, &mut connection, |_| ask.clone()).await?.median();
            let same = in_turn(&mut connection, scene.timing, std::slice::from_ref(&ask)).await?.0;
            again = again.max(same.median());
            if median > worst {
                (worst, slowest) = (median, by);
            }
        }
        let told = format!("the slowest: {slowest}; without writes {again:.2} ms");
        scene.report.row(work, Goal::Within(2.0), (worst, "ms"), None, told);
        growth(scene, work, worst);
    }
    board(scene, &mut connection).await
}

/// Whatever they are made by, summaries are of the same projects and their money; so is the board.
async fn add_up(scene: &Scene, connection: &mut Connection) -> Result<()> {
    let leader = Arc::clone(&scene.people.leader);
    let sums = |answer: &Value| {
        let rows = answer["rows"].as_array().into_iter().flatten();
        rows.fold((0, 0, 0, 0), |sums: (i64, i128, i128, i128), row| {
            let money = |field: &str| fen(&row[field]).unwrap_or(0);
            let count = row["count"].as_i64().unwrap_or(0);
            (
                sums.0 + count,
                sums.1 + money("total_investment"),
                sums.2 + money("planned_funding"),
                sums.3 + money("arrived_funding"),
            )
        })
    };
    let whole = sums(&connection.json(&leader, "/api/v1/summary?by=stage").await?);
    ensure!(whole.0 >= i64::from(scene.options.projects), "a summary of {} projects", whole.0);
    for by in ["area", "region", "group", "area,stage", "group,region", "stage,region"] {
        let path = format!("/api/v1/summary?by={by}");
        let found = sums(&connection.json(&leader, &*path).await?);
        ensure!(found == whole, "{path} adds up to {found:?} instead of {whole:?}");
    }
    let board = connection.try_ask(&Ask::get(&leader, "/api/v1/board")).await?.json();
    for answer in board["summaries"].as_array().into_iter().flatten() {
        let found = sums(answer);
        let is_overlapping = answer["overlapping"] == true;
        ensure!(is_overlapping || found == whole, "the board: {found:?} instead of {whole:?}");
    }
    Ok(())
}

async fn board(scene: &mut Scene, connection: &mut Connection) -> Result<()> {
    let work = "the board in one call, a write before each";
    let goal = Goal::Within(2.0);
    let ask = Ask::get(&scene.people.leader, "/api/v1/board");
    if connection.try_ask(&ask).await?.status == 404 {
        scene.report.skipped(work, goal, "ms", "there is no board yet");
        return Ok(());
    }
    let median = after_writes(scene, connection, |_| ask.clone()).await?.median();
    let (again, last) = in_turn(connection, scene.timing, &[ask]).await?;
    let bytes = last.map_or(0, |reply| reply.body.len());
    let told = format!("{bytes} bytes; without writes {:.2} ms", again.median());
    scene.report.row(work, goal, (median, "ms"), None, told);
    growth(scene, work, median);
    Ok(())
}

/// How the figure compares with the one of a small registry, when there are results of one.
fn growth(scene: &mut Scene, work: &str, figure: f64) {
    let goal = Goal::Times(1.5, "that of 10,000 projects");
    let name = format!("{work}: growth");
    let options = &scene.options;
    if options.projects <= SMALL {
        return;
    }
    match earlier_figure(&options.results, options.database_word(), SMALL, work) {
        Some(small) => {
            let told = format!("{small:.2} ms there");
            scene.report.row(&name, goal, (figure, "ms"), Some(figure / small), told);
        }
        None => scene.report.skipped(&name, goal, "ms", "no results of 10,000 projects"),
    }
}

/// Asks as long as the timing says, each time after a project was registered. The question is told
/// how many went before it.
pub async fn after_writes(
    scene: &mut Scene,
    connection: &mut Connection,
    question: impl Fn(usize) -> Ask,
) -> Result<Latencies> {
    let (mut latencies, timing) = (Latencies::default(), scene.timing);
    let registrar = Arc::clone(&scene.people.registrar);
    connection.ask(&question(usize::MAX)).await?;
    let start = Instant::now();
    while timing.goes_on(latencies.len(), start) {
        let write = scene.register(&registrar);
        connection.ask(&write).await?;
        latencies.push(connection.ask(&question(latencies.len())).await?.took);
    }
    Ok(latencies)
}
