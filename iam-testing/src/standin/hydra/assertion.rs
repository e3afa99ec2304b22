//! JWTs that others have signed: what they claim, by which key, and whether they were seen before.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::{Map, Value};
use time::OffsetDateTime;

/// What a client's or an issuer's signature may be made by. ES512 is known, and verified by nothing here.
pub(super) const ALGORITHMS: [&str; 9] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

/// Before both coordinates of a point (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// A JWT that nothing is known of but what it says.
pub(super) struct Assertion<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

impl<'a> Assertion<'a> {
    /// RFC 7515, section 5.2; `None` for what is no JWT.
    pub(super) fn read(token: &'a str) -> Option<Assertion<'a>> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let object = |part: &str| serde_json::from_slice(&bytes(part)?).ok();
        Some(Assertion { signed, signature: bytes(signature)?, header: object(header)?, claims: object(claims)? })
    }

    pub(super) fn algorithm(&self) -> &str {
        self.header.get("alg").and_then(Value::as_str).unwrap_or_default()
    }

    /// The name of its key, if it tells one.
    pub(super) fn kid(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str).filter(|kid| !kid.is_empty())
    }

    /// A claim that is a text, and not an empty one.
    pub(super) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A claim that is a time.
    pub(super) fn time(&self, claim: &str) -> Option<i64> {
        #[expect(clippy::cast_possible_truncation, reason = "as Go does; nobody claims times beyond that")]
        self.claims.get(claim)?.as_f64().map(|seconds| seconds as i64)
    }

    pub(super) fn has_audience(&self) -> bool {
        match self.claims.get("aud") {
            Some(Value::Array(list)) => !list.is_empty(),
            Some(Value::String(one)) => !one.is_empty(),
            _ => false,
        }
    }

    /// Whether it is for one of these.
    pub(super) fn is_for(&self, places: &[String]) -> bool {
        let is_one = |audience: &Value| audience.as_str().is_some_and(|one| places.iter().any(|place| place == one));
        match self.claims.get("aud") {
            Some(Value::Array(list)) => list.iter().any(is_one),
            Some(one) => is_one(one),
            None => false,
        }
    }

    /// Whether this public JWK verifies it (RFC 7518, section 3).
    pub(super) fn is_signed_by(&self, jwk: &Value) -> bool {
        let of_rsa = |parameters: &signature::RsaParameters| {
            let [n, e] = ["n", "e"].map(|name| part(jwk, name));
            let key = n.zip(e).map(|(n, e)| RsaPublicKeyComponents { n, e });
            key.is_some_and(|key| key.verify(parameters, self.signed.as_bytes(), &self.signature).is_ok())
        };
        let of_curve = |algorithm: &'static dyn signature::VerificationAlgorithm| {
            let [x, y] = ["x", "y"].map(|name| part(jwk, name));
            let point = x.zip(y).map(|(x, y)| [vec![UNCOMPRESSED], x, y].concat());
            point.is_some_and(|point| {
                UnparsedPublicKey::new(algorithm, point).verify(self.signed.as_bytes(), &self.signature).is_ok()
            })
        };
        match self.algorithm() {
            "RS256" => of_rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
            "RS384" => of_rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
            "RS512" => of_rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
            "PS256" => of_rsa(&signature::RSA_PSS_2048_8192_SHA256),
            "PS384" => of_rsa(&signature::RSA_PSS_2048_8192_SHA384),
            "PS512" => of_rsa(&signature::RSA_PSS_2048_8192_SHA512),
            "ES256" => of_curve(&signature::ECDSA_P256_SHA256_FIXED),
            "ES384" => of_curve(&signature::ECDSA_P384_SHA384_FIXED),
            _ => false,
        }
    }
}

fn bytes(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

fn part(jwk: &Value, name: &str) -> Option<Vec<u8>> {
    bytes(jwk[name].as_str()?).filter(|bytes| !bytes.is_empty())
}

/// Whether a JWK has what its kind of key is made of.
pub(super) fn is_key(jwk: &Value) -> bool {
    let has = |names: &[&str]| names.iter().all(|name| part(jwk, name).is_some());
    match jwk["kty"].as_str() {
        Some("EC") => has(&["x", "y"]),
        Some("RSA") => has(&["n", "e"]),
        Some("OKP") => has(&["x"]),
        Some("oct") => has(&["k"]),
        _ => false,
    }
}

/// The kind of key that an algorithm wants.
pub(super) fn kind_for(algorithm: &str) -> &'static str {
    if algorithm.starts_with("ES") { "EC" } else { "RSA" }
}

pub(super) fn now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

/// The ids of JWTs that were used, each until its JWT ends.
#[derive(Default)]
pub(super) struct Spent(HashMap<String, i64>);

impl Spent {
    pub(super) fn knows(&self, jti: &str) -> bool {
        self.0.get(jti).is_some_and(|end| *end > now())
    }

    pub(super) fn add(&mut self, jti: &str, end: i64) {
        let now = now();
        self.0.retain(|_, end| *end > now);
        self.0.insert(jti.to_owned(), end);
    }
}
