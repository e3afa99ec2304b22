//! One call and its answer.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, COOKIE, HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::error::{Cause, words};
use super::jar::Jar;
use super::{OryClient, OryClientError};
use crate::tls;

/// Long enough for a real server's password hash on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(30);

/// An HTTP client as tests want it: no redirects, no proxy of the environment, no cookie store; it gives up after 30 s.
///
/// Redirects off: an admin call that strays to the public listener is answered 307, and following that would
/// hide a wrong address. No cookie store: native flows refuse cookies, browser flows bring their own `Jar`.
///
/// # Errors
/// If TLS cannot be set up.
pub fn http_client() -> Result<Client, OryClientError> {
    let unbuilt = |cause| OryClientError::new("building an HTTP client", cause);
    let tls = tls::client_config().map_err(|error| unbuilt(Cause::Unsendable(error)))?;
    Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .redirect(Policy::none())
        .timeout(TIMEOUT)
        .build()
        .map_err(|error| unbuilt(Cause::NoAnswer(error)))
}

impl OryClient {
    /// A call below `base`; each segment is encoded.
    pub(super) fn call(&self, method: Method, base: &Url, segments: &[&str]) -> Call {
        let mut url = base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        self.call_at(method, url)
    }

    /// A call to a URL that Ory named.
    pub(super) fn call_at(&self, method: Method, url: Url) -> Call {
        let name = format!("{method} {}", url.path());
        Call { request: self.http.request(method, url).header(ACCEPT, "application/json"), name }
    }

    /// A call to an admin API, with the project's key if it has one.
    pub(super) fn admin(&self, method: Method, base: &Url, segments: &[&str]) -> Call {
        let call = self.call(method, base, segments);
        match &self.urls.admin_token {
            Some(token) => call.with(|request| request.bearer_auth(token)),
            None => call,
        }
    }
}

/// A request on its way out.
pub(super) struct Call {
    request: RequestBuilder,
    /// Method and path; never the query, where codes and verifiers are.
    name: String,
}

impl Call {
    pub(super) fn with(self, change: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Call {
        Call { request: change(self.request), ..self }
    }

    pub(super) fn query(self, name: &str, value: &str) -> Call {
        self.with(|request| request.query(&[(name, value)]))
    }

    pub(super) fn json(self, body: &impl Serialize) -> Call {
        self.with(|request| request.json(body))
    }

    pub(super) fn form(self, body: &[(&str, String)]) -> Call {
        self.with(|request| request.form(body))
    }

    /// Whatever the answer is.
    pub(super) async fn answer(self) -> Result<Answer, OryClientError> {
        let read = async |request: RequestBuilder| {
            let response = request.send().await?;
            let (status, headers) = (response.status(), response.headers().clone());
            Ok((status, headers, response.bytes().await?))
        };
        match read(self.request).await {
            Ok((status, headers, body)) => Ok(Answer { call: self.name, status, headers, body }),
            Err(error) => {
                let error: reqwest::Error = error;
                Err(OryClientError::new(self.name, Cause::NoAnswer(error.without_url())))
            }
        }
    }

    /// The answer, if it is a 2xx.
    pub(super) async fn send(self) -> Result<Answer, OryClientError> {
        let answer = self.answer().await?;
        if answer.status.is_success() { Ok(answer) } else { Err(answer.refused()) }
    }

    /// Where the answer sends a browser with these cookies.
    pub(super) async fn follow(self, jar: &mut Jar) -> Result<Url, OryClientError> {
        let answer = self.answer_to(jar).await?;
        if !answer.status.is_redirection() {
            return Err(answer.refused());
        }
        let location = answer.headers.get(LOCATION).and_then(|value| value.to_str().ok());
        let url = location.and_then(|location| Url::parse(location).ok());
        url.ok_or_else(|| answer.unreadable("it redirects to no absolute URL"))
    }

    /// Whatever the answer is to a browser with these cookies; it keeps the new ones.
    pub(super) async fn answer_to(self, jar: &mut Jar) -> Result<Answer, OryClientError> {
        let cookies = jar.header();
        let call = if cookies.is_empty() { self } else { self.with(|request| request.header(COOKIE, cookies)) };
        let answer = call.answer().await?;
        jar.keep(&answer.headers);
        Ok(answer)
    }
}

/// An answer, read to its end.
pub(super) struct Answer {
    call: String,
    pub(super) status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub(super) fn decode<T: DeserializeOwned>(&self) -> Result<T, OryClientError> {
        serde_json::from_slice(&self.body).map_err(|error| self.unreadable(error.to_string()))
    }

    /// Not the answer that was hoped for.
    pub(super) fn refused(self) -> OryClientError {
        let text = words(&String::from_utf8_lossy(&self.body));
        OryClientError::new(self.call, Cause::Refused { status: self.status, text })
    }

    pub(super) fn unreadable(&self, what: impl Into<String>) -> OryClientError {
        OryClientError::new(&*self.call, Cause::Unreadable { status: self.status, what: what.into() })
    }
}
