//! `POST /oauth2/token`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use super::client::{Client, Grant as GrantType};
use super::error::OAuthError;
use super::token::{Code, Grant, TokenUse, UserGrant};
use super::{Data, Hydra, client_auth, form::form, jwt_bearer, keys, scope};
use crate::standin::herodot::success;
use crate::standin::params::Params;

/// Hydra's `ttl.id_token`: 1 h.
const ID_LIFESPAN: Duration = Duration::from_secs(3600);

/// Hydra's `ttl.refresh_token`: 720 h.
const REFRESH_LIFESPAN: Duration = Duration::from_secs(720 * 3600);

pub(super) async fn token(
    State(hydra): State<Arc<Hydra>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let form = form(&headers, &body)?;
    let grant_type = form.text("grant_type");
    if grant_type.is_empty() {
        return Err(OAuthError::invalid_request("Request parameter 'grant_type' is missing."));
    }
    let client = client_auth::authenticate(&hydra, &headers, &form).await?;
    match grant_type {
        "client_credentials" => client_credentials(&hydra, &client, &form),
        "authorization_code" => authorization_code(&hydra, &client, &form),
        "refresh_token" => refresh_token(&hydra, &client, &form),
        jwt_bearer::GRANT => jwt_bearer::exchange(&hydra, &client, &form),
        // Hydra's own choice of code; RFC 6749 has `unsupported_grant_type`.
        _ => Err(OAuthError::invalid_request("The grant type is not supported by the authorization server.")),
    }
}

fn client_credentials(hydra: &Hydra, client: &Client, form: &Params) -> Result<Response, OAuthError> {
    let scope = scope::words(form.text("scope"));
    check_scope(client, &scope)?;
    let audience = check_audience(client, form)?;
    if client.is_public() {
        return Err(OAuthError::invalid_grant(
            "The OAuth 2.0 Client is marked as public and is thus not allowed to use authorization grant 'client_credentials'.",
        ));
    }
    check_grant_type(client, "client_credentials")?;
    let id = client.document.client_id.clone();
    let grant = Grant { client_id: id.clone(), subject: id, scope, audience, ..Grant::default() };
    answer(hydra, &mut hydra.data(), client, GrantType::ClientCredentials, &Arc::new(grant), Uuid::new_v4(), false)
}

fn authorization_code(hydra: &Hydra, client: &Client, form: &Params) -> Result<Response, OAuthError> {
    check_grant_type(client, "authorization_code")?;
    let mut data = hydra.data();
    let text = form.text("code");
    let code = data.tokens.code(text).cloned().ok_or_else(|| OAuthError::invalid_grant("The code is unknown."))?;
    if code.used {
        // RFC 6749, section 4.1.2: somebody else has the code too.
        data.tokens.revoke_chain(code.chain);
        return Err(OAuthError::invalid_grant("The authorization code has already been used."));
    }
    check_code(&code, client, form)?;
    check_proof(data.tokens.take_challenge(text).as_deref(), form.text("code_verifier"))?;
    data.tokens.spend_code(text);
    let refreshable = code.grant.scope.iter().any(|scope| scope == "offline" || scope == "offline_access")
        && client.has_grant("refresh_token");
    answer(hydra, &mut data, client, GrantType::AuthorizationCode, &code.grant, code.chain, refreshable)
}

fn check_code(code: &Code, client: &Client, form: &Params) -> Result<(), OAuthError> {
    let wrong = |what: &str| Err(OAuthError::invalid_grant(what));
    if OffsetDateTime::now_utc() >= code.expires_at {
        return wrong("The authorization code has expired.");
    }
    if code.grant.client_id != client.document.client_id {
        return wrong("The OAuth 2.0 Client ID from this request does not match the one from the authorize request.");
    }
    if code.redirect_uri.as_deref().is_some_and(|uri| uri != form.text("redirect_uri")) {
        return wrong("The \"redirect_uri\" from this request does not match the one from the authorize request.");
    }
    Ok(())
}

/// RFC 7636, section 4.6.
fn check_proof(challenge: Option<&str>, verifier: &str) -> Result<(), OAuthError> {
    let wrong = |what: &str| Err(OAuthError::invalid_grant(what));
    match challenge {
        None if verifier.is_empty() => Ok(()),
        None => wrong("Unable to find initial PKCE data tied to this request"),
        Some(_) if !(43..=128).contains(&verifier.len()) => {
            wrong("The PKCE code verifier must have 43 to 128 characters.")
        }
        Some(_) if !verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)) => {
            wrong("The PKCE code verifier must only contain [a-Z], [0-9], '-', '.', '_', '~'.")
        }
        Some(challenge) if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != challenge => {
            wrong("The PKCE code challenge did not match the code verifier.")
        }
        Some(_) => Ok(()),
    }
}

