//! Discovery (OpenID Connect Discovery 1.0 and RFC 8414) and keys.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::Hydra;
use crate::standin::herodot::success;

pub(super) async fn configuration(State(hydra): State<Arc<Hydra>>) -> Response {
    let at = |path: &str| format!("{}{path}", hydra.config.public_url);
    uncached(&json!({
        "issuer": hydra.config.issuer,
        "authorization_endpoint": at("oauth2/auth"),
        "device_authorization_endpoint": at("oauth2/device/auth"),
        "token_endpoint": at("oauth2/token"),
        "jwks_uri": at(".well-known/jwks.json"),
        "revocation_endpoint": at("oauth2/revoke"),
        "end_session_endpoint": at("oauth2/sessions/logout"),
        "userinfo_endpoint": at("userinfo"),
        "subject_types_supported": ["public"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "scopes_supported": ["offline_access", "offline", "openid"],
        "claims_supported": ["sub"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "none"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "id_token_signed_response_alg": ["RS256"],
        "userinfo_signed_response_alg": ["none"],
        "userinfo_signing_alg_values_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    }))
}

/// No JWT is issued here, so there is no key to publish.
pub(super) async fn keys() -> Response {
    uncached(&json!({"keys": []}))
}

/// Hydra forbids caching on every GET, keys included.
fn uncached(body: &Value) -> Response {
    let mut response = success(StatusCode::OK, body);
    let policy = HeaderValue::from_static("private, no-cache, no-store, must-revalidate");
    response.headers_mut().insert(header::CACHE_CONTROL, policy);
    response
}
