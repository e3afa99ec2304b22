//! Ory Network's shape: every product on one host, admin paths and permissions behind an API key.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Router, response::Result};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tower::ServiceExt;

use super::NetworkConfig;
use super::herodot::{Herodot, healthy, not_ready};

/// Requests a second and a minute that the rate limit headers announce.
const PER_SECOND: u32 = 10;

/// The listeners of the products, to be put on one host.
pub(super) struct Listeners {
    pub(super) kratos_public: Router,
    pub(super) kratos_admin: Router,
    pub(super) hydra_public: Router,
    pub(super) hydra_admin: Router,
    pub(super) keto_read: Router,
    pub(super) keto_write: Router,
}

/// All products on one host. `ready` says whether all of them are: the host has one health answer.
///
/// The rate limit headers count down from Network's smallest allowance within each second, but nothing is
/// ever refused: what a 429 does is tested with the fault proxy.
pub(super) fn router(
    config: NetworkConfig,
    listeners: Listeners,
    ready: impl Fn() -> bool + Send + Sync + 'static,
) -> Router {
    let edge =
        Arc::new(Edge { api_key: config.api_key, ready: Box::new(ready), second: Mutex::new((Instant::now(), 0)) });
    let listeners = Arc::new(listeners);
    Router::new()
        .fallback(move |request: Request| {
            let listener = listeners.behind(request.uri().path()).clone();
            async move { listener.oneshot(request).await }
        })
        .layer(from_fn_with_state(edge, at_the_edge))
}

impl Listeners {
    fn behind(&self, path: &str) -> &Router {
        const HYDRA_PUBLIC: [&str; 4] = ["/oauth2", "/userinfo", "/.well-known", "/credentials"];
        const HYDRA_ADMIN: [&str; 4] = ["/admin/oauth2", "/admin/clients", "/admin/keys", "/admin/trust"];
        const KETO_READ: [&str; 3] = ["/relation-tuples", "/namespaces", "/opl"];
        let under = |prefixes: &[&str]| prefixes.iter().any(|prefix| is_under(path, prefix));
        if under(&["/admin/relation-tuples"]) {
            &self.keto_write
        } else if under(&KETO_READ) {
            &self.keto_read
        } else if under(&HYDRA_ADMIN) {
            &self.hydra_admin
        } else if under(&HYDRA_PUBLIC) {
            &self.hydra_public
        } else if under(&["/admin"]) {
            &self.kratos_admin
        } else {
            &self.kratos_public
        }
    }
}

fn is_under(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

struct Edge {
    api_key: String,
    ready: Box<dyn Fn() -> bool + Send + Sync>,
    /// The current second's start and the requests in it.
    second: Mutex<(Instant, u32)>,
}

impl Edge {
    fn is_closed_to(&self, path: &str, headers: &HeaderMap) -> bool {
        const CLOSED: [&str; 4] = ["/admin", "/relation-tuples", "/namespaces", "/opl"];
        let allowed = || {
            let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
            let (scheme, key) = value.split_once(' ')?;
            Some(scheme.eq_ignore_ascii_case("bearer") && key == self.api_key)
        };
        CLOSED.iter().any(|prefix| is_under(path, prefix)) && !allowed().unwrap_or(false)
    }

    fn remaining(&self) -> u32 {
        let mut second = self.second.lock().unwrap_or_else(PoisonError::into_inner);
        if second.0.elapsed() >= Duration::from_secs(1) {
            *second = (Instant::now(), 0);
        }
        second.1 = second.1.saturating_add(1);
        PER_SECOND.saturating_sub(second.1)
    }
}

async fn at_the_edge(State(edge): State<Arc<Edge>>, request: Request, next: Next) -> Result<Response> {
    let path = request.uri().path();
    let mut response = if edge.is_closed_to(path, request.headers()) {
        Herodot::new(StatusCode::UNAUTHORIZED, "Access credentials are invalid").into_response()
    } else {
        match path {
            "/health/alive" => healthy(),
            "/health/ready" if (edge.ready)() => healthy(),
            "/health/ready" => not_ready(),
            _ => next.run(request).await,
        }
    };
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-limit", HeaderValue::from_static("10, 10;w=1, 300;w=60"));
    headers.insert("x-ratelimit-remaining", HeaderValue::from(edge.remaining()));
    headers.insert("x-ratelimit-reset", HeaderValue::from_static("1"));
    Ok(response)
}
