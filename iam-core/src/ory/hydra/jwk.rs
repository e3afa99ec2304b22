//! A key that verifies signatures (RFC 7517, RFC 7518).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature as by;
use ring::signature::{RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm};
use serde::Deserialize;
use serde_json::Value;

/// How a JWT is signed: with a key of two halves always, never with one that verifies and signs alike, nor by `none`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    EdDsa,
}

impl Algorithm {
    /// By its name in `alg` (RFC 7518, section 3.1; RFC 8037, section 3.1). ES512 is missing, as `ring` has no P-521.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "RS384" => Self::Rs384,
            "RS512" => Self::Rs512,
            "PS256" => Self::Ps256,
            "PS384" => Self::Ps384,
            "PS512" => Self::Ps512,
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            "EdDSA" => Self::EdDsa,
            _ => return None,
        })
    }

    fn of_rsa(self) -> Option<&'static RsaParameters> {
        Some(match self {
            Self::Rs256 => &by::RSA_PKCS1_2048_8192_SHA256,
            Self::Rs384 => &by::RSA_PKCS1_2048_8192_SHA384,
            Self::Rs512 => &by::RSA_PKCS1_2048_8192_SHA512,
            Self::Ps256 => &by::RSA_PSS_2048_8192_SHA256,
            Self::Ps384 => &by::RSA_PSS_2048_8192_SHA384,
            Self::Ps512 => &by::RSA_PSS_2048_8192_SHA512,
            Self::Es256 | Self::Es384 | Self::EdDsa => return None,
        })
    }
}

/// The public half of a key.
pub(super) struct Key {
    pub(super) kid: Box<str>,
    /// The only one that it signs by, if it says so (RFC 7517, section 4.4).
    algorithm: Option<Algorithm>,
    half: Half,
}

enum Half {
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
    /// A point of the one curve that this algorithm has.
    Point(Algorithm, &'static dyn VerificationAlgorithm, Vec<u8>),
}

impl Key {
    /// `None` for another use or kind than here, and where a part is missing. What is no point of its curve, or
    /// too short, verifies nothing.
    pub(super) fn of(jwk: &Value) -> Option<Self> {
        let jwk = Jwk::deserialize(jwk).ok()?;
        if jwk.r#use.is_some_and(|other| other != "sig") {
            return None;
        }
        let algorithm = match jwk.alg {
            Some(name) => Some(Algorithm::named(&name)?),
            None => None,
        };
        let bytes = |part: Option<String>| URL_SAFE_NO_PAD.decode(part?).ok();
        let half = match (&*jwk.kty, jwk.crv.as_deref()) {
            ("RSA", _) => Half::Rsa(RsaPublicKeyComponents { n: shortest(bytes(jwk.n)?), e: shortest(bytes(jwk.e)?) }),
            ("EC", Some("P-256")) => {
                Half::Point(Algorithm::Es256, &by::ECDSA_P256_SHA256_FIXED, point(&bytes(jwk.x)?, &bytes(jwk.y)?))
            }
            ("EC", Some("P-384")) => {
                Half::Point(Algorithm::Es384, &by::ECDSA_P384_SHA384_FIXED, point(&bytes(jwk.x)?, &bytes(jwk.y)?))
            }
            ("OKP", Some("Ed25519")) => Half::Point(Algorithm::EdDsa, &by::ED25519, bytes(jwk.x)?),
            _ => return None,
        };
        Some(Self { kid: jwk.kid.into(), algorithm, half })
    }

    pub(super) fn signs_by(&self, algorithm: Algorithm) -> bool {
        self.algorithm.is_none_or(|own| own == algorithm)
    }

