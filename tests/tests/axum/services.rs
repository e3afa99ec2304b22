//! Files of `tower-http`, and a small proxy.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router as AxumRouter;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use iam_axum::guard;
use iam_axum::prelude::*;
use iam_testing::client::http_client;
use reqwest::{Client, Url};
use tower_http::services::ServeDir;

use crate::{Tenants, serve};

policy! { Staff: tenant("admin"), require_role("a") }

#[derive(Clone)]
struct Behind {
    url: Url,
    client: Client,
}

/// Asks the server behind, and says for whom.
async fn hand_on(State(behind): State<Behind>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let user = parts.extensions.get::<Arc<Principal>>().map(|principal| principal.id().to_owned());
    let mut url = behind.url;
    url.set_path(parts.uri.path());
    url.set_query(parts.uri.query());
    let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let asking = behind.client.request(parts.method, url).header("x-user", user.unwrap_or_default()).body(body);
    match asking.send().await {
        Ok(answer) => (answer.status(), Body::from(answer.bytes().await.unwrap_or_default())).into_response(),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

/// Starts them on a free port.
pub async fn start(iam: Iam<Tenants>, folder: &Path, url: Url) -> SocketAddr {
    let proxy = AxumRouter::new().fallback(hand_on).with_state(Behind { url, client: http_client().unwrap() });
    let files = ServeDir::new(folder);
    let beside = AxumRouter::new()
        .nest_service("/beside/files", guard(Staff, &iam, files.clone()))
        .nest_service("/beside/proxy", guard(Staff, &iam, proxy.clone()));
    let routed = Router::new().nest_guarded("/routed/files", Staff, files).nest_guarded("/routed/proxy", Staff, proxy);
    serve(routed.with_state(iam).unwrap().merge(beside)).await
}
