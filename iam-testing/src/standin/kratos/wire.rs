//! What every answer has in common: herodot's error envelope, JSON bodies,
//! and the headers that Kratos puts on each response of a listener.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, SET_COOKIE, VARY};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Kratos;
use super::csrf::{self, CsrfToken};
use crate::standin::go_redirect::linked;

const ERROR_ID: HeaderName = HeaderName::from_static("ory-error-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Kratos cuts request bodies at 5 MiB (`cmd/daemon/serve.go`).
pub(super) const MAX_BODY_BYTES: usize = 5 << 20;

/// A herodot error. It becomes a body in [`finish_public`] or
/// [`finish_admin`], where the caller's request id is at hand.
#[derive(Clone, Debug)]
pub(super) struct ApiError {
    pub(super) status: StatusCode,
    pub(super) id: Option<&'static str>,
    message: Cow<'static, str>,
    reason: Option<Cow<'static, str>>,
    details: Map<String, Value>,
    beside: Map<String, Value>,
}

/// What handlers give back.
pub(super) type Answer = Result<Response, ApiError>;

impl ApiError {
    fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, id: None, message: message.into(), reason: None, details: Map::new(), beside: Map::new() }
    }

    pub(super) fn bad_request(reason: impl Into<Cow<'static, str>>) -> Self {
        let message = "The request was malformed or contained invalid parameters";
        Self::new(StatusCode::BAD_REQUEST, message).reason(reason)
    }

    /// A 400 whose message says what is wrong, with nothing more to say.
    pub(super) fn unreadable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn unauthorized(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "The request could not be authorized").reason(reason)
    }

    pub(super) fn forbidden(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "The requested action was forbidden").reason(reason)
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Unable to locate the resource")
    }

    /// A value that the database has already.
    pub(super) fn taken() -> Self {
        let message = "Unable to insert or update resource because a resource with that value exists already";
        Self::new(StatusCode::CONFLICT, message)
    }

    pub(super) fn conflict(reason: impl Into<Cow<'static, str>>) -> Self {
        let message = "The resource could not be created due to a conflict";
        Self::new(StatusCode::CONFLICT, message).reason(reason)
    }

    pub(super) fn gone() -> Self {
        let message = "The requested resource is no longer available because it has expired or is otherwise invalid.";
        Self::new(StatusCode::GONE, message)
    }

    pub(super) fn internal(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    /// `selfservice/flow/error.go`, `NewBrowserLocationChangeRequiredError`.
    pub(super) fn location_change(to: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "browser location change required")
            .reason(format!("In order to complete this flow please redirect the browser to: {to}"))
            .id("browser_location_change_required")
            .beside("redirect_browser_to", to)
    }

    pub(super) fn id(mut self, id: &'static str) -> Self {
        self.id = Some(id);
        self
    }

    pub(super) fn reason(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    pub(super) fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = message.into();
        self
    }

    pub(super) fn detail(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.insert(key.into(), value.into());
        self
    }

    /// A member that stands beside `error`, not in it.
    pub(super) fn beside(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.beside.insert(key.into(), value.into());
        self
    }

    /// The text a person would read: a flow shows it as a message.
    pub(super) fn text(&self) -> &str {
        self.reason.as_deref().unwrap_or(&self.message)
    }

    /// The body, echoing the caller's request id if there is one.
    pub(super) fn body(&self, request_id: Option<&HeaderValue>) -> Value {
        let mut body = self.beside.clone();
        body.insert("error".into(), self.inner_of(request_id));
        body.into()
    }

    /// What stands below `error`.
    pub(super) fn inner(&self) -> Value {
        self.inner_of(None)
    }

    fn inner_of(&self, request_id: Option<&HeaderValue>) -> Value {
        let mut error = Map::new();
        if let Some(id) = self.id {
            error.insert("id".into(), id.into());
        }
        error.insert("code".into(), self.status.as_u16().into());
        error.insert("status".into(), self.status.canonical_reason().unwrap_or_default().into());
        if let Some(id) = request_id.and_then(|v| v.to_str().ok()) {
            error.insert("request".into(), id.into());
        }
        if let Some(reason) = &self.reason {
            error.insert("reason".into(), reason.as_ref().into());
        }
        if !self.details.is_empty() {
            error.insert("details".into(), self.details.clone().into());
        }
        error.insert("message".into(), self.message.as_ref().into());
        error.into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The whole body, or 400 for one that was cut off.
pub(super) fn whole(body: Result<Bytes, BytesRejection>) -> Result<Bytes, ApiError> {
    body.map_err(|e| ApiError::bad_request(e.body_text()))
}

/// A success body as herodot writes it.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    let bytes = serde_json::to_vec(body).map_err(|e| ApiError::internal(e.to_string()))?;
    let content_type = HeaderValue::from_static("application/json; charset=utf-8");
    Ok((status, [(CONTENT_TYPE, content_type)], bytes).into_response())
}

