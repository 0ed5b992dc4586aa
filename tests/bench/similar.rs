//! Likely duplicates while a name is typed, letter by letter.

use crate::client::{Ask, encoded};
use crate::measure::Latencies;
use crate::report::Goal;
use crate::scene::Scene;
use anyhow::Result;
use std::sync::Arc;
use std::time::Instant;

/// From this many characters on duplicates are looked for.
const FIRST_ASKED: usize = 4;

/// Names that are typed.
const NAMES: usize = 20;

/// Measures the look for duplicates.
pub async fn run(scene: &mut Scene) -> Result<()> {
    let mut connection = scene.connect().await?;
    let registrar = Arc::clone(&scene.people.registrar);
    let step = (scene.sample.len() / NAMES).max(1);
    let names = scene.sample.iter().step_by(step).filter_map(|card| card["name"].as_str());
    let (mut latencies, start) = (Latencies::default(), Instant::now());
    let (mut worst, mut slowest) = (0.0_f64, String::new());
    'names: for name in names.take(NAMES) {
        // People type the name alone; the mark of made-up ones is none of it.
        let letters: Vec<char> = name.trim_start_matches("【演示】").chars().collect();
        for length in FIRST_ASKED..=letters.len() {
            let typed: String = letters[..length].iter().collect();
            let path = format!("/api/v1/projects/similar?name={}", encoded(&typed));
            let reply = connection.ask(&Ask::get(&registrar, path)).await?;
            let took = reply.took.as_secs_f64() * 1000.0;
            latencies.push(reply.took);
            if took > worst {
                (worst, slowest) = (took, typed);
            }
            // A slow look is measured well enough by fewer names.
            if start.elapsed() > 4 * scene.timing.budget && latencies.len() > 20 {
                break 'names;
            }
        }
    }
    let goal = Goal::Within(20.0);
    let told = format!("{} looks, each once", latencies.len());
    let report = &mut scene.report;
    report.row("similar while typing, the median", goal, (latencies.median(), "ms"), None, told);
    let told = format!("the worst: {worst:.2} ms for {slowest}");
    report.row("similar while typing, p99", goal, (latencies.p99(), "ms"), None, told);
    Ok(())
}
