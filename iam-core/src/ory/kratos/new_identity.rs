use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::Secret;
use crate::service::{Channel, IdentityState, NewIdentity};

/// The body of `POST /admin/identities`. Kratos refuses unknown fields and
/// reads `null` as a value, so what is not set is left out.
#[derive(Serialize)]
pub(super) struct WireNewIdentity<'a> {
    schema_id: &'a str,
    traits: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a IdentityState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_public: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_admin: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    credentials: BTreeMap<&'a str, Credential<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    verifiable_addresses: Vec<VerifiableAddress<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recovery_addresses: Vec<RecoveryAddress<'a>>,
}

#[derive(Serialize)]
struct Credential<'a> {
    config: &'a RawValue,
}

#[derive(Serialize)]
struct VerifiableAddress<'a> {
    value: &'a str,
    via: &'a Channel,
    verified: bool,
    status: &'static str,
}

#[derive(Serialize)]
struct RecoveryAddress<'a> {
    value: &'a str,
    via: &'a Channel,
}

impl<'a> WireNewIdentity<'a> {
    pub(super) fn of(new: &'a NewIdentity) -> Result<Self, serde_json::Error> {
        let credential = |(kind, config): (&'a String, &'a Secret)| {
            Ok((kind.as_str(), Credential { config: serde_json::from_str(config.expose())? }))
        };
        Ok(Self {
            schema_id: &new.schema_id,
            traits: &new.traits,
            state: new.state.as_ref(),
            external_id: new.external_id.as_deref(),
            metadata_public: new.metadata_public.as_deref(),
            metadata_admin: new.metadata_admin.as_deref(),
            organization_id: new.organization_id,
            region: new.region.as_deref(),
            credentials: new.credentials.iter().map(credential).collect::<Result<_, serde_json::Error>>()?,
            verifiable_addresses: new
                .verifiable_addresses
                .iter()
                .map(|(via, value, verified)| VerifiableAddress {
                    value,
                    via,
                    verified: *verified,
                    status: if *verified { "completed" } else { "pending" },
                })
                .collect(),
            recovery_addresses: new
                .recovery_addresses
                .iter()
                .map(|(via, value)| RecoveryAddress { value, via })
                .collect(),
        })
    }
}
