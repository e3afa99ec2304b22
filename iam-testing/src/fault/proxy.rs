//! The proxy itself.

use std::fmt;
use std::io;
use std::sync::Arc;

use axum::BoxError;
use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use url::Url;

use super::answer::{self, AnyBody, Tracked};
use super::record::{Ending, Exchange, Log};
use super::rule::Rules;
use super::tap::Tap;
use super::upstream::Upstream;
use super::{Fault, Recorded, Rule};
use crate::port::{Bound, Port};

/// Not an HTTP answer by any reading: the first bytes of a TLS handshake.
const GARBAGE: &[u8] = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n";

/// A reverse proxy on a loopback port; dropping it closes the port and every connection.
///
/// It speaks HTTP/1.1 to the client and, over one connection per request, to the upstream. An upstream that
/// cannot be reached shows as a closed connection, never as an answer of the proxy's own.
pub struct FaultProxy {
    url: Url,
    shared: Arc<Shared>,
    port: Port,
}

struct Shared {
    upstream: Upstream,
    rules: Rules,
    log: Arc<Log>,
}

impl FaultProxy {
    /// Starts a proxy in front of `upstream`, whose path, if it has one, goes before every request's.
    ///
    /// # Errors
    /// If no loopback port is free, or the address is not http or https.
    pub async fn start(upstream: Url) -> io::Result<FaultProxy> {
        let shared =
            Arc::new(Shared { upstream: Upstream::new(&upstream)?, rules: Rules::default(), log: Arc::default() });
        let bound = Bound::loopback().await?;
        let url = Url::parse(&format!("http://{}", bound.address())).map_err(io::Error::other)?;
        let serving = shared.clone();
        let port = bound.serve(move |stream| Box::pin(connection(serving.clone(), stream)));
        Ok(FaultProxy { url, shared, port })
    }

    /// What to use in the upstream's place.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// From now on the requests that `rule` picks suffer `fault`. Rules are asked oldest first.
    pub fn fault(&self, rule: Rule, fault: Fault) {
        self.shared.rules.add(rule, fault);
    }

    /// Forgets all rules. What already hangs or waits at a gate goes on doing so.
    pub fn heal(&self) {
        self.shared.rules.clear();
    }

    /// Every request since the start or the last [`clear`](FaultProxy::clear), in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.log.snapshot()
    }

    /// How many requests have arrived since the start; [`clear`](FaultProxy::clear) does not change it.
    #[must_use]
    pub fn arrived(&self) -> usize {
        self.shared.log.arrived()
    }

    /// Those of [`requests`](FaultProxy::requests) that arrived after so many, by
    /// [`arrived`](FaultProxy::arrived).
    #[must_use]
    pub fn requests_after(&self, arrived: usize) -> Vec<Recorded> {
        self.shared.log.snapshot_after(arrived)
    }

    /// How many of [`requests`](FaultProxy::requests) `predicate` holds for.
    pub fn count(&self, predicate: impl Fn(&Recorded) -> bool) -> usize {
        self.requests().iter().filter(|request| predicate(request)).count()
    }

    /// The most requests that were under way at one time since the last [`clear`](FaultProxy::clear).
    #[must_use]
    pub fn max_in_flight(&self) -> usize {
        self.shared.log.max_in_flight()
    }

    /// Forgets the requests so far; the rules stay.
    pub fn clear(&self) {
        self.shared.log.clear();
    }

    /// Goes away as a crashed server does: open connections close, new ones are refused.
    ///
    /// # Errors
    /// If the port number cannot be kept for [`resume`](FaultProxy::resume).
    pub async fn refuse(&self) -> io::Result<()> {
        self.shared.log.set_closing(true);
        let outcome = self.port.refuse().await;
        self.shared.log.set_closing(false);
        outcome
    }

    /// Comes back on the same port.
    ///
    /// # Errors
    /// If the system will not let it listen there again.
    pub async fn resume(&self) -> io::Result<()> {
        self.port.resume().await
    }
}

