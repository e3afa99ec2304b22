use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::{Instant, sleep, timeout};

use super::{Answer, Call, body, link, retry_after};
use crate::config::HttpSettings;
use crate::upstream::Trace;
use crate::{ErrorKind, IamError, Product, UpstreamError, UpstreamFault};

/// The longest pause before the first repetition; it doubles for each further
/// one. Long enough for a restarted connection, short beside the 5 s that a
/// call may take by default.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause before any repetition.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What sends a request. An object: that reqwest's own client may change threads takes the compiler
/// half a millisecond to prove, and whatever holds one, in every handler.
type Execute = dyn Fn(reqwest::Request) -> BoxFuture<'static, reqwest::Result<reqwest::Response>> + Send + Sync;

/// A tenant's client for one product.
pub(crate) struct Client {
    execute: Box<Execute>,
    tenant: &'static str,
    product: Product,
    total_timeout: Duration,
    max_retries: u32,
    max_response_bytes: usize,
}

impl Client {
    pub(super) fn over(http: reqwest::Client, tenant: &'static str, product: Product, settings: &HttpSettings) -> Self {
        Self {
            execute: Box::new(move |request| Box::pin(http.execute(request))),
            tenant,
            product,
            total_timeout: settings.total_timeout,
            max_retries: settings.max_retries,
            max_response_bytes: settings.max_response_bytes,
        }
    }

    /// Sends the call and reads the whole answer: a 2xx, or a 4xx other than 429.
    ///
    /// Boxed: handlers that await a service prove all that is in its future.
    pub(crate) fn send<'a>(&'a self, call: Call, trace: &'a Trace) -> BoxFuture<'a, Result<Answer, UpstreamError>> {
        Box::pin(
            async move { self.within(self.total_timeout, call, Some(trace)).await.map_err(|fault| self.error(fault)) },
        )
    }

    /// Sends it once, with less time, for no request in particular.
    pub(crate) async fn probe(&self, mut call: Call, time: Duration) -> Result<Answer, UpstreamFault> {
        call.repeatable = false;
        self.within(time.min(self.total_timeout), call, None).await
    }

    pub(crate) fn error(&self, fault: UpstreamFault) -> UpstreamError {
        UpstreamError { tenant: self.tenant, product: self.product, fault }
    }

    pub(crate) fn failed(&self, kind: ErrorKind) -> IamError {
        IamError::new(self.tenant, self.product, kind)
    }

    /// One deadline over all tries, to the last byte of the body.
    async fn within(&self, time: Duration, call: Call, trace: Option<&Trace>) -> Result<Answer, UpstreamFault> {
        let after_ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        timeout(time, self.tries(time, &call, trace)).await.unwrap_or(Err(UpstreamFault::TimedOut { after_ms }))
    }

    async fn tries(&self, time: Duration, call: &Call, trace: Option<&Trace>) -> Result<Answer, UpstreamFault> {
        let started = Instant::now();
        let mut repeated = 0;
        loop {
            let fault = match self.once(call, trace).await {
                Ok(answer) => return Ok(answer),
                Err(fault) => fault,
            };
            let pause = pause_before(repeated);
            let time_left = time.saturating_sub(started.elapsed());
            if !call.repeatable || !is_transient(fault) || repeated == self.max_retries || pause >= time_left {
                return Err(fault);
            }
            sleep(pause).await;
            repeated += 1;
        }
    }

    async fn once(&self, call: &Call, trace: Option<&Trace>) -> Result<Answer, UpstreamFault> {
        let mut request = reqwest::Request::new(call.method.clone(), call.url.clone());
        *request.headers_mut() = call.headers(trace);
        *request.body_mut() = call.body.clone().map(Into::into);
        // The error is dropped on purpose: it knows the URL and, in its chain, more.
        let response = (self.execute)(request).await.map_err(|_| UpstreamFault::NoConnection)?;
        let status = response.status();
        if status.as_u16() == 429 {
            return Err(UpstreamFault::RateLimited { retry_after: retry_after::of(response.headers()) });
        }
        if !status.is_success() && !status.is_client_error() {
            return Err(UpstreamFault::Status(status.as_u16()));
        }
        let json = is_json(response.headers());
        let next = link::next_page_token(response.headers());
        let body = body::read(response, self.max_response_bytes).await?;
        Ok(Answer { status, json, next, body })
    }
}

/// Full jitter, so that callers who failed together do not return together.
fn pause_before(repeated: u32) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(1 << repeated.min(16)).min(LONGEST_PAUSE);
    longest.mul_f64(rand::random::<f64>())
}

fn is_transient(fault: UpstreamFault) -> bool {
    match fault {
        UpstreamFault::NoConnection => true,
        UpstreamFault::Status(status) => status >= 500,
        _ => false,
    }
}

fn is_json(headers: &http::HeaderMap) -> bool {
    let value = headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("tenant", &self.tenant).field("product", &self.product).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_bounded_for_every_count() {
        for repeated in [0, 1, 5, 31, 32, 64, u32::MAX] {
            assert!(pause_before(repeated) <= LONGEST_PAUSE);
        }
        assert!(pause_before(0) <= FIRST_PAUSE);
    }
}
