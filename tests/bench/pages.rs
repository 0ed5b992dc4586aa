//! Pages by cursor: however far down, in whatever order, by whatever two filters.

use crate::client::{Ask, encoded};
use crate::measure::{Timing, in_turn};
use crate::oracle::{Known, SORTS};
use crate::report::Goal;
use crate::scene::Scene;
use anyhow::{Context, Result, ensure};
use std::sync::Arc;

/// How often each place and order is asked from, with different cursors.
const PLACES: usize = 50;

/// How many of the slowest questions are asked again.
const SUSPECTS: usize = 12;

/// What the two filters are drawn from.
const DIMENSIONS: [&str; 8] =
    ["stage", "area", "region", "group", "department", "channel", "start_year", "filing"];

/// Measures pages.
pub async fn run(scene: &mut Scene) -> Result<()> {
    let goal = Goal::Times(1.5, "the first page");
    let mut connection = scene.connect().await?;
    let registrar = Arc::clone(&scene.people.registrar);
    let get = |query: String| Ask::get(&registrar, format!("/api/v1/projects{query}"));
    let page = |cursor: &String| get(format!("?cursor={cursor}"));

    let first = in_turn(&mut connection, scene.timing, &[get(String::new())]).await?.0;
    // The same page again might be remembered: pages near the top stand for it.
    let near: Vec<Ask> = scene.cursors.iter().take(PLACES).map(page).collect();
    let near = in_turn(&mut connection, scene.timing, &near).await?.0;
    let base = near.median();
    let report = &mut scene.report;
    let told =
        format!("the pages after it; the first itself, again and again: {:.2} ms", first.median());
    report.row("first pages, one at a time", Goal::None, (base, "ms"), None, told);

    let deep: Vec<Ask> = scene.cursors.iter().rev().take(PLACES).map(page).collect();
    ensure!(!deep.is_empty(), "the list has one page");
    let (deep, last) = in_turn(&mut connection, scene.timing, &deep).await?;
    let depth = scene.cursors.len() * 4;
    let told = format!("around page {depth} of 50");
    let figure = (deep.median(), "ms");
    report.row("a page deep down", goal, figure, Some(deep.median() / base), told);
    let cards = last.context("no page")?.json();
    ensure!(cards["items"].as_array().is_some_and(|items| !items.is_empty()), "an empty page");

    // Each order from places further and further down.
    let (mut worst, mut worst_sort) = (0.0_f64, "");
    for sort in SORTS {
        let (mut asks, mut cursor) = (Vec::new(), String::new());
        for _ in 0..PLACES / 2 {
            let query = format!("?sort={sort}&limit=200{cursor}");
            let answer = connection.json(&registrar, format!("/api/v1/projects{query}")).await?;
            let Some(next) = answer["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
            asks.push(get(format!("?sort={sort}{cursor}")));
        }
        let median = in_turn(&mut connection, scene.timing, &asks).await?.0.median();
        if median > worst {
            (worst, worst_sort) = (median, sort);
        }
    }
    let told = format!("the slowest of six orders: {worst_sort}");
    scene.report.row("any order", goal, (worst, "ms"), Some(worst / base), told);

    pairs(scene, base).await
}

/// Every two filters together, with values that occur.
async fn pairs(scene: &mut Scene, base: f64) -> Result<()> {
    let goal = Goal::Times(1.5, "the first page");
    let mut connection = scene.connect().await?;
    let registrar = Arc::clone(&scene.people.registrar);
    let cards: Vec<Known> = scene.sample.iter().map(Known::of).collect();
    let mut rng = fastrand::Rng::with_seed(7);
    let mut medians: Vec<(f64, String)> = Vec::new();
    for (number, one) in DIMENSIONS.iter().enumerate() {
        for other in &DIMENSIONS[number + 1..] {
            let mut paths = Vec::new();
            for _ in 0..200 {
                // Both values of one project, so that there is something to find.
                let card = &cards[rng.usize(..cards.len())];
                let (Some(a), Some(b)) = (value(card, one), value(card, other)) else { continue };
                let filter = format!("{one}={}&{other}={}", encoded(&a), encoded(&b));
                paths.push(format!("/api/v1/projects?{filter}"));
                if paths.len() == 8 {
                    break;
                }
            }
            let timing = Timing { samples: 3, ..scene.timing };
            for path in paths {
                // Never the same question twice.
                let asks = [50, 49, 48, 47]
                    .map(|limit| Ask::get(&registrar, format!("{path}&limit={limit}")));
                let times = in_turn(&mut connection, timing, &asks).await?.0;
                medians.push((times.median(), path));
            }
        }
    }
    medians.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (median, _) = medians.get(medians.len() / 2).cloned().context("no pairs")?;
    // Some were only unlucky: the slowest are asked again, more often and in other words.
    let (mut worst, mut url) = (0.0_f64, String::new());
    for (_, path) in medians.iter().rev().take(SUSPECTS) {
        let asks: Vec<Ask> =
            (40..47).map(|limit| Ask::get(&registrar, format!("{path}&limit={limit}"))).collect();
        let timing = Timing { samples: asks.len() - 1, ..scene.timing };
        let again = in_turn(&mut connection, timing, &asks).await?.0.median();
        if again > worst {
            (worst, url) = (again, path.clone());
        }
    }
    let told = format!("the median of {} questions", medians.len());
    let report = &mut scene.report;
    report.row("any two filters", goal, (median, "ms"), Some(median / base), told);
    report.row("any two filters, the worst", goal, (worst, "ms"), Some(worst / base), url);
    Ok(())
}

fn value(card: &Known, dimension: &str) -> Option<String> {
    match dimension {
        "stage" => Some(card.stage.clone()),
        "area" => Some(card.area.clone()),
        "region" => card.regions.first().cloned(),
        "group" => card.group.clone(),
        "department" => card.departments.first().cloned(),
        "channel" => card.sources.first().map(|source| source.channel.clone()),
        "start_year" => card.start_year.clone(),
        _ => Some(card.filing.clone()),
    }
}
