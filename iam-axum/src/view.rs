use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, RawPathParams};
use axum::http::request::Parts;
use iam_core::{PathParameters, RequestView};

/// How core sees an axum request.
pub(crate) struct View<'a> {
    parts: &'a Parts,
    path: Option<&'a str>,
    parameters: PathParameters,
}

impl<'a> View<'a> {
    /// `path` is the route's template where axum has none: of a nested service.
    /// `with_parameters` copies the path parameters, which only permissions need.
    pub(crate) fn new(parts: &'a mut Parts, path: Option<&'a str>, with_parameters: bool) -> Self {
        let parameters = if with_parameters { path_parameters(parts) } else { PathParameters::None };
        Self { parts, path, parameters }
    }
}

impl RequestView for View<'_> {
    fn method(&self) -> &str {
        self.parts.method.as_str()
    }

    fn route(&self) -> Option<&str> {
        self.parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str).or(self.path)
    }

    fn authority(&self) -> Option<&[u8]> {
        let host = || self.parts.headers.get(http::header::HOST).map(|host| host.as_bytes());
        self.parts.uri.authority().map(|authority| authority.as_str().as_bytes()).or_else(host)
    }

    fn header<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8])) {
        self.parts.headers.get_all(name).iter().for_each(|value| visit(value.as_bytes()));
    }

    fn path_parameters(&self) -> PathParameters {
        self.parameters.clone()
    }

    fn peer(&self) -> Option<IpAddr> {
        self.parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
    }
}

/// The parameters as `axum::extract::Path` decodes them.
fn path_parameters(parts: &mut Parts) -> PathParameters {
    let extracted = poll_once(RawPathParams::from_request_parts(parts, &()));
    match extracted {
        Some(Ok(parameters)) => {
            PathParameters::Decoded(parameters.iter().map(|(name, value)| (name.into(), value.into())).collect())
        }
        _ => PathParameters::Undecodable,
    }
}

/// The result of a future that never waits.
fn poll_once<F: Future>(future: F) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}
