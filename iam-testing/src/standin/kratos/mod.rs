//! Kratos: a placeholder with the interface that the project needs; only health and version answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http::StatusCode;
use url::Url;

/// The assurance level that `/sessions/whoami` demands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequiredAal {
    /// A second factor from whoever has one.
    #[default]
    HighestAvailable,
    /// One factor is enough.
    Aal1,
}

/// What a Kratos is made from.
#[derive(Clone, Debug)]
pub struct KratosConfig {
    /// Its public address.
    pub public_url: Url,
    /// Its admin address.
    pub admin_url: Url,
    /// The session cookie's name.
    pub cookie_name: String,
    /// How long a session lives.
    pub session_lifespan: Duration,
    /// The assurance level that `/sessions/whoami` demands.
    pub required_aal: RequiredAal,
    /// Where the pages are.
    pub ui_url: Url,
    /// Whether admin paths also answer without `/admin`.
    pub admin_prefix_optional: bool,
}

/// Kratos.
#[derive(Debug)]
pub struct Kratos {
    ready: AtomicBool,
}

impl Kratos {
    /// A Kratos without identities.
    #[must_use]
    pub fn new(_config: KratosConfig) -> Arc<Kratos> {
        Arc::new(Kratos {
            ready: AtomicBool::new(true),
        })
    }

    /// The public listener.
    pub fn public_router(self: &Arc<Self>) -> Router {
        let kratos = self.clone();
        Router::new().route(
            "/health/ready",
            get(move || {
                let ready = kratos.ready.load(Ordering::SeqCst);
                std::future::ready(if ready {
                    StatusCode::OK
                } else {
                    StatusCode::SERVICE_UNAVAILABLE
                })
            }),
        )
    }

    /// The admin listener.
    pub fn admin_router(self: &Arc<Self>) -> Router {
        self.public_router()
    }

    /// Whether the server reports itself ready.
    pub fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::SeqCst);
    }
}
