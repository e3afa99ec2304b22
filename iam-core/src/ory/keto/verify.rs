//! Which namespaces are there, which relations have they, and may they be changed?

use http::Method;
use serde::Deserialize;

use super::Keto;
use super::write::TUPLES;
use crate::UpstreamFault;
use crate::ory::http::Call;
use crate::upstream::Trace;

const NO_CHANGES: [(); 0] = [];

impl Keto {
    /// `GET /namespaces`
    pub(crate) async fn namespaces(&self, trace: &Trace) -> Result<Vec<String>, UpstreamFault> {
        let call = Call::get(&self.read, "namespaces");
        let answer = call.send(&self.client, trace).await.map_err(|error| error.fault)?;
        match answer.status.as_u16() {
            200 => {
                let wire = answer.json::<WireNamespaces>("the namespaces")?;
                Ok(wire.namespaces.unwrap_or_default().into_iter().map(|namespace| namespace.name).collect())
            }
            401 | 403 => Err(UpstreamFault::CredentialRefused),
            _ => Err(answer.unexpected()),
        }
    }

    /// Whether a namespace has a relation or permission: a check of one that it lacks is 400,
    /// where namespaces declare any (Ory Permission Language).
    pub(crate) async fn has_relation(
        &self,
        trace: &Trace,
        namespace: &str,
        relation: &str,
    ) -> Result<bool, UpstreamFault> {
        // Of nobody and about nothing: the answer itself is not looked at.
        let call = Call::get(&self.read, "relation-tuples/check")
            .query("namespace", namespace)
            .query("object", "nothing")
            .query("relation", relation)
            .query("subject_id", "nobody");
        let answer = call.send(&self.client, trace).await.map_err(|error| error.fault)?;
        if answer.status.as_u16() == 400 {
            return Ok(false);
        }
        super::read(&answer).map(|_| true)
    }

    /// `PATCH /admin/relation-tuples` with no changes in it, which Keto takes where it takes any.
    pub(crate) async fn verify_write(&self, trace: &Trace) -> Result<(), UpstreamFault> {
        let Some(write) = &self.write else { return Ok(()) };
        let call = Call::new(Method::PATCH, write, TUPLES).json(&NO_CHANGES);
        let call = call.map_err(|_| UpstreamFault::Unreadable("changes that are not JSON"))?;
        let answer = call.send(&self.client, trace).await.map_err(|error| error.fault)?;
        match answer.status.as_u16() {
            204 => Ok(()),
            401 | 403 => Err(UpstreamFault::CredentialRefused),
            _ => Err(answer.unexpected()),
        }
    }
}

/// Protobuf's JSON leaves an empty list out.
#[derive(Deserialize)]
struct WireNamespaces {
    namespaces: Option<Vec<WireNamespace>>,
}

#[derive(Deserialize)]
struct WireNamespace {
    name: String,
}
