//! The application under test behind actix's CORS, as `docs/cors.md` quotes it.

use std::net::SocketAddr;
use std::sync::Arc;

use actix_cors::Cors;
use actix_web::http::{Method, header};
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use iam_actix::Iam;

use crate::stage::Counters;
use crate::{Tenants, app};

fn cors() -> Cors {
    Cors::default()
        .allowed_origin("https://shop.example")
        .allowed_methods([Method::GET, Method::POST, Method::DELETE])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([header::HeaderName::from_static("x-request-id"), header::RETRY_AFTER])
        .supports_credentials()
}

/// Starts it on a free port.
pub async fn start(iam: Iam<Tenants>, counters: Arc<Counters>) -> SocketAddr {
    let routes = app::routes(&iam).verify().unwrap();
    let (iam, counters) = (Data::new(iam), Data::from(counters));
    let server = HttpServer::new(move || {
        let app = App::new().app_data(iam.clone()).app_data(counters.clone());
        app.service(routes.clone()).wrap(cors())
    });
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    address
}
