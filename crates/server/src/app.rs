//! The router: every route on one screen.

use crate::extract::Caller;
use crate::import::{self, Imports};
use crate::kept::Answers;
use crate::problem::{Failure, render};
use crate::{audit, briefing, client, department, health, page, project, reference, sheet};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, Request, header};
use axum::middleware::from_fn;
use axum::routing::any;
use metrics_exporter_prometheus::PrometheusHandle;
use shortboard_store::Store;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{
    MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use tracing::Level;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

/// What every handler may use.
#[derive(Clone)]
pub struct App {
    /// The registry.
    pub store: Store,
    /// The figures.
    pub metrics: PrometheusHandle,
    /// The answers that are kept.
    pub answers: Arc<Answers>,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub proxies: Arc<[IpAddr]>,
    /// Whether browsers are told to send cookies over HTTPS alone.
    pub is_secure: bool,
    /// How many passwords are hashed at a time: each takes its share of memory.
    pub hashing: Arc<Semaphore>,
    /// The imports.
    pub imports: Imports,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("store", &self.store).finish_non_exhaustive()
    }
}

/// How many passwords are hashed at a time.
const HASHED_AT_A_TIME: usize = 2;

impl App {
    /// What handlers may use of a registry.
    pub fn new(
        store: Store,
        metrics: PrometheusHandle,
        proxies: Arc<[IpAddr]>,
        is_secure: bool,
    ) -> Self {
        let hashing = Arc::new(Semaphore::new(HASHED_AT_A_TIME));
        let imports = Imports::new(store.clone());
        Self { store, metrics, answers: Arc::default(), proxies, is_secure, hashing, imports }
    }
}

/// The largest body of a request, bytes.
pub const LARGEST_BODY: usize = 1024 * 1024;

/// The longest a request may take.
const LONGEST: Duration = Duration::from_secs(60);

/// Every route.
fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(crate::openapi::base())
        .routes(routes!(project::list::list, project::one::register))
        .routes(routes!(sheet::api::xlsx))
        .routes(routes!(sheet::api::csv))
        .routes(routes!(sheet::api::json))
        .routes(routes!(project::similar::list))
        .routes(routes!(project::one::read, project::one::change))
        .routes(routes!(project::matter::set))
        .routes(routes!(project::filing::file))
        .routes(routes!(project::stage::advance))
        .routes(routes!(project::stage::correct))
        .routes(routes!(project::stage::confirm))
        .routes(routes!(project::history::read))
        .routes(routes!(project::funding::add))
        .routes(routes!(project::funding::change, project::funding::remove))
        .routes(routes!(project::funding_bulk::tag))
        .routes(routes!(project::summary::read))
        .routes(routes!(project::board::read))
        .routes(routes!(project::changes::list))
        .routes(routes!(reference::codelists::list))
        .routes(routes!(reference::codelists::read))
        .routes(routes!(reference::notice::targets))
        .routes(routes!(reference::notice::areas))
        .routes(routes!(briefing::api::document))
        .routes(routes!(briefing::api::page))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(import::api::list, import::api::upload))
                .layer(DefaultBodyLimit::max(import::receiving::LARGEST_FORM)),
        )
        .routes(routes!(import::api::read, import::api::revise, import::api::throw_away))
        .routes(routes!(import::api::rows))
        .routes(routes!(import::api::commit))
        .routes(routes!(import::api::undo))
        .routes(routes!(import::api::errors))
        .routes(routes!(department::unverified))
        .routes(routes!(department::confirm))
        .routes(routes!(department::merge))
        .routes(routes!(audit::list))
        .routes(routes!(audit::verify))
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(health::figures))
}

/// The OpenAPI document.
pub fn openapi() -> OpenApi {
    let mut document = routes().into_openapi();
    crate::openapi::tell_problems(&mut document);
    document
}

/// The whole service.
pub fn router(app: App) -> Router {
    let (router, _) = routes().split_for_parts();
    let proxies = Arc::clone(&app.proxies);
    let id = HeaderName::from_static("x-request-id");
    let docs = SwaggerUi::new("/api/docs").url("/api/openapi.json", openapi());
    let docs = Router::<App>::from(docs).layer(SetResponseHeaderLayer::overriding(
        header::CONTENT_SECURITY_POLICY,
        // The page of the API's documentation brings its own script and inline styles.
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; \
             img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
    ));
    router
        .merge(docs)
        .merge(page::routes(&app))
        .route("/api/v1/{*rest}", any(nowhere))
        .fallback(page::not_found)
        .layer(from_fn(health::measure))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CatchPanicLayer::custom(|_| {
            axum::response::IntoResponse::into_response(Failure::Internal)
        }))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .layer(from_fn(render))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-cache"),
        ))
        // Problems and warnings are in the caller's language.
        .layer(SetResponseHeaderLayer::appending(
            header::VARY,
            HeaderValue::from_static("accept-language"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(move |request: &Request<_>| {
                    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok());
                    let from = client::address(request.headers(), request.extensions(), &proxies);
                    tracing::info_span!(
                        "request",
                        from = from.map(tracing::field::display),
                        method = %request.method(),
                        path = request.uri().path(),
                        id = id.unwrap_or_default(),
                    )
                })
                .on_response(DefaultOnResponse::new().level(Level::INFO)),
        )
        .layer(PropagateRequestIdLayer::new(id.clone()))
        .layer(SetRequestIdLayer::new(id, RandomId))
        .with_state(app)
}

/// Whoever is nobody is told so first, also at an address that does not exist.
async fn nowhere(_: Caller) -> Failure {
    Failure::NotFound
}

/// A request's own number, when the caller brings none.
#[derive(Debug, Clone, Copy)]
struct RandomId;

impl MakeRequestId for RandomId {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        let id = hex::encode(&crate::secret::key().ok()?[..12]);
        HeaderValue::from_str(&id).ok().map(RequestId::new)
    }
}
