//! Whether the program is alive and ready, and its figures.

use crate::app::App;
use crate::client;
use crate::extract::Caller;
use crate::problem::{Failure, Problem};
use axum::Json;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde::Serialize;
use shortboard_domain::access::Action;
use std::time::{Duration, Instant};
use utoipa::ToSchema;

/// How the program is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    status: &'static str,
    /// The program's version.
    version: &'static str,
}

const OK: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// How long the database may take to be called ready: those who ask do not wait for long.
const PROMPT: Duration = Duration::from_secs(5);

/// Alive
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operation",
    security(()),
    responses((status = 200, body = Health))
)]
pub async fn alive() -> Json<Health> {
    Json(OK)
}

/// Ready: the database is reachable and of this version
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    security(()),
    responses((status = 200, body = Health), (status = 503, body = Problem))
)]
pub async fn ready(State(app): State<App>) -> Result<Json<Health>, Failure> {
    let ready = tokio::time::timeout(PROMPT, async {
        app.store.ping().await?;
        app.store.pending_steps().await
    });
    match ready.await {
        Ok(Ok(pending)) if pending.is_empty() => return Ok(Json(OK)),
        Ok(Ok(pending)) => tracing::warn!(?pending, "not ready: steps are missing"),
        Ok(Err(error)) => tracing::warn!(%error, "not ready"),
        Err(_) => tracing::warn!("not ready: the database does not answer"),
    }
    Err(Failure::Unavailable)
}

/// Figures for Prometheus
///
/// On loopback, or to a token of a system administrator.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operation",
    security((), ("token" = [])),
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 401, body = Problem), (status = 403, body = Problem),
    )
)]
pub async fn figures(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    let (mut parts, _) = request.into_parts();
    let from = client::address(&parts.headers, &parts.extensions, &app.proxies);
    if !from.is_some_and(|ip| ip.is_loopback()) || is_forwarded(&parts.headers, &app) {
        Caller::from_request_parts(&mut parts, &app).await?.permit(Action::ReadMetrics)?;
    }
    let kind = HeaderValue::from_static("text/plain; version=0.0.4");
    Ok(([(header::CONTENT_TYPE, kind)], app.metrics.render()).into_response())
}

/// Whether a proxy that nobody told us to trust stands between: behind one on the same machine,
/// every caller seems to come from loopback.
fn is_forwarded(headers: &HeaderMap, app: &App) -> bool {
    app.proxies.is_empty() && headers.contains_key("x-forwarded-for")
}

/// The recorder of figures, one a program.
///
/// # Errors
/// When another one is installed already.
pub fn install_metrics() -> Result<PrometheusHandle, String> {
    PrometheusBuilder::new().install_recorder().map_err(|error| error.to_string())
}

/// The methods that are told apart in the figures.
const KNOWN: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

/// Counts and times every request by its route.
pub async fn measure(request: Request, next: Next) -> Response {
    let start = Instant::now();
    // A caller may make up methods without end; the figures keep each combination for ever.
    let method = match request.method() {
        method if KNOWN.contains(method) => method.to_string(),
        _ => "other".into(),
    };
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| "none".into());
    let response = next.run(request).await;
    let labels =
        [("method", method), ("route", route), ("status", response.status().as_str().to_owned())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_duration_seconds", &labels)
        .record(start.elapsed().as_secs_f64());
    response
}
