//! The grant `jwt-bearer`: the word of a trusted issuer about somebody, for a token of theirs (RFC 7523, section 2.1).

use std::sync::Arc;

use axum::response::Response;
use uuid::Uuid;

use super::assertion::{Assertion, now};
use super::client::{Client, Grant as GrantType};
use super::error::OAuthError;
use super::token::Grant;
use super::token_endpoint::{answer, check_grant_type};
use super::trust::Issuer;
use super::{Hydra, scope};
use crate::standin::params::Params;

pub(super) const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// `oauth2.grant.jwt.max_ttl`: 720 h.
const LONGEST_LIFE: i64 = 720 * 3600;

pub(super) fn exchange(hydra: &Hydra, client: &Client, form: &Params) -> Result<Response, OAuthError> {
    check_grant_type(client, GRANT)?;
    let text = form.text("assertion");
    if text.is_empty() {
        return Err(OAuthError::invalid_request("The assertion request parameter must be set."));
    }
    let invalid = |what: &str| OAuthError::invalid_grant(what);
    let assertion = Assertion::read(text).ok_or_else(|| invalid("Unable to parse the JSON Web Token."))?;
    let (Some(name), Some(subject)) = (assertion.text("iss"), assertion.text("sub")) else {
        return Err(invalid("The JWT MUST contain an \"iss\" and a \"sub\" claim."));
    };
    let mut data = hydra.data();
    let issuer = issuer_of(data.issuers.about(name, subject), &assertion)?;
    let granted = issuer.scope.clone();
    let (jti, end) = checked(hydra, &assertion)?;
    if data.spent.knows(jti) {
        return Err(OAuthError::jti_known());
    }
    let scope = scope::words(form.text("scope"));
    // What the client itself may ask for is not looked at.
    if let Some(more) = scope.iter().find(|scope| !scope::satisfies(&granted, scope)) {
        return Err(OAuthError::bad(
            "invalid_scope",
            format!("The public key is not allowed to request scope '{more}'."),
        ));
    }
    data.spent.add(jti, end);
    let client_id = client.document.client_id.clone();
    let grant = Grant { client_id, subject: subject.to_owned(), scope, ..Grant::default() };
    answer(hydra, &mut data, client, GrantType::JwtBearer, &Arc::new(grant), Uuid::new_v4(), false)
}

/// Whose word it is. An issuer whose time is over is not found, unless its key is named: then nobody looks.
fn issuer_of<'a>(
    mut issuers: impl Iterator<Item = &'a Issuer>,
    assertion: &Assertion<'_>,
) -> Result<&'a Issuer, OAuthError> {
    let unverified = || OAuthError::invalid_grant("Unable to verify the integrity of the 'assertion' value.");
    let unknown = || OAuthError::invalid_grant("No public JWK was registered for the issuer and the subject.");
    match assertion.kid() {
        Some(kid) => {
            let issuer = issuers.find(|issuer| issuer.kid() == kid).ok_or_else(unknown)?;
            if assertion.is_signed_by(&issuer.jwk) { Ok(issuer) } else { Err(unverified()) }
        }
        None => issuers.find(|issuer| !issuer.is_over() && assertion.is_signed_by(&issuer.jwk)).ok_or_else(unknown),
    }
}

/// Its id, and when it ends.
fn checked<'a>(hydra: &Hydra, assertion: &'a Assertion<'_>) -> Result<(&'a str, i64), OAuthError> {
    let invalid = |what: &str| Err(OAuthError::invalid_grant(what));
    if !assertion.has_audience() || !assertion.is_for(&hydra.token_urls()) {
        return invalid("The JWT MUST contain an \"aud\" claim that identifies the authorization server.");
    }
    let now = now();
    let Some(end) = assertion.time("exp") else { return invalid("The JWT MUST contain an \"exp\" claim.") };
    if end < now {
        return invalid("The JWT expired.");
    }
    if assertion.time("nbf").is_some_and(|begin| begin >= now) {
        return invalid("The JWT MUST NOT be accepted yet.");
    }
    let Some(begin) = assertion.time("iat") else { return invalid("The JWT MUST contain an \"iat\" claim.") };
    if end - begin > LONGEST_LIFE {
        return invalid("The JWT's \"exp\" claim is unreasonably far in the future.");
    }
    match assertion.text("jti") {
        Some(jti) => Ok((jti, end)),
        None => invalid("The JWT MUST contain an \"jti\" claim."),
    }
}
