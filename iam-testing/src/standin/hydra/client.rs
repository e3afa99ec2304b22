//! An OAuth2 client: its document as the admin API shows it, and what the rest of the server asks it.

use std::time::Duration;

use rand::Rng;
use rand::distr::Alphanumeric;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::error::OAuthError;
use super::{assertion, scope};
use crate::standin::{AccessTokenStrategy, go_duration, go_json};

/// A registered client. The secret is kept apart: only the answer that sets it shows it.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) document: Document,
    pub(super) secret: Option<String>,
    /// Secrets of before a rotation, which are good as well.
    rotated: Vec<String>,
}

/// How many secrets of before are good at most.
const ROTATED: usize = 5;

/// The fields that Hydra knows; others are dropped, as there.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Document {
    pub(super) client_id: String,
    pub(super) client_name: String,
    #[serde(skip_serializing)]
    client_secret: String,
    pub(super) redirect_uris: Option<Vec<String>>,
    pub(super) grant_types: Option<Vec<String>>,
    pub(super) response_types: Option<Vec<String>>,
    pub(super) scope: String,
    pub(super) audience: Vec<String>,
    pub(super) owner: String,
    policy_uri: String,
    allowed_cors_origins: Vec<String>,
    tos_uri: String,
    client_uri: String,
    logo_uri: String,
    contacts: Option<Vec<String>>,
    client_secret_expires_at: i64,
    subject_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) jwks_uri: Option<String>,
    jwks: Value,
    pub(super) token_endpoint_auth_method: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint_auth_signing_alg: Option<String>,
    pub(super) userinfo_signed_response_alg: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token_strategy: Option<String>,
    created_at: String,
    updated_at: String,
    metadata: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) post_logout_redirect_uris: Option<Vec<String>>,
    pub(super) skip_consent: bool,
    pub(super) skip_logout_consent: Option<bool>,
    authorization_code_grant_access_token_lifespan: Option<String>,
    authorization_code_grant_id_token_lifespan: Option<String>,
    authorization_code_grant_refresh_token_lifespan: Option<String>,
    client_credentials_grant_access_token_lifespan: Option<String>,
    implicit_grant_access_token_lifespan: Option<String>,
    implicit_grant_id_token_lifespan: Option<String>,
    jwt_bearer_grant_access_token_lifespan: Option<String>,
    refresh_token_grant_access_token_lifespan: Option<String>,
    refresh_token_grant_id_token_lifespan: Option<String>,
    refresh_token_grant_refresh_token_lifespan: Option<String>,
}

/// Which of a client's lifespans is asked for.
#[derive(Clone, Copy)]
pub(super) enum Grant {
    ClientCredentials,
    AuthorizationCode,
    RefreshToken,
    JwtBearer,
}

impl Client {
    /// A client from a request body; `before` is what it replaces.
    pub(super) fn from_body(body: &Value, before: Option<&Client>) -> Result<Client, OAuthError> {
        let mut document = Document::read(body)?;
        let now = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let now = now.format(&Rfc3339).unwrap_or_default();
        document.created_at = before.map_or_else(|| now.clone(), |before| before.document.created_at.clone());
        document.updated_at = now;
        document.check()?;
        let given = Some(std::mem::take(&mut document.client_secret)).filter(|secret| !secret.is_empty());
        let is_public = document.token_endpoint_auth_method == "none";
        let (secret, rotated) = match (given, before) {
            _ if is_public => (None, Vec::new()),
            (Some(secret), _) => (Some(secret), Vec::new()),
            (None, Some(before)) => (before.secret.clone(), before.rotated.clone()),
            (None, None) => (Some(alphanumeric(26)), Vec::new()),
        };
        Ok(Client { document, secret, rotated })
    }

    /// The answer of a call that may set a secret: with it, if it did.
    pub(super) fn with_secret(&self, secret_was_set: bool) -> Value {
        let mut shown = json!(self.document);
        if let Some(secret) = self.secret.as_ref().filter(|_| secret_was_set) {
            shown["client_secret"] = json!(secret);
        }
        shown
    }

