use std::fmt;

use http::Method;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Hydra;
use crate::ory::http::{Answer, Call};
use crate::upstream::{Introspection, Trace};
use crate::{Secret, UpstreamError, UpstreamFault};

impl Hydra {
    /// `POST /admin/oauth2/introspect`; `None` where no admin listener is
    /// configured. Asking twice changes nothing, so it is repeated like a read.
    pub(crate) async fn introspect(
        &self,
        trace: &Trace,
        token: &Secret,
    ) -> Result<Option<Introspection>, UpstreamError> {
        let Some(admin) = &self.admin else { return Ok(None) };
        if token.is_empty() {
            // Hydra refuses the form then; the caller has no good token either way.
            return Ok(Some(Introspection::default()));
        }
        let call = Call::new(Method::POST, admin, "admin/oauth2/introspect").repeatable();
        let answer = call.form([("token", token.expose())]).send(&self.client, trace).await?;
        read(&answer).map(Some).map_err(|fault| self.client.error(fault))
    }
}

fn read(answer: &Answer) -> Result<Introspection, UpstreamFault> {
    match answer.status.as_u16() {
        200 => answer.json::<WireIntrospection>("the introspection")?.into_introspection(),
        401 | 403 => Err(UpstreamFault::CredentialRefused),
        _ => Err(answer.unexpected()),
    }
}

#[derive(Deserialize)]
struct WireIntrospection {
    active: Option<bool>,
    client_id: Option<String>,
    sub: Option<String>,
    scope: Option<String>,
    aud: Option<Audience>,
    iss: Option<String>,
    token_use: Option<String>,
    exp: Option<i64>,
    nbf: Option<i64>,
    iat: Option<i64>,
}

impl WireIntrospection {
    fn into_introspection(self) -> Result<Introspection, UpstreamFault> {
        Ok(Introspection {
            active: self.active.ok_or(UpstreamFault::Unreadable("an introspection without `active`"))?,
            client_id: self.client_id,
            subject: self.sub,
            scope: self.scope,
            audience: self.aud.map(|audience| audience.0).unwrap_or_default(),
            issuer: self.iss,
            token_use: self.token_use,
            expires_at: self.exp,
            not_before: self.nbf,
            issued_at: self.iat,
        })
    }
}

/// One string or an array of strings (RFC 7519, section 4.1.3).
pub(super) struct Audience(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMany)
    }
}

/// An untagged enum would do, but buffers the value on the way.
struct OneOrMany;

impl<'de> Visitor<'de> for OneOrMany {
    type Value = Audience;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or an array of strings")
    }

    fn visit_str<E>(self, one: &str) -> Result<Audience, E> {
        Ok(Audience(vec![one.to_owned()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Audience, A::Error> {
        let mut many = Vec::new();
        while let Some(item) = items.next_element()? {
            many.push(item);
        }
        Ok(Audience(many))
    }
}
