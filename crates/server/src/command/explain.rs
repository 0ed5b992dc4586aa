//! `explain`: which statements a request runs, and how the database goes about them.

use crate::app::{App, router};
use crate::config::Settings;
use crate::health;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use std::process::ExitCode;
use tower::ServiceExt;

/// Answers a GET as an account would have it answered, and prints each statement with its plan.
///
/// # Errors
/// An account that does not exist; a request that is not answered well.
pub async fn run(settings: &Settings, path: &str, account: &str) -> anyhow::Result<ExitCode> {
    let (store, heard) = super::existing(settings).await?.listened();
    let actor = store.account(account).await?.and_then(|account| account.actor());
    let actor = actor.ok_or_else(|| anyhow::anyhow!("there is no account {account}"))?;
    heard.forget();
    let metrics = health::install_metrics().map_err(anyhow::Error::msg)?;
    let proxies = settings.proxies()?.into();
    let app = App::new(store.clone(), metrics, proxies, false);
    let mut request = Request::get(path).body(Body::empty())?;
    request.extensions_mut().insert(actor);
    let response = router(app).oneshot(request).await?;
    if response.status() != StatusCode::OK {
        anyhow::bail!("the request is answered with {}", response.status());
    }
    for explained in store.explain(&heard).await? {
        println!("{};", explained.sql);
        for line in explained.plan {
            println!("    {line}");
        }
    }
    Ok(ExitCode::SUCCESS)
}