    /// Whether this key made the signature, by this algorithm.
    pub(super) fn has_signed(&self, algorithm: Algorithm, text: &[u8], signature: &[u8]) -> bool {
        match &self.half {
            Half::Rsa(half) => algorithm.of_rsa().is_some_and(|by| half.verify(by, text, signature).is_ok()),
            Half::Point(own, by, point) => {
                *own == algorithm && UnparsedPublicKey::new(*by, point).verify(text, signature).is_ok()
            }
        }
    }
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: String,
    r#use: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// Without leading zeros, which RFC 7518, section 6.3.1.1, forbids, and some write all the same.
fn shortest(number: Vec<u8>) -> Vec<u8> {
    number.into_iter().skip_while(|byte| *byte == 0).collect()
}

/// Uncompressed (SEC 1, section 2.3.3).
fn point(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TEXT: &[u8] = b"a signed text";
    /// What OpenSSL signed, with keys that it forgot.
    const SIGNATURES: &str = include_str!("../../../tests/signatures.json");

    fn signatures() -> Vec<(String, Value, Vec<u8>)> {
        let all: Vec<Value> = serde_json::from_str(SIGNATURES).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let read = |one: Value| {
            (text(&one["alg"]), one["jwk"].clone(), URL_SAFE_NO_PAD.decode(text(&one["signature"])).unwrap())
        };
        all.into_iter().map(read).collect()
    }

    #[test]
    fn a_signature_is_good_by_its_own_algorithm_and_key_only() {
        let all = signatures();
        assert_eq!(all.len(), 9);
        for (name, jwk, signature) in &all {
            let own = Key::of(jwk).unwrap();
            for (other, other_jwk, _) in &all {
                let (algorithm, key) = (Algorithm::named(other).unwrap(), Key::of(other_jwk).unwrap());
                assert_eq!(own.has_signed(algorithm, TEXT, signature), name == other, "{name} as {other}");
                let is_its_key = own.has_signed(Algorithm::named(name).unwrap(), TEXT, signature) && jwk == other_jwk;
                assert_eq!(key.has_signed(Algorithm::named(name).unwrap(), TEXT, signature), is_its_key);
            }
            let algorithm = Algorithm::named(name).unwrap();
            assert!(!own.has_signed(algorithm, b"another text", signature), "{name}");
            assert!(!own.has_signed(algorithm, TEXT, &signature[1..]), "{name}");
            assert!(!own.has_signed(algorithm, TEXT, &[]), "{name}");
        }
    }

    #[test]
    fn a_key_that_names_its_algorithm_has_no_other() {
        let (_, mut jwk, _) = signatures().swap_remove(0);
        for (named, by_rs256, by_ps256) in
            [(json!(null), true, true), (json!("RS256"), true, false), (json!("PS256"), false, true)]
        {
            jwk["alg"] = named;
            let key = Key::of(&jwk).unwrap();
            assert_eq!((key.signs_by(Algorithm::Rs256), key.signs_by(Algorithm::Ps256)), (by_rs256, by_ps256), "{jwk}");
        }
    }

    #[test]
    fn what_verifies_nothing_is_no_key() {
        for name in ["none", "HS256", "HS512", "ES512", "ES256K", "rs256", "RSA-OAEP", ""] {
            assert!(Algorithm::named(name).is_none(), "{name}");
        }
        type Change = fn(&mut Value);
        let table: [Change; 8] = [
            |jwk| jwk["use"] = json!("enc"),
            |jwk| jwk["alg"] = json!("HS256"),
            |jwk| jwk["kty"] = json!("oct"),
            |jwk| jwk["kty"] = json!(1),
            |jwk| jwk["kid"] = json!(null),
            |jwk| jwk["n"] = json!("not base64!"),
            |jwk| jwk["e"] = json!(null),
            |jwk| *jwk = json!("x"),
        ];
        let (_, good, _) = signatures().swap_remove(0);
        assert!(Key::of(&good).is_some());
        for (row, change) in table.into_iter().enumerate() {
            let mut jwk = good.clone();
            change(&mut jwk);
            assert!(Key::of(&jwk).is_none(), "row {row}");
        }
    }

    #[test]
    fn leading_zeros_and_points_off_the_curve_do_no_harm() {
        let (name, mut rsa, signature) = signatures().swap_remove(0);
        let padded = [&[0, 0], &*URL_SAFE_NO_PAD.decode(rsa["n"].as_str().unwrap()).unwrap()].concat();
        rsa["n"] = json!(URL_SAFE_NO_PAD.encode(padded));
        assert!(Key::of(&rsa).unwrap().has_signed(Algorithm::named(&name).unwrap(), TEXT, &signature));
        let (_, mut point, signature) = signatures().swap_remove(6);
        for x in ["", "AA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            point["x"] = json!(x);
            assert!(!Key::of(&point).unwrap().has_signed(Algorithm::Es256, TEXT, &signature), "{x}");
        }
    }
}
