use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use time::OffsetDateTime;

use crate::error::{ErrorKind, IamError, Product, UpstreamFault};
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
    traits: Option<Box<RawValue>>,
    metadata_public: Option<Box<RawValue>>,
}

impl User {
    /// The user of a session. `trust_traits_roles` lets the self-editable `traits.roles` count.
    pub(crate) fn from_session(tenant: &'static str, session: SessionRecord, trust_traits_roles: bool) -> Self {
        let identity = session.identity;
        let mut roles = roles_in(identity.metadata_public.as_deref());
        if trust_traits_roles {
            roles.extend(roles_in(identity.traits.as_deref()));
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

    /// The identity's traits as a type of the application's own. Users can edit
    /// their traits: decide nothing by them.
    ///
    /// # Errors
    /// When the traits do not fit the type; as a response that is 503.
    pub fn traits<D: DeserializeOwned>(&self) -> Result<D, IamError> {
        self.parse(self.traits.as_deref(), "traits do not fit the application's type")
    }

    /// The identity's `metadata_public` as a type of the application's own.
    ///
    /// # Errors
    /// When the metadata do not fit the type; as a response that is 503.
    pub fn metadata_public<D: DeserializeOwned>(&self) -> Result<D, IamError> {
        self.parse(self.metadata_public.as_deref(), "metadata_public does not fit the application's type")
    }

    fn parse<D: DeserializeOwned>(&self, raw: Option<&RawValue>, what: &'static str) -> Result<D, IamError> {
        let text = raw.map_or("null", RawValue::get);
        // serde_json's message may quote the value, so it is not kept.
        serde_json::from_str(text).map_err(|_| {
            let kind = ErrorKind::Unavailable(UpstreamFault::Unreadable(what));
            IamError::new(self.tenant, Product::Kratos, kind)
        })
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

/// A `roles` list of strings; anything else is no roles.
fn roles_in(raw: Option<&RawValue>) -> Vec<String> {
    // Read straight from the text: going through `serde_json::Value` would
    // honour its private raw-value key, which a user can write.
    #[derive(Deserialize)]
    struct Roles {
        #[serde(default)]
        roles: Option<Vec<String>>,
    }
    let parsed = raw.and_then(|raw| serde_json::from_str::<Roles>(raw.get()).ok());
    parsed.and_then(|roles| roles.roles).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(json: &str) -> Vec<String> {
        roles_in(Some(&RawValue::from_string(json.into()).unwrap()))
    }

    #[test]
    fn a_list_of_strings_and_nothing_else_gives_roles() {
        assert_eq!(roles(r#"{"roles":["a","b"],"x":1}"#), ["a", "b"]);
        for none in [
            "null",
            "{}",
            r#"{"roles":null}"#,
            r#"{"roles":"admin"}"#,
            r#"{"roles":["a",1]}"#,
            r#"{"roles":{"a":true}}"#,
            r#"["roles"]"#,
            r#"{"roles":{"$serde_json::private::RawValue":"[\"admin\"]"}}"#,
        ] {
            assert!(roles(none).is_empty(), "{none}");
        }
    }
}
