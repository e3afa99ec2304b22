//! The behaviour suite over the axum adapter.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it did not expect")]

mod app;
#[path = "../behaviour/mod.rs"]
mod behaviour;
#[path = "../stage/mod.rs"]
mod stage;

use std::net::SocketAddr;
use std::sync::Arc;

use iam_axum::Iam;

iam_axum::define_tenants! {
    /// One Ory project each.
    pub enum Tenants { customer, admin, dealer }
}

/// Starts the application under test on a free port.
async fn start(iam: Iam<Tenants>, counters: Arc<stage::Counters>) -> SocketAddr {
    let app = app::routes().with_state(app::App { iam, counters }).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}
