//! `/userinfo`: for any access token; the scope `openid` is not asked for.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::OAuthError;
use super::form::form;
use super::token::{Token, TokenUse};
use super::{Data, Hydra, keys};
use crate::standin::herodot::success;
use crate::standin::params::Params;

pub(super) async fn userinfo(
    State(hydra): State<Arc<Hydra>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = presented(&headers, &query.unwrap_or_default(), &body);
    let mut data = hydra.data();
    let token = text.as_deref().and_then(|text| data.active_token(text)).filter(|_| hydra.is_ready());
    match token {
        Some(token) if token.token_use == TokenUse::Access => {
            let claims = claims(&hydra.config.issuer, token);
            let client = data.clients.get(&token.grant.client_id);
            match client.is_some_and(|client| client.document.userinfo_signed_response_alg != "none") {
                true => signed(&mut data, claims).unwrap_or_else(IntoResponse::into_response),
                false => success(StatusCode::OK, &claims),
            }
        }
        // The code is in the header alone.
        Some(_) => {
            let mut response = refused("invalid_token", "Only access tokens are allowed in the authorization header.");
            let unknown = json!({"error": "error", "error_description": "The error is unrecognizable"});
            *response.body_mut() = unknown.to_string().into();
            response.headers_mut().remove(header::CONTENT_LENGTH);
            response
        }
        None => refused(
            "request_unauthorized",
            "The request could not be authorized. Check that you provided valid credentials in the right format.",
        ),
    }
}

/// RFC 6750, section 2: the header, or else a parameter.
fn presented(headers: &HeaderMap, query: &str, body: &Bytes) -> Option<String> {
    let bearer = || {
        let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.to_owned())
    };
    let parameter = |params: &Params| params.first("access_token").map(str::to_owned);
    bearer()
        .or_else(|| form(headers, body).ok().as_ref().and_then(parameter))
        .or_else(|| parameter(&Params::parse(query)))
}

fn claims(issuer: &str, token: &Token) -> Value {
    let grant = &token.grant;
    let mut claims = Value::Object(grant.id_claims.clone());
    claims["aud"] = json!([grant.client_id]);
    claims["iss"] = json!(issuer);
    claims["iat"] = json!(token.issued_at.unix_timestamp());
    if let Some(user) = &grant.user {
        claims["sub"] = json!(grant.subject);
        claims["auth_time"] = json!(user.authenticated_at.unix_timestamp());
        claims["rat"] = json!(user.requested_at.unix_timestamp());
        user.tell_proof(&mut claims);
    }
    claims
}

/// As a JWT, by the key of ID tokens, whatever the client calls its kind.
fn signed(data: &mut Data, mut claims: Value) -> Result<Response, OAuthError> {
    claims["jti"] = json!(Uuid::new_v4());
    let signed = data.keys.newest(keys::ID_TOKENS)?.sign(&claims);
    let text = signed.map_err(|_| OAuthError::server_error("The answer cannot be signed."))?;
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "application/jwt")], text).into_response())
}

fn refused(code: &str, description: &str) -> Response {
    let mut response = OAuthError::new(StatusCode::UNAUTHORIZED, code, description).into_response();
    let challenge = format!("Bearer error=\"{code}\",error_description=\"{description}\"");
    if let Ok(challenge) = HeaderValue::from_str(&challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
