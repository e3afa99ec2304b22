//! A listener that hands everything on to another one.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http_body_util::BodyExt;
use url::Url;

use crate::fault::Upstream;

/// Answers every request as `upstream` does, or 502 if it does not answer.
pub(crate) fn router(upstream: &Url) -> io::Result<Router> {
    let upstream = Arc::new(Upstream::new(upstream)?);
    Ok(Router::new().fallback(move |request: Request| {
        let upstream = upstream.clone();
        async move { handed_on(&upstream, request).await.unwrap_or_else(|| StatusCode::BAD_GATEWAY.into_response()) }
    }))
}

async fn handed_on(upstream: &Upstream, request: Request) -> Option<Response> {
    let (mut parts, body) = request.into_parts();
    parts.headers.remove(http::header::HOST);
    let body = body.collect().await.ok()?.to_bytes();
    Some(upstream.ask(parts, body).await.ok()?.map(Body::new))
}
