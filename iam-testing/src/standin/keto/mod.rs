//! Keto: relation tuples and the checks over them.
//!
//! A project's namespaces are fixed when it starts. Not here: permission rewrites (`permits` in OPL), strict
//! mode, gRPC, and the OPL syntax check.

mod engine;
mod read;
mod store;
mod tuple;
mod write;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use serde_json::json;

use super::Namespace;
use super::herodot::{healthy, not_ready, success};
use store::Store;

/// A Keto with its tuples.
pub struct Keto {
    store: Mutex<Store>,
    ready: AtomicBool,
}

impl Keto {
    /// A Keto without tuples.
    #[must_use]
    pub fn new(namespaces: Vec<Namespace>) -> Arc<Keto> {
        Arc::new(Keto { store: Mutex::new(Store::new(namespaces)), ready: AtomicBool::new(true) })
    }

    /// The read listener (4466 on a real server).
    pub fn read_router(self: &Arc<Self>) -> Router {
        read::routes().merge(common()).with_state(self.clone())
    }

    /// The write listener (4467 on a real server).
    pub fn write_router(self: &Arc<Self>) -> Router {
        write::routes().merge(common()).with_state(self.clone())
    }

    /// Whether the server reports itself ready. Checks go on working: only health tells.
    pub fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::SeqCst);
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Keto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keto").finish_non_exhaustive()
    }
}

fn common() -> Router<Arc<Keto>> {
    Router::new()
        .route("/health/alive", get(async || healthy()))
        .route("/health/ready", get(ready))
        .route("/version", get(async || success(StatusCode::OK, &json!({"version": "v26.2.0"}))))
        .fallback(async || (StatusCode::NOT_FOUND, "404 page not found\n").into_response())
}

async fn ready(State(keto): State<Arc<Keto>>) -> Response {
    if keto.ready.load(Ordering::SeqCst) { healthy() } else { not_ready() }
}
