//! The server at work: reads while others write, memory after all runs, and the way from its start
//! to the first answer.

use crate::client::Ask;
use crate::lists::Urn;
use crate::load::{self, CONNECTIONS};
use crate::measure::Timing;
use crate::report::Goal;
use crate::scene::Scene;
use crate::writes::registering;
use anyhow::Result;
use std::time::{Duration, Instant};

/// Connections that read, and their pace in all.
const READERS: usize = 4;
const READS_A_SECOND: u32 = 200;

/// The most memory on SQLite, mebibytes.
const MOST_MEMORY: f64 = 300.0;

/// Measures varied lists at a modest pace, alone and beside sixteen writers.
pub async fn reads_while_writing(scene: &mut Scene) -> Result<()> {
    let (timing, address) = (scene.timing, scene.server.address.clone());
    let lasting = timing.load;
    // Once unmeasured, as after any other work.
    let warm = Duration::from_secs(1);
    load::paced(&address, READERS, READS_A_SECOND, warm, Urn::of(scene).load(2)).await?;
    let quiet = load::paced(&address, READERS, READS_A_SECOND, lasting, Urn::of(scene).load(3));
    let quiet = quiet.await?;
    let writers = Timing { load: lasting + warm, ..timing };
    let writing = load::closed(&address, CONNECTIONS, writers, registering(scene, 3));
    let reading = async {
        tokio::time::sleep(timing.warm_up).await;
        load::paced(&address, READERS, READS_A_SECOND, lasting, Urn::of(scene).load(4)).await
    };
    let (written, busy) = tokio::join!(writing, reading);
    let (written, busy) = (written?, busy?);
    let told = format!(
        "{READS_A_SECOND} varied lists a second; quiet {:.2} ms, medians {:.2} and {:.2} ms; \
         {:.0} writes/s",
        quiet.p99(),
        busy.median(),
        quiet.median(),
        written.per_second
    );
    let goal = Goal::Times(3.0, "the quiet p99");
    let ratio = Some(busy.p99() / quiet.p99());
    let figure = (busy.p99(), "ms");
    scene.report.row("p99 of reads while sixteen write", goal, figure, ratio, told);
    Ok(())
}

/// Measures memory, then starts the server again.
pub async fn memory_and_start(scene: &mut Scene) -> Result<()> {
    let goal = if scene.options.is_postgres() { Goal::None } else { Goal::Within(MOST_MEMORY) };
    // An allocator gives back what was freed a second ago, when it is asked for something again.
    let again = Ask::get(&scene.people.registrar, "/api/v1/projects");
    let mut connection = scene.connect().await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    for _ in 0..20 {
        connection.ask(&again).await?;
    }
    let (now, peak) = (scene.server.memory("VmRSS")?, scene.server.memory("VmHWM")?);
    let told = format!("{peak:.0} MiB at the most");
    scene.report.row("memory of the server after all", goal, (now, "MiB"), None, told);

    let ask = Ask::get(&scene.people.registrar, "/api/v1/projects");
    scene.server.stop();
    let start = Instant::now();
    scene.server = scene.program.serve()?;
    scene.server.until_answered(&ask).await?;
    let figure = (start.elapsed().as_secs_f64(), "s");
    scene.report.row("start to the first answer", Goal::Within(1.0), figure, None, "");
    Ok(())
}
