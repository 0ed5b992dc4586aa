//! The style sheets, of the desk and of papers, and the one script, compiled in.

use crate::app::App;
use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const STYLE: &str = include_str!("../../assets/style.css");
const PAPER: &str = include_str!("../../assets/paper.css");
const ICON: &str = include_str!("../../assets/icon.svg");
const SCRIPT: &str = include_str!("../../assets/script.js");

/// What changes with the assets, so that browsers may keep them for as long as they like.
pub static EDITION: LazyLock<String> = LazyLock::new(|| {
    let parts = [STYLE, PAPER, SCRIPT, ICON];
    let digest = parts.into_iter().fold(Sha256::new(), Digest::chain_update).finalize();
    hex::encode(&digest[..6])
});

/// The assets.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/assets/style.css", get(|| async { asset("text/css; charset=utf-8", STYLE) }))
        .route("/assets/paper.css", get(|| async { asset("text/css; charset=utf-8", PAPER) }))
        .route(
            "/assets/script.js",
            get(|| async { asset("text/javascript; charset=utf-8", SCRIPT) }),
        )
        .route("/assets/icon.svg", get(|| async { asset("image/svg+xml", ICON) }))
}

fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let kept = "public, max-age=31536000, immutable";
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept)], text)
}
