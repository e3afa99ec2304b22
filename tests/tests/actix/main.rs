//! The behaviour suite over the actix adapter.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it did not expect")]

mod app;
#[path = "../behaviour/mod.rs"]
mod behaviour;
#[path = "../stage/mod.rs"]
mod stage;
mod streams;

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{App, HttpServer};
use iam_actix::Iam;

iam_actix::define_tenants! {
    /// One Ory project each.
    pub enum Tenants { customer, admin, dealer }
}

/// Starts the application under test on a free port, with two workers.
async fn start(iam: Iam<Tenants>, counters: Arc<stage::Counters>) -> SocketAddr {
    let routes = app::routes(&iam).verify().unwrap();
    let (iam, counters) = (Data::new(iam), Data::from(counters));
    let app = move || App::new().app_data(iam.clone()).app_data(counters.clone()).service(routes.clone());
    let server = HttpServer::new(app).workers(2).disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    address
}
