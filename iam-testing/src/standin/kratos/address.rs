//! Addresses of an identity, derived from its traits.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema;

/// An address that its owner can prove.
#[derive(Clone, Debug, Serialize)]
pub(super) struct VerifiableAddress {
    id: Uuid,
    value: String,
    pub(super) verified: bool,
    via: &'static str,
    pub(super) status: AddressStatus,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub(super) verified_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

/// How far the proof of an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum AddressStatus {
    Pending,
    Sent,
    Completed,
}

/// An address that an account can be recovered through.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RecoveryAddress {
    id: Uuid,
    value: String,
    via: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

impl VerifiableAddress {
    pub(super) fn pending(value: &str, now: OffsetDateTime) -> Self {
        Self {
            id: Uuid::new_v4(),
            value: value.to_owned(),
            verified: false,
            via: "email",
            status: AddressStatus::Pending,
            verified_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether `value` names this address.
    pub(super) fn is(&self, value: &str) -> bool {
        self.value == schema::normalise(value)
    }
}

impl RecoveryAddress {
    pub(super) fn new(value: &str, now: OffsetDateTime) -> Self {
        Self { id: Uuid::new_v4(), value: value.to_owned(), via: "email", created_at: now, updated_at: now }
    }
}
