//! Discovery (OpenID Connect Discovery 1.0 and RFC 8414).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::Hydra;
use crate::standin::herodot::uncached;
use crate::standin::key::ALGORITHM;

pub(super) async fn configuration(State(hydra): State<Arc<Hydra>>) -> Response {
    let at = |path: &str| format!("{}{path}", hydra.config.public_url);
    // As the real one says it, which includes what the stand-in has not.
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
        "response_types_supported": ["code", "code id_token", "id_token", "token id_token", "token", "token id_token code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "implicit", "client_credentials", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
        "scopes_supported": ["offline_access", "offline", "openid"],
        "claims_supported": ["sub"],
        "claims_parameter_supported": false,
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "private_key_jwt", "none"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "id_token_signed_response_alg": [ALGORITHM],
        "userinfo_signed_response_alg": [ALGORITHM],
        "userinfo_signing_alg_values_supported": ["none", ALGORITHM],
        "request_object_signing_alg_values_supported": ["none", "RS256", "ES256"],
        "code_challenge_methods_supported": ["plain", "S256"],
        "request_parameter_supported": true,
        "request_uri_parameter_supported": true,
        "require_request_uri_registration": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
        "credentials_endpoint_draft_00": at("credentials"),
        "credentials_supported_draft_00": [{
            "format": "jwt_vc_json",
            "types": ["VerifiableCredential", "UserInfoCredential"],
            "cryptographic_binding_methods_supported": ["jwk"],
            "cryptographic_suites_supported": ["PS256", "RS256", "ES256", "PS384", "RS384", "ES384", "PS512", "RS512", "ES512", "EdDSA"],
        }],
    }))
}
