use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use iam_core::{IamError, ProblemResponse};

/// An [`IamError`] as a response: `application/problem+json` (RFC 9457) with a
/// stable `code` and the request's id. A handler returns it with `?`.
///
/// ```
/// use iam_actix::prelude::*;
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

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        status(self.0.response().status)
    }

    fn error_response(&self) -> HttpResponse {
        into_actix(self.0.response())
    }
}

/// Core's answer, byte for byte.
pub(crate) fn into_actix(problem: ProblemResponse) -> HttpResponse {
    let mut response = HttpResponse::with_body(status(problem.status), problem.body).map_into_boxed_body();
    for (name, value) in problem.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}

fn status(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
}
