//! Keto: does the relation hold?

mod verify;
mod write;

use serde::Deserialize;

use super::http::{Answer, Call, Client, ClientBuildError, Listener};
use crate::config::KetoSettings;
use crate::upstream::{CheckTuple, Trace};
use crate::{Product, UpstreamError, UpstreamFault};

/// A tenant's Keto.
pub(crate) struct Keto {
    client: Client,
    read: Listener,
    write: Option<Listener>,
}

impl Keto {
    pub(super) fn new(client: Client, settings: &KetoSettings, tenant: &'static str) -> Result<Self, ClientBuildError> {
        let listener = |endpoint| Listener::new(endpoint, tenant, Product::Keto);
        Ok(Self { client, read: listener(&settings.read)?, write: settings.write.as_ref().map(listener).transpose()? })
    }

    pub(super) fn readiness(&self) -> (&Client, Call) {
        (&self.client, Call::get(&self.read, "health/ready"))
    }

    /// `GET /relation-tuples/check`
    pub(crate) async fn check(&self, trace: &Trace, tuple: &CheckTuple) -> Result<bool, UpstreamError> {
        let call = Call::get(&self.read, "relation-tuples/check");
        let call = tuple.fields().into_iter().fold(call, |call, (name, value)| call.query(name, value));
        let answer = call.send(&self.client, trace).await?;
        read(&answer).map_err(|fault| self.client.error(fault))
    }
}

/// 403 with `allowed` is Keto's "no"; without it, it is somebody else's 403.
fn read(answer: &Answer) -> Result<bool, UpstreamFault> {
    match answer.status.as_u16() {
        200 => {
            answer.json::<WireCheck>("the check")?.allowed.ok_or(UpstreamFault::Unreadable("a check without `allowed`"))
        }
        403 => match answer.json::<WireCheck>("the check") {
            Ok(WireCheck { allowed: Some(false) }) => Ok(false),
            _ => Err(answer.unexpected()),
        },
        401 => Err(UpstreamFault::CredentialRefused),
        _ => Err(answer.unexpected()),
    }
}

#[derive(Deserialize)]
struct WireCheck {
    allowed: Option<bool>,
}
