//! `POST /admin/oauth2/introspect` (RFC 7662): never a reason, only active or not.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use super::error::{OAUTH_JSON, of_oauth};
use super::form::form;
use super::token::Token;
use super::{Hydra, scope};
use crate::standin::herodot::success;

pub(super) async fn introspect(State(hydra): State<Arc<Hydra>>, headers: HeaderMap, body: Bytes) -> Response {
    let form = match form(&headers, &body) {
        Ok(form) => form,
        Err(error) => return of_oauth(error.into_response()),
    };
    let needed = scope::words(form.text("scope"));
    let data = hydra.data();
    let token = data
        .active_token(form.text("token"))
        .filter(|_| hydra.is_ready())
        .filter(|token| needed.iter().all(|needed| scope::satisfies(&token.grant.scope, needed)));
    match token {
        // Unlike the others, it does not say that nobody is to keep it.
        Some(token) => {
            let body = active(&hydra.config.issuer, token).to_string();
            ([(header::CONTENT_TYPE, OAUTH_JSON)], body).into_response()
        }
        None => of_oauth(success(StatusCode::OK, &json!({"active": false}))),
    }
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
