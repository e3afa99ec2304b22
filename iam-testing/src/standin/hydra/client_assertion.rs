//! `private_key_jwt`: a client proves who it is by a JWT that it signs (RFC 7523, section 2.2), in the order in which
//! `fosite/client_authentication.go` looks at it.

use serde_json::Value;

use super::Hydra;
use super::assertion::{Assertion, kind_for, now};
use super::client::Client;
use super::error::OAuthError;
use crate::client::http_client;
use crate::standin::params::Params;

/// The only `client_assertion_type`.
pub(super) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(super) async fn authenticate(hydra: &Hydra, form: &Params) -> Result<Client, OAuthError> {
    let refused = |what: &str| OAuthError::invalid_client(what);
    let text = form.text("client_assertion");
    if text.is_empty() {
        return Err(OAuthError::invalid_request(format!(
            "The client_assertion request parameter must be set when using client_assertion_type of '{TYPE}'."
        )));
    }
    let unverified = || refused("Unable to verify the integrity of the 'client_assertion' value.");
    let assertion = Assertion::read(text).ok_or_else(unverified)?;
    let named = Some(form.text("client_id")).filter(|id| !id.is_empty()).or_else(|| assertion.text("sub"));
    let id = named.ok_or_else(|| refused("The claim 'sub' from the client_assertion JSON Web Token is undefined."))?;
    let client = hydra.data().clients.get(id).filter(|_| hydra.is_ready()).cloned();
    let client = client.ok_or_else(|| refused("Client authentication failed."))?;
    if client.document.token_endpoint_auth_method != "private_key_jwt" {
        return Err(refused("The OAuth 2.0 Client does not support 'private_key_jwt', but it was requested."));
    }
    if assertion.algorithm() != client.signing_algorithm() {
        return Err(refused(
            "The 'client_assertion' uses another signing algorithm than the OAuth 2.0 Client enforces.",
        ));
    }
    let key = key_of(&client, &assertion).await?;
    if !assertion.is_signed_by(&key) {
        return Err(unverified());
    }
    let (now, end) = (now(), assertion.time("exp"));
    let is_early = |claim: &str| assertion.time(claim).is_some_and(|begin| begin > now);
    if end.is_some_and(|end| end < now) || is_early("iat") || is_early("nbf") {
        return Err(OAuthError::unrecognizable());
    }
    if assertion.text("iss") != Some(id) || assertion.text("sub") != Some(id) {
        return Err(refused("Claims 'iss' and 'sub' from 'client_assertion' must match the 'client_id'."));
    }
    let jti = assertion.text("jti");
    let jti = jti.ok_or_else(|| refused("Claim 'jti' from 'client_assertion' must be set but is not."))?;
    {
        let mut data = hydra.data();
        if data.spent.knows(jti) {
            return Err(OAuthError::jti_known());
        }
        let end = end.ok_or_else(|| refused("Unable to type assert the expiry time from claims."))?;
        data.spent.add(jti, end);
    }
    // Only now, when its id is spent.
    if !assertion.is_for(&hydra.token_urls()) {
        return Err(refused("Claim 'audience' from 'client_assertion' must match the token endpoint."));
    }
    Ok(client)
}

/// The key of the client that the assertion names, or its first one.
async fn key_of(client: &Client, assertion: &Assertion<'_>) -> Result<Value, OAuthError> {
    let jwks = match (client.jwks(), &client.document.jwks_uri) {
        (Some(jwks), _) => jwks.clone(),
        (None, Some(place)) => fetched(place).await.ok_or_else(|| {
            OAuthError::server_error(format!("Unable to fetch the JSON Web Keys of the client from '{place}'."))
        })?,
        (None, None) => return Err(OAuthError::invalid_client("The OAuth 2.0 Client has no JSON Web Keys set.")),
    };
    let kind = kind_for(assertion.algorithm());
    let is_meant =
        |key: &&Value| key["use"] == "sig" && key["kty"] == kind && assertion.kid().is_none_or(|kid| key["kid"] == kid);
    let key = jwks["keys"].as_array().into_iter().flatten().find(is_meant);
    key.cloned().ok_or_else(|| OAuthError::invalid_request("The JSON Web Token's signing key could not be found."))
}

async fn fetched(place: &str) -> Option<Value> {
    http_client().ok()?.get(place).send().await.ok()?.error_for_status().ok()?.json().await.ok()
}
