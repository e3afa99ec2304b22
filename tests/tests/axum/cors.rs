//! The application under test behind axum's CORS, as `docs/cors.md` quotes it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, Method, header};
use iam_axum::Iam;
use tower_http::cors::CorsLayer;

use crate::stage::Counters;
use crate::{Tenants, app, serve};

fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin([HeaderValue::from_static("https://shop.example")])
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([HeaderName::from_static("x-request-id"), header::RETRY_AFTER])
        .allow_credentials(true)
}

/// Starts it on a free port.
pub async fn start(iam: Iam<Tenants>, counters: Arc<Counters>) -> SocketAddr {
    let routes = app::routes();
    let state = app::App { iam, counters };
    let app = routes.with_state(state).unwrap().layer(cors());
    serve(app).await
}
