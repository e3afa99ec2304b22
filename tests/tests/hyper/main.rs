//! A good part of the behaviour suite over an adapter that knows core and macros by
//! their public API only.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it did not expect")]
#![allow(unreachable_pub, reason = "the rooms of a test binary are shared by path")]
#![allow(dead_code, reason = "what else the stage can do is for the other adapters' suites")]

mod app;
mod page;
mod router;
#[path = "../stage/mod.rs"]
mod stage;

// All rows of these; the other tables need an adapter with nesting, layers and foreign routers.
#[path = "../behaviour/coalescing.rs"]
mod coalescing;
#[path = "../behaviour/extract.rs"]
mod extract;
#[path = "../behaviour/hosts.rs"]
mod hosts;
#[path = "../behaviour/lost_servers.rs"]
mod lost_servers;
#[path = "../behaviour/machines.rs"]
mod machines;
#[path = "../behaviour/outages.rs"]
mod outages;
#[path = "../behaviour/permissions.rs"]
mod permissions;
#[path = "../behaviour/refused_sessions.rs"]
mod refused_sessions;
#[path = "../behaviour/responses.rs"]
mod responses;
#[path = "../behaviour/roles.rs"]
mod roles;
#[path = "../behaviour/same_bytes.rs"]
mod same_bytes;
#[path = "../behaviour/sessions.rs"]
mod sessions;
#[path = "../behaviour/transports.rs"]
mod transports;
#[path = "../behaviour/verify.rs"]
mod verify;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use iam_hyper::Iam;

use stage::Host;

iam_hyper::define_tenants! {
    /// One Ory project each.
    pub enum Tenants { customer, admin, dealer }
}

/// hyper, serving.
pub struct OnHyper;

type Here = OnHyper;

impl Host for OnHyper {
    const ASKS_FOR_EVERY_BODY: bool = false;

    async fn start(iam: Iam<Tenants>, counters: Arc<stage::Counters>) -> SocketAddr {
        let routes = Arc::new(app::routes(&iam).verify().unwrap());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                let (routes, counters) = (Arc::clone(&routes), Arc::clone(&counters));
                let service = service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
                    let (routes, counters) = (Arc::clone(&routes), Arc::clone(&counters));
                    async move {
                        request.extensions_mut().insert(Arc::clone(&counters));
                        request.extensions_mut().insert(peer);
                        Ok::<_, Infallible>(counters.arrive(routes.answer(request)).await)
                    }
                });
                let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades();
                tokio::spawn(connection);
            }
        });
        address
    }

    fn misfits(iam: Iam<Tenants>) -> String {
        app::misfits(&iam).verify().err().unwrap().to_string()
    }
}
