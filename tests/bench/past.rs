//! Past days: the list and the board as of one, and what changed between two.

use crate::client::{Ask, Connection};
use crate::lists::Urn;
use crate::oracle::Known;
use crate::report::Goal;
use crate::scene::Scene;
use crate::summaries::after_writes;
use anyhow::{Context, Result, ensure};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// The last day that the sample knows of; the made-up history ends there.
pub fn newest_day(scene: &Scene) -> Result<Date> {
    let times = scene.sample.iter().map(|card| Known::of(card).updated_at);
    let newest = times.max().context("no sample")?;
    Ok(newest.to_zoned_datetime(TimeZone::UTC).date())
}

/// Measures past days.
pub async fn run(scene: &mut Scene) -> Result<()> {
    let newest = newest_day(scene)?;
    // Around a year back, and never the same day twice in a row.
    let back = move |number: usize| {
        let days = i64::try_from(number % 500).unwrap_or(0) * 7 % 500;
        newest.saturating_sub((150 + days).days())
    };
    let mut connection = scene.connect().await?;
    agrees(scene, &mut connection, &back(17).to_string()).await?;

    let urn = Urn::of(scene);
    let listed = |number: usize, when: String| {
        let drawn = urn.draw(number as u64 ^ 0x5555);
        Ask::get(&drawn.caller, format!("{}{when}", drawn.path))
    };
    let today = after_writes(scene, &mut connection, |n| listed(n, String::new())).await?;
    let as_of = |number: usize| listed(number, format!("&as_of={}", back(number)));
    let past = after_writes(scene, &mut connection, as_of).await?;
    let told = format!(
        "varied lists as of days 150 to 650 days back; today's: {:.2} ms; p99 {:.2} ms against {:.2} ms",
        today.median(),
        past.p99(),
        today.p99()
    );
    let ratio = Some(past.median() / today.median());
    let goal = Goal::Times(3.0, "today's list");
    scene.report.row("list as of a past day", goal, (past.median(), "ms"), ratio, told);

    let leader = Arc::clone(&scene.people.leader);
    let by_stage = |number: usize| {
        Ask::get(&leader, format!("/api/v1/summary?by=stage&as_of={}", back(number)))
    };
    let summary = after_writes(scene, &mut connection, by_stage).await?;
    let figure = (summary.median(), "ms");
    scene.report.row("summary by stage as of a past day", Goal::Within(50.0), figure, None, "");

    let work = "board as of a past day";
    let board = |number: usize| Ask::get(&leader, format!("/api/v1/board?as_of={}", back(number)));
    if connection.try_ask(&board(0)).await?.status == 404 {
        scene.report.skipped(work, Goal::Within(50.0), "ms", "there is no board yet");
    } else {
        let board = after_writes(scene, &mut connection, board).await?;
        let figure = (board.median(), "ms");
        let told = format!("p99 {:.2} ms", board.p99());
        scene.report.row(work, Goal::Within(50.0), figure, None, told);
    }

    let changes = |number: usize| {
        let to = back(number);
        let from = to.saturating_sub(90.days());
        Ask::get(&leader, format!("/api/v1/changes?from={from}&to={to}"))
    };
    let changes = after_writes(scene, &mut connection, changes).await?;
    let figure = (changes.median(), "ms");
    let told = format!("90 days, ending 150 to 650 days back; p99 {:.2} ms", changes.p99());
    scene.report.row("changes of a quarter", Goal::Within(200.0), figure, None, told);
    Ok(())
}

/// A project in a list as of a day is as it is by itself as of that day.
async fn agrees(scene: &Scene, connection: &mut Connection, day: &str) -> Result<()> {
    let registrar = &scene.people.registrar;
    let path = format!("/api/v1/projects?stage=reserve&as_of={day}");
    let page = connection.json(registrar, &*path).await?;
    let cards = page["items"].as_array().context("a list has items")?;
    ensure!(!cards.is_empty(), "{path}: empty");
    for card in cards.iter().step_by(5) {
        let alone = format!("/api/v1/projects/{}?as_of={day}", card["id"]);
        let file = connection.json(registrar, &*alone).await?;
        for field in ["stage", "total_investment", "gap", "name"] {
            let is_same = file[field] == card[field];
            ensure!(is_same, "{alone}: {field} is {}, in the list {}", file[field], card[field]);
        }
    }
    Ok(())
}