/// A success without a body, which herodot writes as JSON all the same.
pub(super) fn nothing() -> Answer {
    let content_type = HeaderValue::from_static("application/json; charset=utf-8");
    Ok((StatusCode::NO_CONTENT, [(CONTENT_TYPE, content_type)]).into_response())
}

/// Sends the caller to `location` with `status`.
pub(super) fn redirect(status: StatusCode, location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (status, [(LOCATION, location)]).into_response(),
        Err(_) => ApiError::bad_request("the redirect target is no header value").into_response(),
    }
}

/// Go's answer for a path without a route.
pub(super) async fn not_found() -> Response {
    plain(StatusCode::NOT_FOUND, "404 page not found\n")
}

/// Go's answer for a route without that method.
pub(super) async fn method_not_allowed() -> Response {
    plain(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n")
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    let content_type = HeaderValue::from_static("text/plain; charset=utf-8");
    (status, [(CONTENT_TYPE, content_type)], text).into_response()
}

/// Finishes an answer of the public listener.
pub(super) async fn finish_public(State(kratos): State<Arc<Kratos>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let down = !kratos.is_ready() && path.starts_with("/self-service/");
    let needs_csrf = csrf::is_set_at(&path) && !csrf::is_there(request.headers(), &kratos.csrf_cookie);
    let mut response = finish(down, request, next).await;
    if path.starts_with("/health/") || path == "/version" {
        return response;
    }
    response.headers_mut().append(VARY, HeaderValue::from_static("Cookie"));
    let name = kratos.csrf_cookie.as_bytes();
    let is_set = response.headers().get_all(SET_COOKIE).iter().any(|line| line.as_bytes().starts_with(name));
    if needs_csrf
        && !is_set
        && let Some(line) = CsrfToken::generate().set_cookie(&kratos.csrf_cookie, kratos.is_secure())
    {
        response.headers_mut().append(SET_COOKIE, line);
    }
    response
}

/// Finishes an answer of the admin listener.
pub(super) async fn finish_admin(State(kratos): State<Arc<Kratos>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let needs_no_database = path.contains("/health/") || path.ends_with("/version") || path.ends_with("/whoami");
    let down = !kratos.is_ready() && !needs_no_database;
    finish(down, request, next).await
}

async fn finish(down: bool, request: Request, next: Next) -> Response {
    let request_id = request.headers().get(&REQUEST_ID).cloned();
    let get = request.method() == Method::GET;
    let mut response = if down {
        ApiError::internal("the database is not reachable").into_response()
    } else {
        next.run(request).await
    };
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ERROR_ID, HeaderValue::from_static(error.id.unwrap_or("")));
        headers.remove(http::header::CONTENT_LENGTH);
        *response.body_mut() = error.body(request_id.as_ref()).to_string().into();
    }
    if get {
        response = linked(response);
        response
            .headers_mut()
            .insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache, no-store, must-revalidate"));
    }
    response
}

/// `/health/alive`: the process runs.
pub(super) async fn alive() -> Answer {
    json(StatusCode::OK, &json!({"status": "ok"}))
}

/// `/health/ready`: 503 while not ready. The body then says 500, as the real
/// one does, because herodot renders an unknown error (`oryx/healthx`).
pub(super) async fn ready(State(kratos): State<Arc<Kratos>>) -> Response {
    if kratos.is_ready() {
        return alive().await.into_response();
    }
    let mut response = ApiError::internal("the database is not reachable").into_response();
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response
}
