//! The benchmark: fills a registry with made-up projects, checks its answers against an oracle, and
//! measures each kind of work against a ceiling of the same run. `cargo xtask bench` starts it.

mod answers;
mod chart;
mod client;
mod codes;
mod coming_in;
mod constant;
mod database;
mod desk;
mod files;
mod ledger;
mod ledgers;
mod lists;
mod load;
mod measure;
mod options;
mod oracle;
mod pages;
mod past;
mod plan;
mod report;
mod running;
mod scene;
mod search;
mod server;
mod similar;
mod spent;
mod summaries;
mod writes;

use anyhow::Result;
use options::Options;
use scene::Scene;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match Options::parse(&arguments) {
        Ok(options) => run(options),
        Err(sentence) => {
            // Cargo starts every bench target when it is asked for all of them.
            println!("{sentence}");
            return ExitCode::SUCCESS;
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<ExitCode> {
    if let Some(file) = &options.chart {
        chart::write(&options.results, file)?;
        println!("Wrote {}.", file.display());
        return Ok(ExitCode::SUCCESS);
    }
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build()?;
    if options.constant {
        runtime.block_on(constant::serve())?;
        return Ok(ExitCode::SUCCESS);
    }
    runtime.block_on(bench(options))
}

async fn bench(options: Options) -> Result<ExitCode> {
    let mut scene = Scene::set(options).await?;
    if scene.options.answers || scene.options.projects <= answers::MOST_PROJECTS {
        println!("Checking answers …");
        let mut wrong = answers::check(&mut scene).await?;
        if scene.options.answers {
            wrong.extend(files::run(&mut scene).await.err().map(|error| format!("{error:#}")));
            wrong.extend(ledgers::run(&mut scene).await.err().map(|error| format!("{error:#}")));
        }
        for answer in &wrong {
            println!("WRONG: {answer}");
        }
        if !wrong.is_empty() {
            println!("{} wrong answers.", wrong.len());
            return Ok(ExitCode::FAILURE);
        }
        if scene.options.answers {
            return Ok(ExitCode::SUCCESS);
        }
    }

    macro_rules! measured {
        ($($work:literal => $run:expr;)*) => {$(
            if scene.options.asks_for($work) {
                println!("Measuring: {} …", $work);
                if let Err(error) = $run(&mut scene).await {
                    scene.report.broken($work, &error);
                }
            }
        )*};
    }
    measured! {
        "lists" => lists::run;
        "the statement alone" => plan::run;
        "pages" => pages::run;
        "summaries" => summaries::run;
        "the desk" => desk::run;
        "past days" => past::run;
        "search" => search::run;
        "similar projects" => similar::run;
        "writes" => writes::run;
        "reads while others write" => running::reads_while_writing;
        "files of the list" => files::run;
        "ledgers" => ledgers::run;
        "a ledger that comes in" => coming_in::run;
        "memory and start" => running::memory_and_start;
    }
    if scene.options.only.is_empty() {
        scene.report.write(&scene.options)?;
    }
    println!("\n{}", scene.report.table());
    Ok(ExitCode::SUCCESS)
}
