use std::cell::OnceCell;
use std::net::IpAddr;

use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use iam_core::{PathParameters, RequestView};

/// How core sees an actix request.
pub(crate) struct View<'a> {
    request: &'a HttpRequest,
    path: Option<&'a str>,
    route: OnceCell<Option<String>>,
}

impl<'a> View<'a> {
    /// `path` is the route's template where actix does not know it: of a nested service.
    pub(crate) fn new(request: &'a HttpRequest, path: Option<&'a str>) -> Self {
        Self { request, path, route: OnceCell::new() }
    }
}

impl RequestView for View<'_> {
    fn method(&self) -> &str {
        self.request.method().as_str()
    }

    fn route(&self) -> Option<&str> {
        self.path.or_else(|| self.route.get_or_init(|| self.request.match_pattern()).as_deref())
    }

    fn authority(&self) -> Option<&[u8]> {
        let host = || self.request.headers().get(header::HOST).map(|host| host.as_bytes());
        self.request.uri().authority().map(|authority| authority.as_str().as_bytes()).or_else(host)
    }

    fn header<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8])) {
        self.request.headers().get_all(name).for_each(|value| visit(value.as_bytes()));
    }

    fn path_parameters(&self) -> PathParameters {
        path_parameters(self.request)
    }

    fn peer(&self) -> Option<IpAddr> {
        self.request.peer_addr().map(|peer| peer.ip())
    }
}

/// The parameters as `web::Path` decodes them: `match_info` itself keeps `%2F`.
fn path_parameters(request: &HttpRequest) -> PathParameters {
    let matched = request.match_info();
    if matched.is_empty() {
        return PathParameters::None;
    }
    let Ok(values) = web::Path::<Vec<String>>::extract(request).into_inner() else {
        return PathParameters::Undecodable;
    };
    let mut parameters: Vec<(String, String)> = Vec::with_capacity(values.len());
    for ((name, _), value) in matched.iter().zip(values.into_inner()) {
        // It stands for bytes that were no UTF-8, whichever they were.
        if value.contains('\u{fffd}') {
            return PathParameters::Undecodable;
        }
        parameters.push((name.into(), value));
    }
    PathParameters::Decoded(parameters)
}
