//! Latencies, and how they are collected one question at a time.

use crate::client::{Ask, Connection, Reply};
use anyhow::Result;
use std::time::{Duration, Instant};

/// Measured times.
#[derive(Debug, Clone, Default)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    pub fn push(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The time that this share of them is not above, in milliseconds; 0 of none.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        let at = (last as f64 * share).round() as usize;
        sorted.get(at).map_or(0.0, |took| took.as_secs_f64() * 1000.0)
    }

    /// Milliseconds.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// Milliseconds.
    pub fn p99(&self) -> f64 {
        self.quantile(0.99)
    }

    /// Milliseconds.
    pub fn mean(&self) -> f64 {
        let sum: Duration = self.0.iter().sum();
        sum.as_secs_f64() * 1000.0 / self.0.len().max(1) as f64
    }
}

/// How long things are measured.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// Load before anything counts.
    pub warm_up: Duration,
    /// Load that counts.
    pub load: Duration,
    /// The most questions of one kind, one at a time.
    pub samples: usize,
    /// After this time a kind of question is asked no more, beyond the fewest.
    pub budget: Duration,
    /// How many writes of a kind.
    pub writes: usize,
}

/// The fewest questions of a kind.
const FEWEST: usize = 3;

impl Timing {
    /// Small registries are for trying the benchmark out.
    pub fn of(projects: u32) -> Self {
        let small = projects < 50_000;
        Self {
            warm_up: Duration::from_millis(if small { 500 } else { 1000 }),
            load: Duration::from_secs(if small { 3 } else { 5 }),
            samples: 50,
            budget: Duration::from_secs(if small { 1 } else { 3 }),
            writes: 300,
        }
    }

    /// Whether another question of this kind is to be asked.
    pub fn goes_on(&self, asked: usize, since: Instant) -> bool {
        asked < FEWEST || (asked < self.samples && since.elapsed() < self.budget)
    }
}

/// Asks the questions in turn, one at a time, as long as the timing says, and keeps the times.
pub async fn in_turn(
    connection: &mut Connection,
    timing: Timing,
    asks: &[Ask],
) -> Result<(Latencies, Option<Reply>)> {
    let mut latencies = Latencies::default();
    let mut last = None;
    // The first answer warms up what only the first needs.
    if let Some(first) = asks.first() {
        connection.ask(first).await?;
    }
    let start = Instant::now();
    // What was just answered comes again last.
    for ask in asks.iter().cycle().skip(1) {
        if !timing.goes_on(latencies.len(), start) {
            break;
        }
        let reply = connection.ask(ask).await?;
        latencies.push(reply.took);
        last = Some(reply);
    }
    Ok((latencies, last))
}
