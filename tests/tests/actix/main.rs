//! The behaviour suite over the actix adapter.

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
mod from_nestjs;
mod hidden;
mod idioms;
mod migrating;
mod services;
#[path = "../stage/mod.rs"]
mod stage;
mod streams;
mod workers;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpServer};
use iam_actix::policy::AccessMatrix;
use iam_actix::{Iam, prelude};
use iam_testing::double::TestIam;
use reqwest::Url;

use behaviour::{Framework, WebHost};
use flawed::Flaw;
use stage::Host;

iam_actix::define_tenants! {
    /// One Ory project each.
    pub enum Tenants { customer, admin, dealer }
    types = tenants
}

/// Guarded routes of [`Tenants`] on this framework.
type Routes = iam_actix::Router<Tenants>;

/// actix, serving.
pub struct OnActix;

type Here = OnActix;

impl Host for OnActix {
    const ASKS_FOR_EVERY_BODY: bool = true;

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

    fn misfits(iam: Iam<Tenants>) -> String {
        app::misfits(&iam).verify().unwrap_err().to_string()
    }
}

impl WebHost for OnActix {
    const FRAMEWORK: Framework = Framework::Actix;

    // A router of this framework holds an `Iam`, and who asks may be on a runtime or not.
    fn access_matrix() -> AccessMatrix {
        static MATRIX: OnceLock<AccessMatrix> = OnceLock::new();
        let asking = || {
            let matrix = async { app::routes(&TestIam::start().await.unwrap().iam).access_matrix() };
            tokio::runtime::Runtime::new().unwrap().block_on(matrix)
        };
        MATRIX.get_or_init(|| std::thread::spawn(asking).join().unwrap()).clone()
    }

    fn verified(iam: &Iam<Tenants>, row: &str) -> Result<(), String> {
        let routes = clashes::routes(row, [Routes::new(iam), Routes::new(iam)]).verify();
        routes.map(drop).map_err(|misfits| misfits.to_string())
    }

    async fn start_migrating(steps: usize, iam: Iam<Tenants>) -> SocketAddr {
        serve(migrating::after(steps, &iam))
    }

    async fn start_services(iam: Iam<Tenants>, folder: &Path, behind: Url) -> SocketAddr {
        services::start(iam, folder, behind)
    }

    async fn start_flawed(iam: Iam<Tenants>, flaw: Flaw) -> SocketAddr {
        let routes = flawed(&iam, flaw).verify().unwrap();
        serve(move |config| _ = config.service(routes.clone()))
    }

    fn flawed_matrix(iam: &Iam<Tenants>, flaw: Flaw) -> AccessMatrix {
        flawed(iam, flaw).access_matrix()
    }
}

/// Serves an application of these services.
fn serve(configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static) -> SocketAddr {
    let server = HttpServer::new(move || App::new().configure(configure.clone())).workers(1).disable_signals();
    let server = server.bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    address
}

fn flawed(iam: &Iam<Tenants>, flaw: Flaw) -> Routes {
    let foreign = || web::resource("/foreign").route(web::get().to(async || "foreign"));
    let routes = flawed::routes(Routes::new(iam), flaw);
    routes.nest("/nested", flawed::nested(Routes::new(iam), flaw)).merge_unguarded(foreign)
}
