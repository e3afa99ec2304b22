//! An access token that is a JWT, taken at its word once a key of the issuer's has verified it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Hydra;
use super::introspection::Audience;
use super::jwk::Algorithm;
use crate::upstream::{Introspection, Trace};
use crate::{Secret, UpstreamError, UpstreamFault};

impl Hydra {
    /// What the token says of itself; not active unless a key of the issuer's signed it.
    pub(crate) async fn verify_token(&self, trace: &Trace, token: &Secret) -> Result<Introspection, UpstreamError> {
        let Some(keys) = &self.keys else { return Err(self.client.error(UpstreamFault::NoConnection)) };
        let Some(jwt) = Jwt::of(token.expose()) else { return Ok(Introspection::default()) };
        let keys = keys.find(&jwt.kid, jwt.algorithm, trace).await?;
        if !keys.iter().any(|key| key.has_signed(jwt.algorithm, jwt.signed.as_bytes(), &jwt.signature)) {
            return Ok(Introspection::default());
        }
        jwt.claims().and_then(Claims::into_introspection).map_err(|fault| self.client.error(fault))
    }
}

/// Whether this is a JWT that can be verified here. Opaque tokens have two parts, not three.
pub(crate) fn is_verifiable(token: &str) -> bool {
    Jwt::of(token).is_some()
}

/// A JWT in its compact form (RFC 7515, section 7.1), not verified yet.
struct Jwt<'a> {
    algorithm: Algorithm,
    kid: String,
    claims: &'a str,
    /// What the signature is over (section 5.1).
    signed: &'a str,
    signature: Vec<u8>,
}

/// What says how to verify it (RFC 7515, section 4.1).
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    /// Names what must be understood, and nothing is (section 4.1.11).
    crit: Option<IgnoredAny>,
}

/// What access tokens call themselves: Hydra's, and those of RFC 9068, section 2.1.
const TYPES: [&str; 3] = ["JWT", "at+jwt", "application/at+jwt"];

impl<'a> Jwt<'a> {
    fn of(token: &'a str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.').filter(|(_, claims)| !claims.contains('.'))?;
        let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        let is_of_ours = header.typ.is_none_or(|typ| TYPES.iter().any(|own| own.eq_ignore_ascii_case(&typ)));
        if !is_of_ours || header.crit.is_some() {
            return None;
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        Some(Self { algorithm: Algorithm::named(&header.alg)?, kid: header.kid?, claims, signed, signature })
    }

    /// To be asked for only once the signature was found good.
    fn claims(&self) -> Result<Claims, UpstreamFault> {
        let unreadable = UpstreamFault::Unreadable("the claims of a signed access token");
        let claims = URL_SAFE_NO_PAD.decode(self.claims).map_err(|_| unreadable)?;
        // The decoder's own error quotes the claims, so it is dropped.
        serde_json::from_slice(&claims).map_err(|_| unreadable)
    }
}

/// The claims of Hydra's access tokens, and those by which its other JWTs are known: the keys of all stand in one
/// set, and they have one `typ` and one issuer. None of the others names a client, either.
#[derive(Deserialize)]
struct Claims {
    client_id: Option<String>,
    sub: Option<String>,
    /// A list, unless `strategies.jwt.scope_claim` says otherwise.
    scp: Option<Vec<String>>,
    /// Separated by spaces (RFC 9068, section 2.2.3).
    scope: Option<String>,
    aud: Option<Audience>,
    iss: Option<String>,
    exp: Option<i64>,
    nbf: Option<i64>,
    iat: Option<i64>,
    /// ID tokens (OpenID Connect Core 1.0, sections 2 and 3.3.2.11). `auth_time` may stand in access tokens, too.
    nonce: Option<IgnoredAny>,
    at_hash: Option<IgnoredAny>,
    c_hash: Option<IgnoredAny>,
    /// Hydra's own, in each ID token: when the user was asked to log in.
    rat: Option<IgnoredAny>,
    /// Log-out tokens (OpenID Connect Back-Channel Logout 1.0, section 2.4).
    events: Option<IgnoredAny>,
    /// Verifiable credentials.
    vc: Option<IgnoredAny>,
}

impl Claims {
    fn into_introspection(self) -> Result<Introspection, UpstreamFault> {
        let of_another_use = [&self.nonce, &self.at_hash, &self.c_hash, &self.rat, &self.events, &self.vc];
        let is_access_token = of_another_use.iter().all(|claim| claim.is_none());
        let scope = match self.scp {
            // Joined by what separates scopes, one scope would become two.
            Some(scopes) if scopes.iter().any(|scope| scope.contains(' ')) => {
                return Err(UpstreamFault::Unreadable("a scope with a space in a signed access token"));
            }
            Some(scopes) => Some(scopes.join(" ")),
            None => self.scope,
        };
        Ok(Introspection {
            active: true,
            client_id: self.client_id,
            subject: self.sub,
            scope,
            audience: self.aud.map(|audience| audience.0).unwrap_or_default(),
            issuer: self.iss,
            token_use: is_access_token.then(|| "access_token".to_owned()),
            expires_at: self.exp,
            not_before: self.nbf,
            issued_at: self.iat,
        })
    }
}
