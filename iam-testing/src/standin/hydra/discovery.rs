//! Discovery (OpenID Connect Discovery 1.0 and RFC 8414).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::Hydra;
use super::key::ALGORITHM;
use crate::standin::herodot::uncached;

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
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "id_token_signed_response_alg": [ALGORITHM],
        "userinfo_signed_response_alg": ["none"],
        "userinfo_signing_alg_values_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    }))
}
