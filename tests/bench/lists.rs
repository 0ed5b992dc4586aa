//! The list under load: varied questions that no cache answers, and the same one again and again.

use crate::client::{Ask, Connection, encoded};
use crate::codes::STAGES;
use crate::constant::Constant;
use crate::load::{self, CONNECTIONS, Load, Next};
use crate::measure::Timing;
use crate::oracle::{Known, has, lies_in};
use crate::report::Goal;
use crate::scene::Scene;
use anyhow::{Context, Result, ensure};
use hyper::header::IF_NONE_MATCH;
use std::sync::Arc;

/// How many drawn questions are checked, beside the load.
const CHECKED: u64 = 200;

/// What questions are drawn from.
pub struct Urn {
    /// Who asks, and whether the region is fixed by who asks.
    callers: Vec<Arc<str>>,
    /// Filters beside the stage: name and values.
    facets: Vec<(&'static str, Vec<String>)>,
    cursors: Arc<Vec<String>>,
    county: Arc<str>,
}

/// A drawn question.
pub struct Drawn {
    pub caller: Arc<str>,
    pub stage: &'static str,
    pub facet: Option<(&'static str, String)>,
    pub path: String,
}

impl Urn {
    /// What this scene has to draw from.
    pub fn of(scene: &Scene) -> Self {
        let people = &scene.people;
        let mut years: Vec<String> =
            scene.sample.iter().filter_map(|card| Known::of(card).start_year).collect();
        years.sort_unstable();
        years.dedup();
        let facets = scene.codes.0.iter().map(|facet| (facet.name, facet.values.clone()));
        Self {
            callers: [&people.registrar, &people.leader, &people.county].map(Arc::clone).to_vec(),
            facets: facets.chain([("start_year", years)]).collect(),
            cursors: Arc::clone(&scene.cursors),
            county: Arc::clone(&people.county),
        }
    }

    /// The question of this number: always the same one.
    pub fn draw(&self, number: u64) -> Drawn {
        let mut rng = fastrand::Rng::with_seed(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 7);
        let caller = Arc::clone(&self.callers[rng.usize(..self.callers.len())]);
        let stage = STAGES[rng.usize(..STAGES.len())];
        let mut path = format!("/api/v1/projects?stage={stage}");
        // One in so many goes without a further filter; a county's list has one region anyway.
        let facet = self.facets.get(rng.usize(..=self.facets.len()));
        let facet = facet.filter(|(name, values)| {
            let is_fixed = *name == "region" && Arc::ptr_eq(&caller, &self.county);
            !values.is_empty() && !is_fixed
        });
        let facet = facet.map(|(name, values)| {
            let value = values[rng.usize(..values.len())].clone();
            path.push_str(&format!("&{name}={}", encoded(&value)));
            (*name, value)
        });
        if !self.cursors.is_empty() && rng.u8(0..8) > 0 {
            let cursor = &self.cursors[rng.usize(..self.cursors.len())];
            path.push_str(&format!("&cursor={cursor}"));
        }
        Drawn { caller, stage, facet, path }
    }

