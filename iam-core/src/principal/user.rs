use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use time::OffsetDateTime;

use crate::error::IamError;
use crate::raw::{parse, roles_in};
use crate::upstream::SessionRecord;
use crate::{IdentityId, SessionId};

/// A user with a session at one tenant.
#[derive(Clone)]
#[non_exhaustive]
pub struct User {
    /// The tenant whose Kratos vouched.
    pub tenant: &'static str,
    /// The identity's id; never empty.
    pub id: String,
    /// The session's id; never empty.
    pub session_id: String,
    /// The identity schema.
    pub schema_id: String,
    /// `metadata_public.roles`, in Ory's order; absent or malformed means none.
    pub roles: Vec<String>,
    /// When the session ends.
    pub expires_at: OffsetDateTime,
    /// When the session was authenticated.
    pub authenticated_at: Option<OffsetDateTime>,
    /// `aal1` or `aal2`.
    pub assurance_level: String,
    /// How the session was authenticated: `password`, `totp`, ..
    pub methods: Vec<String>,
    pub(crate) traits: Option<Box<RawValue>>,
    pub(crate) metadata_public: Option<Box<RawValue>>,
}

impl User {
    /// The user of a session. `trust_traits_roles` lets the self-editable `traits.roles` count.
    pub(crate) fn from_session(tenant: &'static str, session: SessionRecord, trust_traits_roles: bool) -> Self {
        let identity = session.identity;
        let roles_of = |raw: Option<&RawValue>| raw.map(roles_in).unwrap_or_default();
        let mut roles = roles_of(identity.metadata_public.as_deref());
        if trust_traits_roles {
            roles.extend(roles_of(identity.traits.as_deref()));
        }
        Self {
            tenant,
            id: identity.id,
            session_id: session.id,
            schema_id: identity.schema_id,
            roles,
            expires_at: session.expires_at,
            authenticated_at: session.authenticated_at,
            assurance_level: session.assurance_level,
            methods: session.methods,
            traits: identity.traits,
            metadata_public: identity.metadata_public,
        }
    }

    /// The identity's id, for calls to the identity service.
    #[must_use]
    pub fn identity_id(&self) -> IdentityId {
        IdentityId::new(&self.id)
    }

    /// The session's id, for calls to the session service.
    #[must_use]
    pub fn session_id(&self) -> SessionId {
        SessionId::new(&self.session_id)
    }

    /// The authenticator assurance level as a number; an unknown one is none.
    pub(crate) fn level(&self) -> u8 {
        self.assurance_level.strip_prefix("aal").and_then(|level| level.parse().ok()).unwrap_or(0)
    }

    /// How long ago the session was authenticated, in seconds, if that is known.
    pub(crate) fn session_age(&self, now: Duration) -> Option<f64> {
        self.authenticated_at.map(|at| now.as_secs_f64() - at.unix_timestamp() as f64)
    }

    /// The identity's traits as a type of the application's own. Users can edit
    /// their traits: decide nothing by them.
    ///
    /// # Errors
    /// When the traits do not fit the type; as a response that is 503.
    pub fn traits<D: DeserializeOwned>(&self) -> Result<D, IamError> {
        parse(self.traits.as_deref(), self.tenant, "`traits` that do not fit their type")
    }

    /// The identity's `metadata_public` as a type of the application's own.
    ///
    /// # Errors
    /// When the metadata do not fit the type; as a response that is 503.
    pub fn metadata_public<D: DeserializeOwned>(&self) -> Result<D, IamError> {
        parse(self.metadata_public.as_deref(), self.tenant, "`metadata_public` that does not fit its type")
    }
}

/// Shows ids only: traits and metadata are personal data.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("tenant", &self.tenant)
            .field("id", &self.id)
            .field("session_id", &self.session_id)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}
