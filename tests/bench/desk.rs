//! The pages people look at most: the list, the desk and the board, each with a write before so that
//! nothing is remembered.

use crate::client::{Ask, Connection};
use crate::report::Goal;
use crate::scene::Scene;
use crate::summaries::after_writes;
use anyhow::{Context, Result};
use hyper::Method;
use hyper::header::{COOKIE, SET_COOKIE};
use std::sync::Arc;

/// What a page may take, milliseconds.
const WITHIN: f64 = 100.0;

/// The pages: what is measured, who looks, and the path.
const PAGES: [(&str, &str, &str); 5] = [
    ("the list as a page", "registrar", "/projects"),
    (
        "the list as a page, by stage and region",
        "registrar",
        "/projects?stage=reserve&region=210726",
    ),
    ("the desk", "registrar", "/"),
    ("the board as a page", "leader", "/board"),
    (
        "the board as a page, a quarter compared",
        "leader",
        "/board?as_of=2026-06-30&since=2026-04-01",
    ),
];

/// Measures the pages.
pub async fn run(scene: &mut Scene) -> Result<()> {
    let mut connection = scene.connect().await?;
    for (work, account, path) in PAGES {
        let cookie = sign_in(scene, &mut connection, account).await?;
        let ask = Ask::get(&Arc::from(""), path).with(COOKIE, cookie);
        let bytes = connection.ask(&ask).await?.body.len();
        let took = after_writes(scene, &mut connection, |_| ask.clone()).await?;
        let told = format!("a write before each; {bytes} bytes, p99 {:.1} ms", took.p99());
        scene.report.row(work, Goal::Within(WITHIN), (took.median(), "ms"), None, told);
    }
    Ok(())
}

/// Signs in, and answers the cookie of the session.
async fn sign_in(scene: &Scene, connection: &mut Connection, account: &str) -> Result<String> {
    let password: String = std::iter::repeat_with(fastrand::alphanumeric).take(20).collect();
    let reset = ["account", "reset", account, "--password-stdin"];
    scene.program.run(&reset, &format!("{password}\n"))?;
    let ask = Ask {
        method: Method::POST,
        body: format!("name={account}&password={password}").into(),
        ..Ask::get(&Arc::from(""), "/sign-in").expecting(303)
    };
    let reply = connection.ask(&ask).await?;
    let cookie = reply.headers.get(SET_COOKIE).context("no session")?.to_str()?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}
