//! Hydra's error shape, the same on every endpoint: `{"error":"..","error_description":".."}`.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

/// How the OAuth2 endpoints call JSON.
pub(super) const OAUTH_JSON: &str = "application/json;charset=UTF-8";

#[derive(Clone, Debug)]
pub(super) struct OAuthError {
    pub(super) status: StatusCode,
    pub(super) code: String,
    pub(super) description: String,
}

impl OAuthError {
    pub(super) fn new(status: StatusCode, code: &str, description: impl Into<String>) -> OAuthError {
        OAuthError { status, code: code.to_owned(), description: description.into() }
    }

    /// A 400 with this code.
    pub(super) fn bad(code: &str, description: impl Into<String>) -> OAuthError {
        OAuthError::new(StatusCode::BAD_REQUEST, code, description)
    }

    pub(super) fn invalid_request(description: impl Into<String>) -> OAuthError {
        OAuthError::bad("invalid_request", description)
    }

    pub(super) fn invalid_grant(description: impl Into<String>) -> OAuthError {
        OAuthError::bad("invalid_grant", description)
    }

    /// 401 without `WWW-Authenticate`; also what a client gets that could not be read.
    pub(super) fn invalid_client(description: impl Into<String>) -> OAuthError {
        OAuthError::new(StatusCode::UNAUTHORIZED, "invalid_client", description)
    }

    /// A JWT that was used before.
    pub(super) fn jti_known() -> OAuthError {
        OAuthError::bad("jti_known", "The jti was already used.")
    }

    pub(super) fn forbidden(description: impl Into<String>) -> OAuthError {
        OAuthError::new(StatusCode::FORBIDDEN, "request_forbidden", description)
    }

    pub(super) fn server_error(description: impl Into<String>) -> OAuthError {
        OAuthError::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", description)
    }

    pub(super) fn denied(description: impl Into<String>) -> OAuthError {
        OAuthError::new(StatusCode::FORBIDDEN, "access_denied", description)
    }

    /// A missing client: a sentence where a code would be, and no description.
    pub(super) fn no_such_resource() -> OAuthError {
        OAuthError::new(StatusCode::NOT_FOUND, "Unable to locate the resource", "")
    }

    /// A missing challenge or key.
    pub(super) fn not_found() -> OAuthError {
        OAuthError::new(StatusCode::NOT_FOUND, "Not Found", "Unable to locate the requested resource")
    }

    /// No code either, but herodot's sentence for every 400.
    pub(super) fn malformed(what: impl Into<String>) -> OAuthError {
        OAuthError::bad("The request was malformed or contained invalid parameters", what)
    }

    /// A body that is no JSON.
    pub(super) fn undecodable(what: impl std::fmt::Display) -> OAuthError {
        OAuthError::malformed(format!("Unable to decode the request body: {what}"))
    }

    /// A value that the database has already.
    pub(super) fn taken() -> OAuthError {
        let sentence = "Unable to insert or update resource because a resource with that value exists already";
        OAuthError::new(StatusCode::CONFLICT, sentence, "")
    }

    /// What was signed is not good at this time, for which Hydra has no words.
    pub(super) fn unrecognizable() -> OAuthError {
        OAuthError::new(StatusCode::INTERNAL_SERVER_ERROR, "error", "The error is unrecognizable")
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = json!({"error": self.code, "error_description": self.description});
        (self.status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
    }
}

/// What the OAuth2 endpoints put on every answer (RFC 6749, section 5.1), which the others do not.
pub(super) async fn all_of_oauth(request: Request, next: Next) -> Response {
    of_oauth(next.run(request).await)
}

/// The same for one answer.
pub(super) fn of_oauth(mut response: Response) -> Response {
    let headers = response.headers_mut();
    unstored(headers);
    if headers.contains_key(header::CONTENT_TYPE) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(OAUTH_JSON));
    }
    response
}

/// Nobody is to keep it.
pub(super) fn unstored(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
}
