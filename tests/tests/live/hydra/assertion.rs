//! JWTs that others than Hydra sign: a client, or an issuer that it trusts.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// A key for ES256.
pub(super) struct Signer {
    kid: &'static str,
    pair: EcdsaKeyPair,
}

impl Signer {
    pub(super) fn new(kid: &'static str) -> Signer {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        Signer { kid, pair }
    }

    /// What others verify with (RFC 7518, section 6.2.1).
    pub(super) fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = point[1..].split_at(point.len() / 2);
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": self.kid, "x": part(x), "y": part(y)})
    }

    pub(super) fn sign(&self, claims: &Value) -> String {
        self.sign_as(&json!({"alg": "ES256", "kid": self.kid, "typ": "JWT"}), claims)
    }

    /// With a header that may lie.
    pub(super) fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(header), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Of `issuer` about `subject`, for five minutes and one use.
pub(super) fn claims(issuer: &str, subject: &str, audience: &str) -> Value {
    json!({
        "iss": issuer,
        "sub": subject,
        "aud": [audience],
        "iat": seconds(Duration::ZERO),
        "exp": seconds(Duration::from_secs(300)),
        "jti": uuid::Uuid::new_v4(),
    })
}

/// So long from now.
pub(super) fn seconds(from_now: Duration) -> i64 {
    (OffsetDateTime::now_utc() + from_now).unix_timestamp()
}

/// These claims with others in their place; `null` takes one away.
pub(super) fn with(mut claims: Value, changes: &[(&str, Value)]) -> Value {
    let object = claims.as_object_mut().unwrap();
    for (name, value) in changes {
        match value {
            Value::Null => drop(object.remove(*name)),
            value => drop(object.insert((*name).to_owned(), value.clone())),
        }
    }
    claims
}

/// A key for RS256, made for these rows and used nowhere else: it takes seconds to make one.
pub(super) struct RsaSigner(RsaKeyPair);

impl RsaSigner {
    pub(super) fn new() -> RsaSigner {
        RsaSigner(RsaKeyPair::from_pkcs8(include_bytes!("rsa.pk8")).unwrap())
    }

    /// RFC 7518, section 6.3.1.
    pub(super) fn jwk(&self) -> Value {
        let key = RsaPublicKeyComponents::<Vec<u8>>::from(self.0.public());
        let [n, e] = [key.n, key.e].map(|part| URL_SAFE_NO_PAD.encode(part));
        json!({"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "rsa", "n": n, "e": e})
    }

    pub(super) fn sign(&self, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&json!({"alg": "RS256", "kid": "rsa"})), part(claims));
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
