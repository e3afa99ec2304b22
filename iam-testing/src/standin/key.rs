//! One signing key, of Hydra's or of a tokenizer's.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::error::Unspecified;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use uuid::Uuid;

/// What signs here. Hydra's own choice, RS256, would need keys that take seconds to make.
pub(super) const ALGORITHM: &str = "ES256";

/// In an `ECPrivateKey` (RFC 5915, section 3), version 1 and then the head of the 32 bytes that are the secret.
const BEFORE_SECRET: [u8; 5] = [0x02, 0x01, 0x01, 0x04, 0x20];

/// Before both coordinates of a point (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// A pair of keys. Cheap to clone.
#[derive(Clone)]
pub(super) struct Key {
    /// Two keys may have one `kid`, in sets of their own or one after the other.
    pub(super) serial: Uuid,
    pub(super) kid: String,
    usage: String,
    pair: Arc<EcdsaKeyPair>,
    secret: [u8; 32],
}

impl Key {
    pub(super) fn generate(kid: String, usage: String) -> Result<Key, Unspecified> {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)?;
        let document = document.as_ref();
        let place = document.windows(BEFORE_SECRET.len()).position(|bytes| bytes == BEFORE_SECRET);
        let place = place.ok_or(Unspecified)? + BEFORE_SECRET.len();
        let secret = document.get(place..place + 32).ok_or(Unspecified)?;
        let secret = secret.try_into().map_err(|_| Unspecified)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document, &random);
        let pair = Arc::new(pair.map_err(|_| Unspecified)?);
        Ok(Key { serial: Uuid::new_v4(), kid, usage, pair, secret })
    }

    /// The pair in a private JWK.
    pub(super) fn of_jwk(jwk: &Value) -> Result<Key, Unspecified> {
        let text = |name: &str| jwk[name].as_str().ok_or(Unspecified);
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).map_err(|_| Unspecified);
        let (secret, point) = (bytes("d")?, [vec![UNCOMPRESSED], bytes("x")?, bytes("y")?].concat());
        let random = SystemRandom::new();
        let pair =
            EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &secret, &point, &random);
        Ok(Key {
            serial: Uuid::new_v4(),
            kid: text("kid")?.to_owned(),
            usage: text("use")?.to_owned(),
            pair: Arc::new(pair.map_err(|_| Unspecified)?),
            secret: secret.try_into().map_err(|_| Unspecified)?,
        })
    }

    /// A JWS of these claims (RFC 7515, section 7.1).
    pub(super) fn sign(&self, claims: &Value) -> Result<String, Unspecified> {
        let header = json!({"alg": ALGORITHM, "kid": self.kid, "typ": "JWT"});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&header), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), text.as_bytes())?;
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// RFC 7518, section 6.2.1.
    pub(super) fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = point.get(1..).unwrap_or_default().split_at(point.len() / 2);
        json!({
            "use": self.usage,
            "kty": "EC",
            "kid": self.kid,
            "crv": "P-256",
            "alg": ALGORITHM,
            "x": URL_SAFE_NO_PAD.encode(x),
            "y": URL_SAFE_NO_PAD.encode(y),
        })
    }

    /// With the secret half, as the admin listener shows it.
    pub(super) fn private(&self) -> Value {
        let mut shown = self.public();
        shown["d"] = json!(URL_SAFE_NO_PAD.encode(self.secret));
        shown
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    fn decoded(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    #[test]
    fn a_signature_is_verified_by_the_key_that_is_published() {
        let key = Key::generate("one".to_owned(), "sig".to_owned()).unwrap();
        let token = key.sign(&json!({"sub": "somebody"})).unwrap();
        let (text, signature) = token.rsplit_once('.').unwrap();
        let shown = key.public();
        let point = ["x", "y"].map(|name| decoded(shown[name].as_str().unwrap())).concat();
        let verify = |key: &[u8]| {
            let point = [&[UNCOMPRESSED], key].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(text.as_bytes(), &decoded(signature))
        };
        verify(&point).unwrap();
        let other = Key::generate("one".to_owned(), "sig".to_owned()).unwrap().public();
        let other = ["x", "y"].map(|name| decoded(other[name].as_str().unwrap())).concat();
        verify(&other).unwrap_err();
    }

    #[test]
    fn the_secret_half_is_the_public_ones() {
        let key = Key::generate("one".to_owned(), "sig".to_owned()).unwrap();
        let shown = key.private();
        // A pair whose halves do not belong together is refused.
        assert_eq!(Key::of_jwk(&shown).unwrap().private(), shown);
        assert_eq!(key.public().get("d"), None);
    }
}
