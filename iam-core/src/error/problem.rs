use std::time::Duration;

use serde::Serialize;

use super::{ErrorKind, IamError, RETRY_AFTER};
use crate::RequestId;

/// The body of an error response (RFC 9457).
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Problem<'a> {
    pub(crate) status: u16,
    pub(crate) title: &'static str,
    pub(crate) code: &'static str,
    pub(crate) detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub(crate) request_id: Option<RequestId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) step_up_url: Option<&'a str>,
}

fn as_text<S: serde::Serializer>(id: &Option<RequestId>, serializer: S) -> Result<S::Ok, S::Error> {
    match id {
        Some(id) => serializer.collect_str(id),
        None => serializer.serialize_none(),
    }
}

/// An error response without a framework: adapters copy it, so that all answer alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemResponse {
    /// The status.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(&'static str, String)>,
    /// `application/problem+json`.
    pub body: Vec<u8>,
}

impl Problem<'_> {
    pub(crate) fn response(&self, retry_after: Option<Duration>) -> ProblemResponse {
        let mut headers = vec![
            ("content-type", "application/problem+json".to_owned()),
            ("cache-control", "private, no-store".to_owned()),
        ];
        if let Some(id) = self.request_id {
            headers.push(("x-request-id", id.to_string()));
        }
        if let Some(wait) = retry_after {
            headers.push(("retry-after", wait.as_secs().max(1).to_string()));
        }
        // Plain strings and numbers always serialise.
        let body = serde_json::to_vec(self).unwrap_or_default();
        ProblemResponse { status: self.status, headers, body }
    }
}

impl IamError {
    /// The answer of a handler that returns this error; the request id is the one in scope.
    #[must_use]
    pub fn response(&self) -> ProblemResponse {
        let (status, title, code) = match self.kind() {
            ErrorKind::NotFound => (404, "Not Found", "not_found"),
            ErrorKind::Conflict => (409, "Conflict", "conflict"),
            ErrorKind::Gone => (410, "Gone", "gone"),
            ErrorKind::Invalid(_) => (422, "Unprocessable Content", "invalid"),
            ErrorKind::Unauthenticated => (401, "Unauthorized", "unauthenticated"),
            ErrorKind::SecondFactorRequired => (403, "Forbidden", "second_factor_required"),
            ErrorKind::NotConfigured(_) => (500, "Internal Server Error", "not_configured"),
            ErrorKind::RateLimited { .. } => (503, "Service Unavailable", "rate_limited"),
            ErrorKind::Unavailable(super::UpstreamFault::CredentialRefused) => {
                (503, "Service Unavailable", "upstream_credential_refused")
            }
            ErrorKind::Unavailable(_) => (503, "Service Unavailable", "upstream_unavailable"),
        };
        let retry_after = match self.kind() {
            ErrorKind::RateLimited { retry_after } => Some(retry_after.unwrap_or(RETRY_AFTER)),
            ErrorKind::Unavailable(_) => Some(RETRY_AFTER),
            _ => None,
        };
        // `title` says it all: the error's own words name tenants and keys, which are for the log.
        let request_id = crate::context::current_request_id();
        let problem = Problem { status, title, code, detail: title, request_id, step_up_url: None };
        let mut response = problem.response(retry_after);
        if status == 401 {
            response.headers.push(("www-authenticate", format!("Bearer realm=\"{}\"", self.tenant())));
        }
        response
    }
}
