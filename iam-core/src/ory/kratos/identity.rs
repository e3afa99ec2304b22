use serde::Deserialize;
use serde_json::value::RawValue;

use crate::IdentityId;
use crate::UpstreamFault::{self, Unreadable};
use crate::ory::http::required;
use crate::ory::timestamp::{self, Timestamp};
use crate::service::{AdminMetadata, Channel, Identity, IdentityAddress, IdentityState};
use crate::upstream::IdentityRecord;

/// Kratos' identity object. `credentials` is not decoded at all: every admin
/// answer has it. Traits and metadata stay the bytes that were sent, because a
/// generic JSON value could be tricked into another shape by its keys.
#[derive(Deserialize)]
pub(super) struct WireIdentity {
    id: Option<String>,
    schema_id: Option<String>,
    state: Option<String>,
    external_id: Option<String>,
    organization_id: Option<String>,
    traits: Option<Box<RawValue>>,
    metadata_public: Option<Box<RawValue>>,
    verifiable_addresses: Option<Vec<WireAddress>>,
    recovery_addresses: Option<Vec<WireAddress>>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    state_changed_at: Option<Timestamp>,
}

/// The one part of an identity that only `identities().admin_metadata(..)` reads.
#[derive(Deserialize)]
pub(super) struct WireAdminMetadata {
    metadata_admin: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct WireAddress {
    value: Option<String>,
    via: Option<String>,
    verified: Option<bool>,
    verified_at: Option<Timestamp>,
}

impl WireIdentity {
    pub(super) fn into_record(self) -> Result<IdentityRecord, UpstreamFault> {
        Ok(IdentityRecord {
            id: required(self.id, "an identity without `id`")?,
            state: required(self.state, "an identity without `state`")?,
            schema_id: required(self.schema_id, "an identity without `schema_id`")?,
            traits: self.traits,
            metadata_public: self.metadata_public,
        })
    }

    pub(super) fn into_identity(self, tenant: &'static str) -> Result<Identity, UpstreamFault> {
        let id = IdentityId::new(&required(self.id, "an identity without `id`")?);
        if id.uuid().is_none() {
            return Err(Unreadable("an identity whose `id` is no UUID"));
        }
        Ok(Identity {
            tenant,
            id,
            schema_id: required(self.schema_id, "an identity without `schema_id`")?,
            state: IdentityState::from(required(self.state, "an identity without `state`")?),
            external_id: self.external_id.filter(|text| !text.is_empty()),
            organization_id: self.organization_id.filter(|text| !text.is_empty()),
            traits: self.traits,
            metadata_public: self.metadata_public,
            verifiable_addresses: addresses(self.verifiable_addresses)?,
            recovery_addresses: addresses(self.recovery_addresses)?,
            created_at: timestamp::optional(self.created_at, "the identity's `created_at`")?,
            updated_at: timestamp::optional(self.updated_at, "the identity's `updated_at`")?,
            state_changed_at: timestamp::optional(self.state_changed_at, "the identity's `state_changed_at`")?,
        })
    }
}

impl WireAdminMetadata {
    pub(super) fn into_metadata(self, tenant: &'static str) -> AdminMetadata {
        AdminMetadata { tenant, raw: self.metadata_admin }
    }
}

fn addresses(wire: Option<Vec<WireAddress>>) -> Result<Vec<IdentityAddress>, UpstreamFault> {
    wire.unwrap_or_default()
        .into_iter()
        .map(|address| {
            Ok(IdentityAddress {
                value: required(address.value, "an address without `value`")?,
                via: Channel::from(required(address.via, "an address without `via`")?),
                // Recovery addresses have no such field: nothing was verified.
                verified: address.verified.unwrap_or(false),
                verified_at: timestamp::optional(address.verified_at, "the address' `verified_at`")?,
            })
        })
        .collect()
}
