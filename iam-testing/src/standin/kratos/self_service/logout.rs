//! Logging out (`selfservice/flow/logout/handler.go`).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::IntoResponse;
use http::StatusCode;
use http::header::SET_COOKIE;
use serde::Deserialize;
use serde_json::json;

use super::begin::return_to;
use super::reply::see_other;
use crate::standin::kratos::Kratos;
use crate::standin::kratos::authn::{bearer, no_session};
use crate::standin::kratos::call::Call;
use crate::standin::kratos::cookie;
use crate::standin::kratos::csrf::CsrfToken;
use crate::standin::kratos::wire::{self, Answer, ApiError};

/// The URL that ends the caller's session.
pub(super) async fn begin(State(kratos): State<Arc<Kratos>>, call: Call) -> Answer {
    let mut store = kratos.store();
    let Some(session) = kratos.session(&store, &call.headers) else {
        return kratos.forward(&mut store, &call, no_session());
    };
    let token = session.logout_token.clone();
    let return_to = match return_to(&kratos, &call) {
        Ok(return_to) => return_to,
        Err(error) => return kratos.forward(&mut store, &call, error),
    };
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(return_to.map(|to| ("return_to", to)))
        .append_pair("token", &token)
        .finish();
    let url = kratos.public(&format!("/self-service/logout?{query}"));
    let body = json!({"logout_token": token, "logout_url": url});
    wire::json(StatusCode::OK, &body)
}

/// Ends the caller's session, if the token is that session's.
pub(super) async fn submit(State(kratos): State<Arc<Kratos>>, call: Call) -> Answer {
    let mut store = kratos.store();
    let session = kratos.session(&store, &call.headers);
    let error = match (call.params.get("token"), session) {
        (None, _) => ApiError::bad_request("Please include a token in the URL query."),
        (_, None) => no_session(),
        (Some(token), Some(session)) if token != session.logout_token => ApiError::forbidden(
            "Unable to log out because the logout token in the URL query does not match the session cookie.",
        ),
        _ => match return_to(&kratos, &call) {
            Err(error) => error,
            Ok(to) => {
                let purged = kratos.session_to_purge(&store, &call.headers).map(|s| s.id);
                if let Some(session) = purged.and_then(|id| store.session_mut(id)) {
                    session.revoke();
                }
                let mut response = match call.wants_json() {
                    true => StatusCode::NO_CONTENT.into_response(),
                    false => see_other(to.as_deref().unwrap_or(kratos.config.ui_url.as_str())),
                };
                let secure = kratos.is_secure();
                // A bearer's session has no cookie to take away.
                let is_cookies = bearer(&call.headers).is_none();
                let removed = is_cookies.then(|| cookie::line(&kratos.config.cookie_name, "", -1, secure));
                let lines = [removed.flatten(), CsrfToken::generate().set_cookie(&kratos.csrf_cookie, secure)];
                for line in lines.into_iter().flatten() {
                    response.headers_mut().append(SET_COOKIE, line);
                }
                return Ok(response);
            }
        },
    };
    kratos.forward(&mut store, &call, error)
}

/// Ends the session whose token is in the body.
pub(super) async fn native(
    State(kratos): State<Arc<Kratos>>,
    call: Call,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    #[derive(Deserialize)]
    struct Body {
        session_token: String,
    }
    call.require_json_body()?;
    let body: Body = serde_json::from_slice(&wire::whole(body)?)
        .map_err(|e| ApiError::bad_request(format!("Unable to decode JSON payload: {e}")))?;
    let mut store = kratos.store();
    let found = store.session_by_token(&body.session_token).map(|s| s.id);
    let session = found.and_then(|id| store.session_mut(id)).ok_or_else(|| {
        ApiError::forbidden("The provided Ory Session Token could not be found, is invalid, or otherwise malformed.")
    })?;
    session.revoke();
    Ok(StatusCode::NO_CONTENT.into_response())
}
