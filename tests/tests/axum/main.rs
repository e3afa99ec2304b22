//! The behaviour suite over the axum adapter.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it did not expect")]
#![allow(unreachable_pub, reason = "the rooms of a test binary are shared by path")]

mod app;
#[path = "../behaviour/mod.rs"]
mod behaviour;
mod cors;
#[path = "../flawed/mod.rs"]
mod flawed;
mod migrating;
#[path = "../stage/mod.rs"]
mod stage;

use std::net::SocketAddr;
use std::sync::Arc;

use iam_axum::policy::AccessMatrix;
use iam_axum::{Iam, prelude};

iam_axum::define_tenants! {
    /// One Ory project each.
    pub enum Tenants { customer, admin, dealer }
    types = tenants
}

/// Guarded routes of [`Tenants`] on this framework.
type Routes = iam_axum::Router<Iam<Tenants>>;

/// The columns of tables about routing.
const FRAMEWORK: stage::Framework = stage::Framework::Axum;

/// This framework asks a sender that waits for its body (`100-continue`) once somebody begins to read it.
const ASKS_FOR_EVERY_BODY: bool = false;

/// Starts the application under test on a free port.
async fn start(iam: Iam<Tenants>, counters: Arc<stage::Counters>) -> SocketAddr {
    let beside = app::policies::beside(&iam);
    let app = app::routes().with_state(app::App { iam, counters: Arc::clone(&counters) }).unwrap();
    let app = app.merge(beside).layer(axum::middleware::from_fn_with_state(counters, app::count_arrivals));
    serve(app).await
}

/// Starts the application that moves to this SDK, after so many steps.
async fn start_migrating(steps: usize, iam: Iam<Tenants>) -> SocketAddr {
    serve(migrating::after(steps, iam)).await
}

async fn serve(app: axum::Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// A small application that may have a flaw.
fn flawed(flaw: flawed::Flaw) -> Routes {
    let foreign = axum::Router::new().route("/foreign", axum::routing::get(async || "foreign"));
    let routes = flawed::routes(Routes::new(), flaw);
    routes.nest("/nested", flawed::nested(Routes::new(), flaw)).merge_unguarded(foreign)
}

/// Starts that one on a free port.
async fn start_flawed(iam: Iam<Tenants>, flaw: flawed::Flaw) -> SocketAddr {
    let app = flawed(flaw).with_state(iam).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// Its routes.
fn flawed_matrix(_: &Iam<Tenants>, flaw: flawed::Flaw) -> AccessMatrix {
    flawed(flaw).access_matrix()
}

/// All routes of the application under test.
fn access_matrix() -> AccessMatrix {
    app::routes().access_matrix()
}

/// What start-up says of an application with routes that this configuration cannot serve.
fn misfits(iam: Iam<Tenants>) -> String {
    app::misfits().with_state(iam).unwrap_err().to_string()
}