impl fmt::Debug for FaultProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultProxy").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

async fn connection(shared: Arc<Shared>, stream: TcpStream) {
    let tap = Tap::new(stream);
    let service = service_fn({
        let tap = tap.clone();
        move |request| serve(shared.clone(), tap.clone(), request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).preserve_header_case(true).auto_date_header(false);
    // An error here is a connection that a fault or the client ended; the record says which.
    let _ = http.serve_connection(TokioIo::new(tap), service).await;
}

async fn serve(shared: Arc<Shared>, tap: Tap, request: Request<Incoming>) -> Result<Response<Tracked>, BoxError> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let exchange = shared.log.open(&parts, body.clone());
    let fault = shared.rules.pick(exchange.request());
    match answer(&shared, &exchange, &tap, parts, body, fault).await {
        Ok(response) => Ok(Tracked::new(response, exchange)),
        Err(error) => Err(cut(exchange, error)),
    }
}

fn cut(exchange: Exchange, error: BoxError) -> BoxError {
    exchange.end(Ending::Cut);
    error
}

/// The answer, or the reason why the connection closes without one.
async fn answer(
    shared: &Shared,
    exchange: &Exchange,
    tap: &Tap,
    mut parts: Parts,
    body: Bytes,
    fault: Option<Fault>,
) -> Result<Response<AnyBody>, BoxError> {
    // `Host` becomes the upstream's.
    parts.headers.remove(http::header::HOST);
    Ok(match fault {
        None => pass(shared, exchange, parts, body).await?,
        Some(Fault::Delay(time)) => {
            tokio::time::sleep(time).await;
            pass(shared, exchange, parts, body).await?
        }
        Some(Fault::HoldBefore(gate)) => {
            gate.pass().await;
            pass(shared, exchange, parts, body).await?
        }
        Some(Fault::HoldAfter(gate)) => {
            let response = collected(shared, exchange, parts, body).await?;
            gate.pass().await;
            response.map(|body| http_body_util::Full::new(body).map_err(|never| match never {}).boxed_unsync())
        }
        Some(Fault::Truncate(bytes)) => {
            let response = collected(shared, exchange, parts, body).await?;
            if response.body().is_empty() {
                tap.reset_on_close();
                return Err("nothing to cut: the answer has no body".into());
            }
            answer::truncated(response, bytes)
        }
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Reset) => {
            tap.reset_on_close();
            return Err("reset by a fault".into());
        }
        Some(Fault::Garbage) => {
            tap.send_raw(GARBAGE).await;
            return Err("garbage sent by a fault".into());
        }
        Some(Fault::Drip { every, bytes }) => answer::drip(every, bytes),
        Some(Fault::Oversize(bytes)) => answer::oversize(bytes),
        Some(Fault::GzipBomb(bytes)) => answer::gzip_bomb(bytes).await?,
        Some(Fault::Html(status)) => answer::html(status),
        Some(Fault::Redirect(location)) => answer::redirect(location),
        Some(Fault::Status(status)) => answer::fixed(status, &[], Bytes::new()),
        Some(Fault::Respond { status, headers, body }) => answer::fixed(status, &headers, body),
    })
}

async fn pass(shared: &Shared, exchange: &Exchange, parts: Parts, body: Bytes) -> Result<Response<AnyBody>, BoxError> {
    exchange.passed_on();
    let response = shared.upstream.ask(parts, body).await?;
    Ok(response.map(|body| body.map_err(BoxError::from).boxed_unsync()))
}

/// The upstream's whole answer, for faults that need to have it in hand.
async fn collected(
    shared: &Shared,
    exchange: &Exchange,
    parts: Parts,
    body: Bytes,
) -> Result<Response<Bytes>, BoxError> {
    exchange.passed_on();
    let (parts, body) = shared.upstream.ask(parts, body).await?.into_parts();
    Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
}
