use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use iam_core::{IamError, ProblemResponse};

/// An [`IamError`] as a response: `application/problem+json` (RFC 9457) with a
/// stable `code` and the request's id. A handler returns it with `?`.
///
/// ```
/// use iam_axum::prelude::*;
///
/// define_tenants! { pub enum Tenants { customer } }
///
/// #[tenant("customer")]
/// async fn name(me: CurrentUser) -> Result<String, Problem> {
///     #[derive(serde::Deserialize)]
///     struct Traits { name: String }
///     Ok(me.traits::<Traits>()?.name)
/// }
/// ```
#[derive(Debug)]
pub struct Problem(IamError);

impl Problem {
    /// The error itself.
    #[must_use]
    pub fn error(&self) -> &IamError {
        &self.0
    }
}

impl From<IamError> for Problem {
    fn from(error: IamError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        into_axum(self.0.response())
    }
}

/// Core's answer, byte for byte.
pub(crate) fn into_axum(problem: ProblemResponse) -> Response {
    let mut response = Response::new(Body::from(problem.body));
    *response.status_mut() = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    for (name, value) in problem.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}
