//! The error shape of Keto and of the Ory Network edge, and the health answers.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// `Ory-Error-Id`: on every herodot error, empty when the error has no id.
const ERROR_ID: HeaderName = HeaderName::from_static("ory-error-id");

/// An error as Ory's herodot library writes it.
#[derive(Clone, Debug)]
pub(super) struct Herodot {
    pub(super) status: StatusCode,
    pub(super) message: String,
    pub(super) reason: Option<String>,
}

impl Herodot {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Herodot {
        Herodot { status, message: message.into(), reason: None }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Herodot {
        Herodot::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn malformed(reason: impl Into<String>) -> Herodot {
        Herodot::bad_request("The request was malformed or contained invalid parameters").reason(reason)
    }

    pub(super) fn reason(mut self, reason: impl Into<String>) -> Herodot {
        self.reason = Some(reason.into());
        self
    }

    /// The object inside `error`; some calls send it bare.
    pub(super) fn object(&self) -> Value {
        let mut error = json!({
            "code": self.status.as_u16(),
            "status": self.status.canonical_reason().unwrap_or_default(),
            "message": self.message,
        });
        if let Some(reason) = &self.reason {
            error["reason"] = json!(reason);
        }
        error
    }
}

impl IntoResponse for Herodot {
    fn into_response(self) -> Response {
        let body = json!({"error": self.object()}).to_string();
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (ERROR_ID, HeaderValue::from_static("")),
        ];
        (self.status, headers, body).into_response()
    }
}

/// A success: herodot names the character set there, and only there.
pub(super) fn success(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body.to_string()).into_response()
}

/// A 200 that nobody is to keep: what Ory's servers say of every GET, of published keys as well.
pub(super) fn uncached(body: &Value) -> Response {
    let mut response = success(StatusCode::OK, body);
    let policy = HeaderValue::from_static("private, no-cache, no-store, must-revalidate");
    response.headers_mut().insert(header::CACHE_CONTROL, policy);
    response
}

/// `/health/alive`, and `/health/ready` when all is well.
pub(super) fn healthy() -> Response {
    success(StatusCode::OK, &json!({"status": "ok"}))
}

/// `/health/ready` otherwise: status 503 around a code of 500, as the servers do it.
pub(super) fn not_ready() -> Response {
    let error = json!({"error": {"code": 500, "status": "Internal Server Error", "message": "not ready"}});
    let mut response = success(StatusCode::SERVICE_UNAVAILABLE, &error);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
