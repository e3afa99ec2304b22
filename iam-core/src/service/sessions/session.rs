use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use time::OffsetDateTime;

use crate::raw::{parse, roles_in};
use crate::upstream::SessionRecord;
use crate::{ErrorKind, IamError, IdentityId, SessionId, UpstreamFault};

/// A session that is good now: active, unexpired, of an active identity.
///
/// `Debug` shows no traits and no metadata.
#[derive(Clone)]
#[non_exhaustive]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// Whose session it is.
    pub identity_id: IdentityId,
    /// The schema that the identity's traits follow.
    pub schema_id: String,
    /// When it ends.
    pub expires_at: OffsetDateTime,
    /// When the user logged in.
    pub authenticated_at: Option<OffsetDateTime>,
    /// `aal1`, `aal2` or a level yet unknown.
    pub assurance_level: String,
    /// `password`, `totp`, .., or one yet unknown.
    pub methods: Vec<String>,
    good: bool,
    tenant: &'static str,
    traits: Option<Box<RawValue>>,
    metadata_public: Option<Box<RawValue>>,
}

impl Session {
    pub(super) fn new(record: SessionRecord, tenant: &'static str) -> Result<Self, ErrorKind> {
        let id = SessionId::new(&record.id);
        let identity_id = IdentityId::new(&record.identity.id);
        if id.uuid().is_none() || identity_id.uuid().is_none() {
            return Err(ErrorKind::Unavailable(UpstreamFault::Unreadable("a session with an id that is no UUID")));
        }
        Ok(Self {
            id,
            identity_id,
            schema_id: record.identity.schema_id,
            expires_at: record.expires_at,
            authenticated_at: record.authenticated_at,
            assurance_level: record.assurance_level,
            methods: record.methods,
            good: record.active && record.identity.state == "active",
            tenant,
            traits: record.identity.traits,
            metadata_public: record.identity.metadata_public,
        })
    }

    pub(super) fn is_good_at(&self, now: Duration) -> bool {
        self.good && self.expires_at - OffsetDateTime::UNIX_EPOCH > now
    }

    /// The traits, in the application's own type.
    ///
    /// # Errors
    /// `Unavailable` when the traits do not fit the type. The error quotes nothing of them.
    pub fn traits<T: DeserializeOwned>(&self) -> Result<T, IamError> {
        parse(self.traits.as_deref(), self.tenant, "`traits` that do not fit their type")
    }

    /// The public metadata, in the application's own type; `Option<T>` reads an
    /// identity without any.
    ///
    /// # Errors
    /// As in [`Session::traits`].
    pub fn metadata_public<T: DeserializeOwned>(&self) -> Result<T, IamError> {
        parse(self.metadata_public.as_deref(), self.tenant, "`metadata_public` that does not fit its type")
    }

    /// `metadata_public.roles`; none if absent, `null` or malformed.
    #[must_use]
    pub fn roles(&self) -> Vec<String> {
        self.metadata_public.as_deref().map(roles_in).unwrap_or_default()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("tenant", &self.tenant)
            .field("id", &self.id)
            .field("identity_id", &self.identity_id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A session in the list of an identity's sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionSummary {
    /// The session's id.
    pub id: SessionId,
    /// Neither revoked nor expired; says nothing of the identity's state.
    pub active: bool,
    /// When it ends.
    pub expires_at: OffsetDateTime,
    /// When the user logged in.
    pub authenticated_at: Option<OffsetDateTime>,
    /// When it was issued.
    pub issued_at: Option<OffsetDateTime>,
    /// `aal1`, `aal2` or a level yet unknown.
    pub assurance_level: Option<String>,
    /// `password`, `totp`, .., or one yet unknown.
    pub methods: Vec<String>,
    /// Where it was used, as far as Kratos tells.
    pub devices: Vec<Device>,
}

/// Where a session was used. Comes from headers that the client can forge: for
/// show, not for decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Device {
    /// The address, perhaps with a port.
    pub ip_address: Option<String>,
    /// The browser's own name.
    pub user_agent: Option<String>,
    /// A rough place.
    pub location: Option<String>,
}
