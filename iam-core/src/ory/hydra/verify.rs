//! Is this Hydra, whose, and does it take this service's token?

use serde::Deserialize;
use uuid::Uuid;

use super::Hydra;
use crate::ory::http::{Call, required};
use crate::upstream::Trace;
use crate::{Secret, UpstreamFault};

impl Hydra {
    /// `issuer` of `GET /.well-known/openid-configuration` (OpenID Connect Discovery 1.0, section
    /// 3); `None` where no public listener is configured.
    pub(crate) async fn issuer(&self, trace: &Trace) -> Result<Option<String>, UpstreamFault> {
        let Some(public) = &self.public else { return Ok(None) };
        let call = Call::get(public, ".well-known/openid-configuration");
        let answer = call.send(&self.client, trace).await.map_err(|error| error.fault)?;
        match answer.status.as_u16() {
            200 => {
                let discovery = answer.json::<WireDiscovery>("the discovery document")?;
                required(discovery.issuer, "a discovery document without `issuer`").map(Some)
            }
            _ => Err(answer.unexpected()),
        }
    }

    /// There are keys that verify its access tokens, where tokens are verified here.
    pub(crate) async fn verify_keys(&self, trace: &Trace) -> Result<(), UpstreamFault> {
        match &self.keys {
            Some(keys) => keys.probe(trace).await,
            None => Ok(()),
        }
    }

    /// A token that nobody issued is not active, by the admin listener, where one is configured.
    pub(crate) async fn verify_admin(&self, trace: &Trace) -> Result<(), UpstreamFault> {
        let token = Secret::new(format!("made-up-{}", Uuid::from_bytes(rand::random())));
        match self.introspect(trace, &token).await.map_err(|error| error.fault)? {
            Some(introspection) if introspection.active => {
                Err(UpstreamFault::Unreadable("a token that nobody issued is active"))
            }
            _ => Ok(()),
        }
    }
}

#[derive(Deserialize)]
struct WireDiscovery {
    issuer: Option<String>,
}
