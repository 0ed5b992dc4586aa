//! `serve`: set up what is not there yet, then serve until told to stop.

use super::account::first_accounts;
use super::signing_key;
use crate::app::{App, router};
use crate::cli::Serve;
use crate::config::Settings;
use crate::health;
use crate::seed;
use metrics_exporter_prometheus::PrometheusHandle;
use shortboard_store::Store;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Serves.
///
/// # Errors
/// What keeps it from starting.
pub async fn run(mut settings: Settings, args: Serve) -> anyhow::Result<ExitCode> {
    settings.listen = args.listen.unwrap_or(settings.listen);
    settings.data_dir = args.data_dir.clone().unwrap_or(settings.data_dir);
    let store = settings.store().await?;
    let alone = store.set_up_alone().await?;
    store.migrate().await?;
    signing_key::load_or_make(&settings)?;
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| anyhow::anyhow!("cannot listen on {}: {error}", settings.listen))?;
    let address = listener.local_addr()?;

    let url = settings.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    if store.is_empty().await? {
        println!("Setting up a new registry at {}", settings.url_without_password());
        if !args.no_seed {
            let seeds = seed::Seeds::read(args.seeds.as_deref())?;
            let loaded = seed::load(&store, seeds).await?;
            println!("Loaded {loaded}");
        }
    }
    // Also of a registry that `seed` or `restore` filled: somebody has to get in.
    if store.accounts().await?.is_empty() {
        first_accounts(&store).await?;
    }
    drop(alone);
    println!("shortboard serves {url}/ — stop it with Ctrl-C");

    tokio::spawn(watch_lists(store.clone()));
    let metrics = health::install_metrics().map_err(anyhow::Error::msg)?;
    tokio::spawn(keep_figures(metrics.clone()));
    let proxies = settings.proxies()?.into();
    let app = App::new(store, metrics, proxies, url.starts_with("https://"));
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stopped()).await?;
    Ok(ExitCode::SUCCESS)
}

/// Sums up the figures now and then: unread, the single measurements would pile up.
async fn keep_figures(metrics: PrometheusHandle) {
    let mut tick = tokio::time::interval(Duration::from_secs(5));
    loop {
        tick.tick().await;
        metrics.run_upkeep();
    }
}

/// Keeps up with code lists that another process loads.
async fn watch_lists(store: Store) {
    let mut tick = tokio::time::interval(Duration::from_secs(5));
    loop {
        tick.tick().await;
        if let Err(error) = store.reload_lists().await {
            tracing::warn!(%error, "the code lists could not be read");
        }
    }
}

/// Waits for Ctrl-C or a request to terminate.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => drop(interrupted.await),
    }
    tracing::info!("stopping");
}
