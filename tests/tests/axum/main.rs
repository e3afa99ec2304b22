//! The behaviour suite over the axum adapter.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it did not expect")]
#![allow(unreachable_pub, reason = "the rooms of a test binary are shared by path")]

mod app;
#[path = "../behaviour/mod.rs"]
mod behaviour;
#[path = "../app/clashes.rs"]
mod clashes;
mod cors;
#[path = "../flawed/mod.rs"]
mod flawed;
mod from_axum_login;
mod from_nestjs;
mod idioms;
mod migrating;
mod services;
#[path = "../stage/mod.rs"]
mod stage;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use iam_axum::policy::AccessMatrix;
use iam_axum::{Iam, prelude};
use reqwest::Url;

use behaviour::{Framework, WebHost};
use flawed::Flaw;
use stage::Host;

iam_axum::define_tenants! {
    /// One Ory project each.
    pub enum Tenants { customer, admin, dealer }
    types = tenants
}

/// Guarded routes of [`Tenants`] on this framework.
type Routes = iam_axum::Router<Iam<Tenants>>;

/// axum, serving.
pub struct OnAxum;

type Here = OnAxum;

impl Host for OnAxum {
    const ASKS_FOR_EVERY_BODY: bool = false;

    async fn start(iam: Iam<Tenants>, counters: Arc<stage::Counters>) -> SocketAddr {
        let beside = app::policies::beside(&iam);
        let app = app::routes().with_state(app::App { iam, counters: Arc::clone(&counters) }).unwrap();
        let app = app.merge(beside).layer(axum::middleware::from_fn_with_state(counters, app::count_arrivals));
        serve(app).await
    }

    fn misfits(iam: Iam<Tenants>) -> String {
        app::misfits().with_state(iam).unwrap_err().to_string()
    }
}

impl WebHost for OnAxum {
    const FRAMEWORK: Framework = Framework::Axum;

    fn access_matrix() -> AccessMatrix {
        app::routes().access_matrix()
    }

    fn verified(iam: &Iam<Tenants>, row: &str) -> Result<(), String> {
        let app = clashes::routes(row, [Routes::new(), Routes::new()]).with_state(iam.clone());
        app.map(drop).map_err(|misfits| misfits.to_string())
    }

    async fn start_migrating(steps: usize, iam: Iam<Tenants>) -> SocketAddr {
        serve(migrating::after(steps, iam)).await
    }

    async fn start_services(iam: Iam<Tenants>, folder: &Path, behind: Url) -> SocketAddr {
        services::start(iam, folder, behind).await
    }

    async fn start_flawed(iam: Iam<Tenants>, flaw: Flaw) -> SocketAddr {
        serve(flawed(flaw).with_state(iam).unwrap()).await
    }

    fn flawed_matrix(_: &Iam<Tenants>, flaw: Flaw) -> AccessMatrix {
        flawed(flaw).access_matrix()
    }
}

async fn serve(app: axum::Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

fn flawed(flaw: Flaw) -> Routes {
    let foreign = axum::Router::new().route("/foreign", axum::routing::get(async || "foreign"));
    let routes = flawed::routes(Routes::new(), flaw);
    routes.nest("/nested", flawed::nested(Routes::new(), flaw)).merge_unguarded(foreign)
}
