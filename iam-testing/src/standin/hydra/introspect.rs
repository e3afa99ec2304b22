//! `POST /admin/oauth2/introspect` (RFC 7662): never a reason, only active or not.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};

use super::error::OAuthError;
use super::token::Token;
use super::token_endpoint::form;
use super::{Hydra, scope};
use crate::standin::herodot::uncached;

pub(super) async fn introspect(
    State(hydra): State<Arc<Hydra>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let form = form(&headers, &body)?;
    let needed = scope::words(form.text("scope"));
    let data = hydra.data();
    let token = data
        .active_token(form.text("token"))
        .filter(|_| hydra.is_ready())
        .filter(|token| needed.iter().all(|needed| scope::satisfies(&token.grant.scope, needed)));
    let answer = match token {
        Some(token) => active(&hydra.config.issuer, token),
        None => json!({"active": false}),
    };
    let mut response = uncached(&answer);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    Ok(response)
}

fn active(issuer: &str, token: &Token) -> Value {
    let grant = &token.grant;
    let issued_at = token.issued_at.unix_timestamp();
    let mut answer = json!({
        "active": true,
        "client_id": grant.client_id,
        "sub": grant.subject,
        "exp": token.expires_at.unix_timestamp(),
        "iat": issued_at,
        "nbf": issued_at,
        "aud": grant.audience,
        "iss": issuer,
        "token_type": "Bearer",
        "token_use": token.token_use.name(),
    });
    if !grant.scope.is_empty() {
        answer["scope"] = json!(grant.scope.join(" "));
    }
    if !grant.access_claims.is_empty() {
        answer["ext"] = json!(grant.access_claims);
    }
    answer
}
