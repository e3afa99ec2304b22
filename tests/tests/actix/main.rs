//! The behaviour suite over the actix adapter.

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
mod streams;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};
use iam_actix::policy::AccessMatrix;
use iam_actix::{Iam, prelude};
use iam_testing::double::TestIam;

iam_actix::define_tenants! {
    /// One Ory project each.
    pub enum Tenants { customer, admin, dealer }
    types = tenants
}

/// Guarded routes of [`Tenants`] on this framework.
type Routes = iam_actix::Router<Tenants>;

/// The columns of tables about routing.
const FRAMEWORK: stage::Framework = stage::Framework::Actix;

/// This framework asks every sender that waits for its body (`100-continue`), before any handler.
const ASKS_FOR_EVERY_BODY: bool = true;

/// Starts the application under test on a free port, with two workers.
async fn start(iam: Iam<Tenants>, counters: Arc<stage::Counters>) -> SocketAddr {
    let routes = app::routes(&iam).verify().unwrap();
    let (iam, counters) = (Data::new(iam), Data::from(counters));
    let app = move || {
        let app = App::new().app_data(iam.clone()).app_data(counters.clone());
        let app = app.configure(|config| app::policies::beside(&iam, config));
        app.service(routes.clone()).wrap(from_fn(app::count_arrivals))
    };
    // A request whose sender went away is given up, as on other frameworks.
    let server = HttpServer::new(app).workers(2).h1_allow_half_closed(false);
    let server = server.disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    address
}

/// A small application that may have a flaw.
fn flawed(iam: &Iam<Tenants>, flaw: flawed::Flaw) -> Routes {
    let foreign = || web::resource("/foreign").route(web::get().to(async || "foreign"));
    let routes = flawed::routes(Routes::new(iam), flaw);
    routes.nest("/nested", flawed::nested(Routes::new(iam), flaw)).merge_unguarded(foreign)
}

/// Starts that one on a free port.
async fn start_flawed(iam: Iam<Tenants>, flaw: flawed::Flaw) -> SocketAddr {
    let routes = flawed(&iam, flaw).verify().unwrap();
    let server = HttpServer::new(move || App::new().service(routes.clone())).workers(1);
    let server = server.disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    address
}

/// Its routes.
fn flawed_matrix(iam: &Iam<Tenants>, flaw: flawed::Flaw) -> AccessMatrix {
    flawed(iam, flaw).access_matrix()
}

/// Starts the application that moves to this SDK, after so many steps.
async fn start_migrating(steps: usize, iam: Iam<Tenants>) -> SocketAddr {
    let configure = migrating::after(steps, &iam);
    let server = HttpServer::new(move || App::new().configure(configure.clone())).workers(1).disable_signals();
    let server = server.bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    address
}

/// All routes of the application under test. A router of this framework holds an
/// `Iam`, and who asks may be on a runtime or not.
fn access_matrix() -> AccessMatrix {
    static MATRIX: OnceLock<AccessMatrix> = OnceLock::new();
    let asking = || {
        let matrix = async { app::routes(&TestIam::start().await.unwrap().iam).access_matrix() };
        tokio::runtime::Runtime::new().unwrap().block_on(matrix)
    };
    MATRIX.get_or_init(|| std::thread::spawn(asking).join().unwrap()).clone()
}

/// What start-up says of an application with routes that this configuration cannot serve.
fn misfits(iam: Iam<Tenants>) -> String {
    app::misfits(&iam).verify().unwrap_err().to_string()
}
