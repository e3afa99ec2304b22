//! `?tokenize_as=`: a session as a JWT (`session/tokenizer.go`).

use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Kratos;
use super::session::Session;
use super::wire::ApiError;
use crate::standin::TokenizerTemplate;
use crate::standin::key::Key;

/// A private key for development, the same on every project, so that whoever checks its tokens is set up once. It
/// protects nothing.
const JWKS: &str = include_str!("tokenizer.jwks.json");

/// The key set that signs sessions, with its secret half.
pub(crate) fn private_jwks() -> Value {
    serde_json::from_str(JWKS).unwrap_or_default()
}

/// The keys by which a session's JWT is checked, for whoever is handed one: as
/// `GET /sessions/whoami?tokenize_as=jwt` makes them, on the stand-in and on Ory's own servers alike.
#[must_use]
pub fn tokenizer_jwks() -> Value {
    let public = key().map(|key| key.public());
    json!({"keys": public.as_slice()})
}

fn key() -> Option<Key> {
    Key::of_jwk(&private_jwks()["keys"][0]).ok()
}

impl Kratos {
    /// # Errors
    /// 400 if there is no such template.
    pub(super) fn tokenize(&self, session: &Session, template: &str) -> Result<String, ApiError> {
        let known = self.config.switches.tokenizer_templates.iter().find(|known| known.name == template);
        let TokenizerTemplate { ttl_ms, .. } =
            known.ok_or_else(|| ApiError::bad_request(format!("Unable to find tokenizer template \"{template}\".")))?;
        let now = OffsetDateTime::now_utc();
        let claims = json!({
            "jti": Uuid::new_v4(),
            "iss": self.config.public_url,
            // No lifetime at all if none is set.
            "exp": (now + Duration::from_millis(ttl_ms.unwrap_or_default())).unix_timestamp(),
            "nbf": now.unix_timestamp(),
            "iat": now.unix_timestamp(),
            "sub": session.identity,
            "sid": session.id,
        });
        let signed = key().and_then(|key| key.sign(&claims).ok());
        signed.ok_or_else(|| ApiError::bad_request("Unable to sign JSON Web Token."))
    }
}
