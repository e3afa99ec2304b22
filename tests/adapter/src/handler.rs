use http::{HeaderName, HeaderValue, StatusCode};
use iam_core::policy::{Declared, Mount};
use iam_core::{IamError, PathParameters, ProblemResponse, RequestView, Tenant, TenantScope};

use crate::{Answering, Response};

/// A request on its way to a handler.
#[derive(Debug)]
pub struct Request {
    /// The template of the route that took it.
    pub route: &'static str,
    /// The parameters in its path, decoded.
    pub parameters: PathParameters,
    /// Its line, headers and extensions.
    pub head: http::request::Parts,
    /// Its body, until somebody takes it.
    pub body: Option<hyper::body::Incoming>,
}

impl RequestView for Request {
    fn method(&self) -> &str {
        self.head.method.as_str()
    }

    fn route(&self) -> Option<&str> {
        Some(self.route)
    }

    fn authority(&self) -> Option<&[u8]> {
        let host = || self.head.headers.get("host").map(|host| host.as_bytes());
        self.head.uri.authority().map(|authority| authority.as_str().as_bytes()).or_else(host)
    }

    fn header<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8])) {
        self.head.headers.get_all(name).iter().for_each(|value| visit(value.as_bytes()));
    }

    fn path_parameters(&self) -> PathParameters {
        self.parameters.clone()
    }

    fn peer(&self) -> Option<std::net::IpAddr> {
        self.head.extensions.get::<std::net::SocketAddr>().map(|peer| peer.ip())
    }
}

/// An argument of a handler.
pub trait FromRequest: Sized {
    /// Takes it out of a request that the policy let in; without it, the caller gets 500.
    fn from_request(request: &mut Request) -> Option<Self>;
}

iam_core::define_callers!();

macro_rules! extractors {
    ($($($name:ident)* : $of:ident;)*) => {$($(
        impl<T: $of> FromRequest for $name<T> {
            fn from_request(_: &mut Request) -> Option<Self> {
                Self::current().ok()
            }
        }
    )*)*};
}

extractors! { CurrentUser CurrentMachine CurrentDelegate CurrentPrincipal: TenantScope; CurrentTenant: Tenant; }

impl<A: FromRequest> FromRequest for Option<A> {
    fn from_request(request: &mut Request) -> Option<Self> {
        Some(A::from_request(request))
    }
}

/// An annotated handler whose arguments and answer fit this adapter.
pub trait HandlerFor: Clone + Send + Sync + 'static {
    /// Its kind of policy.
    type Policy;

    /// Extracts the arguments and calls the handler. The policy must have let the request in.
    fn call(self, request: Request) -> Answering;
}

macro_rules! handler_for {
    ($([$($argument:ident)*])*) => {$(
        #[allow(non_snake_case, unused_mut, unused_variables)]
        impl<F, Fut, K: 'static, $($argument,)*> HandlerFor for Mount<F, K, ((), $($argument,)*)>
        where
            F: FnOnce($($argument,)*) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Declared<K, Result<Response, IamError>>> + Send,
            $($argument: FromRequest + Send + 'static,)*
        {
            type Policy = K;

            fn call(self, mut request: Request) -> Answering {
                Box::pin(async move {
                    $(let Some($argument) = $argument::from_request(&mut request) else {
                        return status(StatusCode::INTERNAL_SERVER_ERROR);
                    };)*
                    let answered = (self.handler)($($argument),*).await.unguarded();
                    answered.unwrap_or_else(|error| problem(error.response()))
                })
            }
        }
    )*};
}

handler_for! { [] [T1] [T1 T2] [T1 T2 T3] }

/// Core's answer, byte for byte.
pub(crate) fn problem(problem: ProblemResponse) -> Response {
    let mut response = status(StatusCode::from_u16(problem.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE));
    *response.body_mut() = problem.body.into();
    for (name, value) in problem.headers {
        let value = HeaderValue::from_str(&value).ok();
        response.headers_mut().extend(value.map(|value| (HeaderName::from_static(name), value)));
    }
    response
}

pub(crate) fn status(status: StatusCode) -> Response {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}