    /// An endless load of drawn questions, another one with each salt.
    pub fn load(self, salt: u64) -> Next {
        Arc::new(move |asked| {
            let drawn = self.draw(salt.wrapping_mul(1 << 32).wrapping_add(asked));
            Ask::get(&drawn.caller, drawn.path)
        })
    }
}

/// Measures the list.
pub async fn run(scene: &mut Scene) -> Result<()> {
    check_drawn(scene).await?;
    let (timing, address) = (scene.timing, scene.server.address.clone());
    let registrar = Arc::clone(&scene.people.registrar);
    let same = Ask::get(&registrar, "/api/v1/projects?stage=construction");
    let mut connection = scene.connect().await?;
    let whole = connection.ask(&same).await?;

    let constant = Constant::start(whole.body.len() as u64)?;
    let before = constant.measure(timing, &registrar).await?;
    let varied = load::closed(&address, CONNECTIONS, timing, Urn::of(scene).load(1)).await?;
    let again = same.clone();
    let repeated = load::closed(&address, CONNECTIONS, timing, Arc::new(move |_| again.clone()));
    let repeated = repeated.await?;
    let unchanged = not_modified(&mut connection, &same, &address, timing).await;
    let after = constant.measure(timing, &registrar).await?;
    drop(constant);
    let ceiling = f64::midpoint(before, after);

    let unit = "answers/s";
    let report = &mut scene.report;
    let told = format!(
        "{before:.0} before, {after:.0} after, {} bytes, {CONNECTIONS} connections",
        whole.body.len()
    );
    report.row("the constant", Goal::None, (ceiling, unit), None, told);
    let goal = Goal::Part(0.10, "the constant");
    let told = format!(
        "stage × filter × cursor × caller at random, {} bytes on average, median {:.2} ms",
        varied.body_bytes,
        varied.latencies.median()
    );
    let figure = (varied.per_second, unit);
    report.row(VARIED, goal, figure, Some(varied.per_second / ceiling), told);
    let p99 = (varied.latencies.p99(), "ms");
    report.row("list by stage, varied: p99 under load", Goal::Within(10.0), p99, None, "");
    let goal = Goal::Part(0.5, "the constant");
    let figure = (repeated.per_second, unit);
    let told = format!("whole answers, p99 {:.2} ms", repeated.latencies.p99());
    report.row("the same list again", goal, figure, Some(repeated.per_second / ceiling), told);
    let work = "the same list again, 304 by ETag";
    match unchanged {
        Ok(load) => {
            let told = format!("p99 {:.2} ms", load.latencies.p99());
            let ratio = Some(load.per_second / ceiling);
            report.row(work, goal, (load.per_second, unit), ratio, told);
        }
        Err(error) => report.short(work, goal, unit, format!("{error:#}")),
    }
    Ok(())
}

/// A load of those who have just had the answer. It ends with an error when that changes, as it does
/// when PostgreSQL tidies up meanwhile.
async fn not_modified(
    connection: &mut Connection,
    same: &Ask,
    address: &str,
    timing: Timing,
) -> Result<Load> {
    let whole = connection.ask(same).await?;
    let etag = whole.etag().context("the list has no ETag")?;
    let ask = same.clone().with(IF_NONE_MATCH, etag).expecting(304);
    load::closed(address, CONNECTIONS, timing, Arc::new(move |_| ask.clone())).await
}

/// The name of the row of varied lists.
pub const VARIED: &str = "list by stage, 50 with funding, varied";

/// Asks some drawn questions and looks at every card of their answers.
async fn check_drawn(scene: &mut Scene) -> Result<()> {
    let urn = Urn::of(scene);
    let mut connection = scene.connect().await?;
    for number in 0..CHECKED {
        let drawn = urn.draw(number);
        let page = connection.json(&drawn.caller, &*drawn.path).await?;
        let path = &drawn.path;
        let cards: Vec<Known> =
            page["items"].as_array().into_iter().flatten().map(Known::of).collect();
        ensure!(cards.len() <= 50, "{path}: {} projects", cards.len());
        let is_county = Arc::ptr_eq(&drawn.caller, &scene.people.county);
        for card in &cards {
            ensure!(
                has(card, "stage", drawn.stage),
                "{path}: project {} stands elsewhere",
                card.id
            );
            if let Some((name, value)) = &drawn.facet {
                ensure!(has(card, name, value), "{path}: project {} has another {name}", card.id);
            }
            let in_sight = if is_county {
                lies_in(card, &scene.people.county_code)
            } else {
                card.filing == "accepted" || Arc::ptr_eq(&drawn.caller, &scene.people.registrar)
            };
            ensure!(in_sight, "{path}: project {} is out of sight", card.id);
        }
        let keys: Vec<_> = cards.iter().map(|card| (card.total, card.id)).collect();
        ensure!(keys.is_sorted_by(|a, b| a > b), "{path}: out of order");
    }
    Ok(())
}