    /// A new secret; the old one is good still.
    pub(super) fn rotate(&mut self) {
        if let Some(old) = self.secret.replace(alphanumeric(26)) {
            self.rotated.insert(0, old);
            self.rotated.truncate(ROTATED);
        }
    }

    pub(super) fn forget_rotated(&mut self) {
        self.rotated.clear();
    }

    /// Whether this is its secret, or was before a rotation.
    pub(super) fn knows(&self, secret: &str) -> bool {
        self.secret.iter().chain(&self.rotated).any(|known| known == secret)
    }

    /// Whether it has a secret to prove who it is.
    pub(super) fn uses_secret(&self) -> bool {
        self.document.token_endpoint_auth_method.starts_with("client_secret_")
    }

    /// What its assertions are signed by: an algorithm that it does not choose is RS256.
    pub(super) fn signing_algorithm(&self) -> &str {
        self.document.token_endpoint_auth_signing_alg.as_deref().unwrap_or("RS256")
    }

    /// The keys that are registered with it, if any are.
    pub(super) fn jwks(&self) -> Option<&Value> {
        Some(&self.document.jwks).filter(|jwks| **jwks != json!({}))
    }

    /// A database keeps no `null` for a list: read back, it is an empty one.
    pub(super) fn is_stored(&mut self) {
        let document = &mut self.document;
        for list in [
            &mut document.redirect_uris,
            &mut document.grant_types,
            &mut document.response_types,
            &mut document.contacts,
        ] {
            list.get_or_insert_default();
        }
    }

    pub(super) fn is_public(&self) -> bool {
        self.document.token_endpoint_auth_method == "none"
    }

    /// Whether its access tokens are JWTs; `default` is the server's word.
    pub(super) fn has_signed_tokens(&self, default: AccessTokenStrategy) -> bool {
        match self.document.access_token_strategy.as_deref() {
            None => default == AccessTokenStrategy::Jwt,
            Some(own) => own == "jwt",
        }
    }

    pub(super) fn has_grant(&self, grant: &str) -> bool {
        match &self.document.grant_types {
            Some(grants) if !grants.is_empty() => grants.iter().any(|have| have == grant),
            // RFC 7591, section 2: what a client that names none is registered for.
            _ => grant == "authorization_code",
        }
    }

    pub(super) fn allows_scope(&self, needed: &str) -> bool {
        scope::satisfies(&scope::words(&self.document.scope), needed)
    }

    pub(super) fn access_lifespan(&self, grant: Grant) -> Option<Duration> {
        let text = match grant {
            Grant::ClientCredentials => &self.document.client_credentials_grant_access_token_lifespan,
            Grant::AuthorizationCode => &self.document.authorization_code_grant_access_token_lifespan,
            Grant::RefreshToken => &self.document.refresh_token_grant_access_token_lifespan,
            Grant::JwtBearer => &self.document.jwt_bearer_grant_access_token_lifespan,
        };
        go_duration::parse(text.as_deref()?)
    }

    pub(super) fn refresh_lifespan(&self, grant: Grant) -> Option<Duration> {
        let text = match grant {
            Grant::ClientCredentials | Grant::JwtBearer => return None,
            Grant::AuthorizationCode => &self.document.authorization_code_grant_refresh_token_lifespan,
            Grant::RefreshToken => &self.document.refresh_token_grant_refresh_token_lifespan,
        };
        go_duration::parse(text.as_deref()?)
    }
}

