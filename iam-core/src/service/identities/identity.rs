use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Channel, IdentityState};
use crate::raw::{parse, roles_in};
use crate::{IamError, IdentityId};

/// An identity as a handler may show it: without credentials and without the
/// metadata that only administrators see (for that there is
/// [`Identities::admin_metadata`](super::Identities::admin_metadata)).
///
/// Serialises under Ory's own field names. `Debug` shows no traits and no metadata.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct Identity {
    #[serde(skip)]
    pub(crate) tenant: &'static str,
    /// The identity's id.
    pub id: IdentityId,
    /// The schema that its traits follow.
    pub schema_id: String,
    /// Whether it may log in.
    pub state: IdentityState,
    /// An id of the application's own choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The organization it belongs to (Ory Network and Enterprise).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<String>,
    pub(crate) traits: Option<Box<RawValue>>,
    pub(crate) metadata_public: Option<Box<RawValue>>,
    /// Addresses that can be, or are, proven to be the user's.
    pub verifiable_addresses: Vec<IdentityAddress>,
    /// Addresses that a recovery may be sent to.
    pub recovery_addresses: Vec<IdentityAddress>,
    /// When it was created.
    #[serde(serialize_with = "rfc3339")]
    pub created_at: Option<OffsetDateTime>,
    /// When it was last changed.
    #[serde(serialize_with = "rfc3339")]
    pub updated_at: Option<OffsetDateTime>,
    /// When its state last changed.
    #[serde(serialize_with = "rfc3339", skip_serializing_if = "Option::is_none")]
    pub state_changed_at: Option<OffsetDateTime>,
}

/// An address of an identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IdentityAddress {
    /// The address itself.
    pub value: String,
    /// How it is reached.
    pub via: Channel,
    /// Whether it was proven to be the user's.
    pub verified: bool,
    /// When that was.
    #[serde(serialize_with = "rfc3339", skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<OffsetDateTime>,
}

impl Identity {
    /// The traits, in the application's own type.
    ///
    /// Users can change their own traits: never derive rights from them.
    ///
    /// # Errors
    /// `Unavailable` when the traits do not fit the type. The error quotes nothing of them.
    pub fn traits<T: DeserializeOwned>(&self) -> Result<T, IamError> {
        parse(self.traits.as_deref(), self.tenant, "`traits` that do not fit their type")
    }

    /// The traits as the JSON text that Kratos sent.
    #[must_use]
    pub fn raw_traits(&self) -> Option<&str> {
        self.traits.as_deref().map(RawValue::get)
    }

    /// The public metadata, in the application's own type; `Option<T>` reads an
    /// identity without any.
    ///
    /// # Errors
    /// As in [`Identity::traits`].
    pub fn metadata_public<T: DeserializeOwned>(&self) -> Result<T, IamError> {
        parse(self.metadata_public.as_deref(), self.tenant, "`metadata_public` that does not fit its type")
    }

    /// The public metadata as the JSON text that Kratos sent.
    #[must_use]
    pub fn raw_metadata_public(&self) -> Option<&str> {
        self.metadata_public.as_deref().map(RawValue::get)
    }

    /// `metadata_public.roles`; none if absent, `null` or malformed.
    #[must_use]
    pub fn roles(&self) -> Vec<String> {
        self.metadata_public.as_deref().map(roles_in).unwrap_or_default()
    }
}

/// Metadata that only administrators see. Not serialisable, so that it does not
/// slip into an answer with something else.
#[derive(Clone)]
pub struct AdminMetadata {
    pub(crate) tenant: &'static str,
    pub(crate) raw: Option<Box<RawValue>>,
}

impl AdminMetadata {
    /// The metadata, in the application's own type; `Option<T>` reads an
    /// identity without any.
    ///
    /// # Errors
    /// As in [`Identity::traits`].
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, IamError> {
        parse(self.raw.as_deref(), self.tenant, "`metadata_admin` that does not fit its type")
    }

    /// The metadata as the JSON text that Kratos sent.
    #[must_use]
    pub fn raw(&self) -> Option<&str> {
        self.raw.as_deref().map(RawValue::get)
    }
}

fn rfc3339<S: Serializer>(instant: &Option<OffsetDateTime>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = instant.map(|instant| instant.format(&Rfc3339)).transpose();
    text.map_err(serde::ser::Error::custom)?.serialize(serializer)
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("tenant", &self.tenant)
            .field("id", &self.id)
            .field("schema_id", &self.schema_id)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AdminMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdminMetadata").finish_non_exhaustive()
    }
}
