//! The behaviour suite over the actix adapter.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it did not expect")]
#![allow(unreachable_pub, reason = "the rooms of a test binary are shared by path")]

mod app;
#[path = "../behaviour/mod.rs"]
mod behaviour;
#[path = "../stage/mod.rs"]
mod stage;
mod streams;

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use iam_actix::Iam;
use iam_actix::policy::AccessMatrix;

iam_actix::define_tenants! {
    /// One Ory project each.
    pub enum Tenants { customer, admin, dealer }
}

/// Starts the application under test on a free port, with two workers.
async fn start(iam: Iam<Tenants>, counters: Arc<stage::Counters>) -> SocketAddr {
    let routes = app::routes(&iam).verify().unwrap();
    let (iam, counters) = (Data::new(iam), Data::from(counters));
    let app = move || {
        let app = App::new().app_data(iam.clone()).app_data(counters.clone());
        app.service(routes.clone()).wrap(from_fn(app::count_arrivals))
    };
    let server = HttpServer::new(app).workers(2).disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    address
}

/// All routes of the application under test.
fn access_matrix(iam: &Iam<Tenants>) -> AccessMatrix {
    app::routes(iam).access_matrix()
}

/// What start-up says of an application with routes that this configuration cannot serve.
fn misfits(iam: &Iam<Tenants>) -> String {
    app::misfits(iam).verify().unwrap_err().to_string()
}