impl Document {
    fn read(body: &Value) -> Result<Document, OAuthError> {
        let mut document: Document = go_json::from_value(body.clone()).map_err(OAuthError::undecodable)?;
        let default = |field: &mut String, value: String| {
            if field.is_empty() {
                *field = value;
            }
        };
        // `oidc.dynamic_client_registration.default_scope`.
        default(&mut document.scope, "offline_access offline openid".to_owned());
        default(&mut document.client_id, uuid::Uuid::new_v4().to_string());
        default(&mut document.token_endpoint_auth_method, "client_secret_basic".to_owned());
        default(&mut document.subject_type, "public".to_owned());
        default(&mut document.userinfo_signed_response_alg, "none".to_owned());
        let strategy = document.access_token_strategy.take().filter(|strategy| !strategy.is_empty());
        document.access_token_strategy = strategy.map(|strategy| strategy.to_lowercase());
        for text in [&mut document.jwks_uri, &mut document.token_endpoint_auth_signing_alg] {
            *text = text.take().filter(|text| !text.is_empty());
        }
        let keys = document.jwks["keys"].as_array();
        if let Some(key) = keys.into_iter().flatten().find(|key| !assertion::is_key(key)) {
            return Err(OAuthError::undecodable(format!("{key} is no key")));
        }
        for text in document.lifespans().into_iter().flatten() {
            let duration = go_duration::parse(text);
            let duration = duration.ok_or_else(|| OAuthError::undecodable(format!("{text} is no duration")))?;
            *text = go_duration::print(duration);
        }
        for object in [&mut document.jwks, &mut document.metadata] {
            if object.is_null() {
                *object = json!({});
            }
        }
        Ok(document)
    }

    /// All of them, given or not.
    fn lifespans(&mut self) -> [&mut Option<String>; 10] {
        [
            &mut self.authorization_code_grant_access_token_lifespan,
            &mut self.authorization_code_grant_id_token_lifespan,
            &mut self.authorization_code_grant_refresh_token_lifespan,
            &mut self.client_credentials_grant_access_token_lifespan,
            &mut self.implicit_grant_access_token_lifespan,
            &mut self.implicit_grant_id_token_lifespan,
            &mut self.jwt_bearer_grant_access_token_lifespan,
            &mut self.refresh_token_grant_access_token_lifespan,
            &mut self.refresh_token_grant_id_token_lifespan,
            &mut self.refresh_token_grant_refresh_token_lifespan,
        ]
    }

    fn check(&self) -> Result<(), OAuthError> {
        let invalid = |what: String| Err(OAuthError::bad("invalid_client_metadata", what));
        let methods = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];
        if !methods.contains(&self.token_endpoint_auth_method.as_str()) {
            return invalid(format!("token_endpoint_auth_method must be one of {}", methods.join(", ")));
        }
        self.check_keys()?;
        if self.access_token_strategy.as_deref().is_some_and(|strategy| !["jwt", "opaque"].contains(&strategy)) {
            return invalid("field access_token_strategy must be either 'jwt' or 'opaque'".to_owned());
        }
        if !self.client_secret.is_empty() && self.client_secret.len() < 6 {
            return invalid("field client_secret must contain a secret that is at least 6 characters long".to_owned());
        }
        for uri in self.redirect_uris.iter().flatten() {
            if url::Url::parse(uri).is_err() || uri.contains('#') {
                return Err(OAuthError::bad("invalid_redirect_uri", format!("{uri} is no redirect URL")));
            }
        }
        Ok(())
    }

    /// Where the keys of its assertions are, and what they are for.
    fn check_keys(&self) -> Result<(), OAuthError> {
        let invalid = |what: &str| Err(OAuthError::bad("invalid_client_metadata", what));
        let (has_keys, is_elsewhere) = (self.jwks != json!({}), self.jwks_uri.is_some());
        if has_keys && is_elsewhere {
            return invalid("Fields jwks and jwks_uri can not both be set, you must choose one.");
        }
        if self.token_endpoint_auth_method != "private_key_jwt" {
            return Ok(());
        }
        if !has_keys && !is_elsewhere {
            return invalid(
                "When token_endpoint_auth_method is 'private_key_jwt', either jwks or jwks_uri must be set.",
            );
        }
        match self.token_endpoint_auth_signing_alg.as_deref() {
            Some(alg) if !assertion::ALGORITHMS.contains(&alg) => {
                invalid("The signing algorithm is not supported for private key authentication.")
            }
            _ => Ok(()),
        }
    }
}

/// Random letters and digits.
pub(super) fn alphanumeric(length: usize) -> String {
    rand::rng().sample_iter(Alphanumeric).take(length).map(char::from).collect()
}