fn refresh_token(hydra: &Hydra, client: &Client, form: &Params) -> Result<Response, OAuthError> {
    check_grant_type(client, "refresh_token")?;
    let mut data = hydra.data();
    let invalid = |what: &str| OAuthError::invalid_grant(what);
    let token = data
        .tokens
        .find(form.text("refresh_token"))
        .filter(|token| token.token_use == TokenUse::Refresh)
        .ok_or_else(|| invalid("The refresh token is unknown."))?;
    let (grant, chain) = (token.grant.clone(), token.chain);
    if token.spent {
        // RFC 9700, section 4.14.2: one of the two users is a thief, and nobody knows which.
        data.tokens.revoke_chain(chain);
        return Err(invalid("The refresh token was already used."));
    }
    if !token.is_active() {
        return Err(invalid("The refresh token has expired."));
    }
    if grant.client_id != client.document.client_id {
        return Err(invalid(
            "The OAuth 2.0 Client ID from this request does not match the ID during the initial token issuance.",
        ));
    }
    check_scope(client, &grant.scope)?;
    data.tokens.rotate_chain(chain);
    answer(hydra, &mut data, client, GrantType::RefreshToken, &grant, chain, true)
}

pub(super) fn answer(
    hydra: &Hydra,
    data: &mut Data,
    client: &Client,
    grant_type: GrantType,
    grant: &Arc<Grant>,
    chain: Uuid,
    refreshable: bool,
) -> Result<Response, OAuthError> {
    let lifespan = client.access_lifespan(grant_type).unwrap_or(hydra.config.switches.access_token_lifespan);
    let expires_at = OffsetDateTime::now_utc() + lifespan;
    let access_token = match client.has_signed_tokens(hydra.config.switches.access_token_strategy) {
        true => {
            let key = data.keys.newest(keys::ACCESS_TOKENS)?;
            let signed = data.tokens.issue_signed(&key, &hydra.config, grant.clone(), chain, lifespan);
            signed.map_err(|_| OAuthError::server_error("The token cannot be signed."))?
        }
        false => data.tokens.issue(TokenUse::Access, grant.clone(), chain, lifespan),
    };
    // What is left at the time of the answer, rounded down: 3599 for an hour.
    let expires_in = (expires_at - OffsetDateTime::now_utc()).whole_seconds();
    let mut body = json!({
        "access_token": access_token,
        "expires_in": expires_in,
        "scope": grant.scope.join(" "),
        "token_type": "bearer",
    });
    if refreshable {
        let lifespan = client.refresh_lifespan(grant_type).unwrap_or(REFRESH_LIFESPAN);
        body["refresh_token"] = json!(data.tokens.issue(TokenUse::Refresh, grant.clone(), chain, lifespan));
    }
    if let Some(user) = grant.user.as_ref().filter(|_| grant.scope.iter().any(|scope| scope == "openid")) {
        let claims = id_token(&hydra.config.issuer, grant, user, &access_token);
        let signed = data.keys.newest(keys::ID_TOKENS)?.sign(&claims);
        body["id_token"] = json!(signed.map_err(|_| OAuthError::server_error("The token cannot be signed."))?);
    }
    Ok(success(StatusCode::OK, &body))
}

/// Who the user is, for the client alone (OpenID Connect Core 1.0, section 2): no key to any API.
fn id_token(issuer: &str, grant: &Grant, user: &UserGrant, access_token: &str) -> Value {
    let now = OffsetDateTime::now_utc();
    let mut claims = Value::Object(grant.id_claims.clone());
    let digest = Sha256::digest(access_token);
    for (name, value) in [
        ("at_hash", json!(URL_SAFE_NO_PAD.encode(&digest[..digest.len() / 2]))),
        ("aud", json!([grant.client_id])),
        ("auth_time", json!(user.authenticated_at.unix_timestamp())),
        ("exp", json!((now + ID_LIFESPAN).unix_timestamp())),
        ("iat", json!(now.unix_timestamp())),
        ("iss", json!(issuer)),
        ("jti", json!(Uuid::new_v4())),
        ("rat", json!(user.requested_at.unix_timestamp())),
        ("sid", json!(user.session_id)),
        ("sub", json!(grant.subject)),
    ] {
        claims[name] = value;
    }
    user.tell_proof(&mut claims);
    claims
}

pub(super) fn check_grant_type(client: &Client, grant: &str) -> Result<(), OAuthError> {
    if client.has_grant(grant) {
        return Ok(());
    }
    Err(OAuthError::bad(
        "unauthorized_client",
        format!("The OAuth 2.0 Client is not allowed to use authorization grant '{grant}'."),
    ))
}

/// One forbidden scope fails the whole request.
pub(super) fn check_scope(client: &Client, wanted: &[String]) -> Result<(), OAuthError> {
    match wanted.iter().find(|scope| !client.allows_scope(scope)) {
        None => Ok(()),
        Some(scope) => Err(OAuthError::bad(
            "invalid_scope",
            format!("The OAuth 2.0 Client is not allowed to request scope '{scope}'."),
        )),
    }
}

/// `audience`, repeated or with blanks between.
pub(super) fn check_audience(client: &Client, params: &Params) -> Result<Vec<String>, OAuthError> {
    let wanted: Vec<String> = params.all("audience").flat_map(scope::words).collect();
    match wanted.iter().find(|audience| !scope::audience_allowed(&client.document.audience, audience)) {
        None => Ok(wanted),
        Some(audience) => Err(OAuthError::invalid_request(format!(
            "Requested audience '{audience}' has not been whitelisted by the OAuth 2.0 Client."
        ))),
    }
}
