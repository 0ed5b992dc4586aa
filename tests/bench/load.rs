//! The load generator: many connections, each asking as soon as it was answered, or at a pace.

use crate::client::{Ask, Connection};
use crate::measure::{Latencies, Timing};
use anyhow::{Result, bail};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Connections of an ordinary load.
pub const CONNECTIONS: usize = 16;

/// What the next question is; it is told how many were asked before.
pub type Next = Arc<dyn Fn(u64) -> Ask + Send + Sync>;

/// What a load came to.
#[derive(Debug, Default)]
pub struct Load {
    pub latencies: Latencies,
    /// Answers a second.
    pub per_second: f64,
    /// Bytes of a body, on average.
    pub body_bytes: u64,
}

/// Each connection asks as soon as it was answered. A wrong status ends the load with an error.
pub async fn closed(address: &str, connections: usize, timing: Timing, next: Next) -> Result<Load> {
    let asked = Arc::new(AtomicU64::new(0));
    let begin = Instant::now() + timing.warm_up;
    let end = begin + timing.load;
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let (address, next, asked) = (address.to_owned(), Arc::clone(&next), Arc::clone(&asked));
        tasks.spawn(async move {
            let mut connection = Connection::open(&address).await?;
            let (mut latencies, mut bytes) = (Latencies::default(), 0);
            while Instant::now() < end {
                let ask = next(asked.fetch_add(1, Ordering::Relaxed));
                let reply = connection.ask(&ask).await?;
                let now = Instant::now();
                if (begin..end).contains(&now) {
                    latencies.push(reply.took);
                    bytes += reply.body.len() as u64;
                }
            }
            anyhow::Ok((latencies, bytes))
        });
    }
    let (mut load, mut bytes) = (Load::default(), 0);
    while let Some(done) = tasks.join_next().await {
        let (latencies, its_bytes) = done??;
        load.latencies.extend(latencies);
        bytes += its_bytes;
    }
    if load.latencies.len() == 0 {
        bail!("no answer came within {:?}", timing.load);
    }
    load.per_second = load.latencies.len() as f64 / timing.load.as_secs_f64();
    load.body_bytes = bytes / load.latencies.len() as u64;
    Ok(load)
}

/// Asks at a pace, however long the answers take: each time counts from when the question was due.
pub async fn paced(
    address: &str,
    connections: usize,
    per_second: u32,
    lasting: Duration,
    next: Next,
) -> Result<Latencies> {
    let every = Duration::from_secs(1) / per_second * u32::try_from(connections)?;
    let asked = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for number in 0..connections {
        let (address, next, asked) = (address.to_owned(), Arc::clone(&next), Arc::clone(&asked));
        tasks.spawn(async move {
            let mut connection = Connection::open(&address).await?;
            let mut latencies = Latencies::default();
            let mut due = start + every / u32::try_from(connections)? * u32::try_from(number)?;
            while due < start + lasting {
                tokio::time::sleep_until(due.into()).await;
                // The timer's own grain is not the server's; a question that had to wait for the
                // one before it was due when it was due.
                let woke = Instant::now();
                let from = if woke - due <= TIMER_GRAIN { woke } else { due };
                connection.ask(&next(asked.fetch_add(1, Ordering::Relaxed))).await?;
                latencies.push(from.elapsed());
                due += every;
            }
            anyhow::Ok(latencies)
        });
    }
    let mut latencies = Latencies::default();
    while let Some(done) = tasks.join_next().await {
        latencies.extend(done??);
    }
    Ok(latencies)
}

/// How late a timer may wake by itself.
const TIMER_GRAIN: Duration = Duration::from_millis(2);
