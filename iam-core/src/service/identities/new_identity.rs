use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

use super::{Channel, IdentityState};
use crate::Secret;

/// An identity to create.
///
/// ```
/// use iam_core::Secret;
/// use iam_core::service::{Channel, NewIdentity};
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct Traits { email: String }
///
/// #[derive(Serialize)]
/// struct Public { roles: Vec<String> }
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let new = NewIdentity::new("customer", &Traits { email: "ann@example.com".into() })?
///     .metadata_public(&Public { roles: vec!["buyer".into()] })?
///     .password(Secret::new("a long and unusual one"))
///     .verifiable_address(Channel::Email, "ann@example.com", true);
/// # assert!(!format!("{new:?}").contains("unusual"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct NewIdentity {
    pub(crate) schema_id: String,
    pub(crate) traits: Box<RawValue>,
    pub(crate) state: Option<IdentityState>,
    pub(crate) external_id: Option<String>,
    pub(crate) organization_id: Option<Uuid>,
    pub(crate) region: Option<String>,
    pub(crate) metadata_public: Option<Box<RawValue>>,
    pub(crate) metadata_admin: Option<Box<RawValue>>,
    /// The `config` of each kind of credential, as JSON.
    pub(crate) credentials: BTreeMap<String, Secret>,
    pub(crate) verifiable_addresses: Vec<(Channel, String, bool)>,
    pub(crate) recovery_addresses: Vec<(Channel, String)>,
}

impl NewIdentity {
    /// An identity with these traits, which must follow the schema.
    ///
    /// # Errors
    /// When the traits cannot be written as JSON.
    pub fn new(schema_id: impl Into<String>, traits: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self {
            schema_id: schema_id.into(),
            traits: to_raw_value(traits)?,
            state: None,
            external_id: None,
            organization_id: None,
            region: None,
            metadata_public: None,
            metadata_admin: None,
            credentials: BTreeMap::new(),
            verifiable_addresses: Vec::new(),
            recovery_addresses: Vec::new(),
        })
    }

    /// Its state from the start; active if not set.
    #[must_use]
    pub fn state(mut self, state: IdentityState) -> Self {
        self.state = Some(state);
        self
    }

    /// An id of the application's own choice, unique in the project.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// The organization that it belongs to (Ory Network, Ory Enterprise).
    #[must_use]
    pub fn organization(mut self, id: Uuid) -> Self {
        self.organization_id = Some(id);
        self
    }

    /// Where its data is kept, such as `eu-central` (Ory Network); the project's own region if not set.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Metadata that the user can see, such as `roles`.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn metadata_public(mut self, metadata: &impl Serialize) -> Result<Self, serde_json::Error> {
        self.metadata_public = Some(to_raw_value(metadata)?);
        Ok(self)
    }

    /// Metadata that only administrators can see.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn metadata_admin(mut self, metadata: &impl Serialize) -> Result<Self, serde_json::Error> {
        self.metadata_admin = Some(to_raw_value(metadata)?);
        Ok(self)
    }

    /// A password in clear text; Kratos hashes it. Replaces what was said of a password before.
    #[must_use]
    pub fn password(self, password: Secret) -> Self {
        self.with("password", &BTreeMap::from([("password", password.expose())]))
    }

    /// A password that is hashed already, in a format that Kratos can import. Replaces what was said before.
    #[must_use]
    pub fn hashed_password(self, hash: Secret) -> Self {
        self.with("password", &BTreeMap::from([("hashed_password", hash.expose())]))
    }

    /// Has Kratos ask the project's password migration hook at the first log-in. Replaces what was said before.
    #[must_use]
    pub fn password_from_migration_hook(self) -> Self {
        self.with("password", &BTreeMap::from([("use_password_migration_hook", true)]))
    }

    /// Any other credential to import, by Kratos' name of its kind (`oidc`, `saml`, `totp`,
    /// `lookup_secret`, `webauthn`, `passkey`) and with the `config` that Kratos documents for it.
    /// Replaces an earlier one of this kind.
    ///
    /// ```
    /// # use iam_core::service::NewIdentity;
    /// # fn main() -> Result<(), serde_json::Error> {
    /// let google = serde_json::json!({ "providers": [{ "provider": "google", "subject": "1234" }] });
    /// let new = NewIdentity::new("customer", &serde_json::json!({}))?.credential("oidc", &google)?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// When the config cannot be written as JSON.
    pub fn credential(mut self, kind: impl Into<String>, config: &impl Serialize) -> Result<Self, serde_json::Error> {
        self.credentials.insert(kind.into(), Secret::new(serde_json::to_string(config)?));
        Ok(self)
    }

    /// For maps of texts and flags, which are always JSON.
    fn with(self, kind: &str, config: &impl Serialize) -> Self {
        match self.clone().credential(kind, config) {
            Ok(changed) => changed,
            Err(_) => self,
        }
    }

    /// Whether an address of the traits is proven to be the user's already.
    #[must_use]
    pub fn verifiable_address(mut self, via: Channel, address: impl Into<String>, verified: bool) -> Self {
        self.verifiable_addresses.push((via, address.into(), verified));
        self
    }

    /// An address that a recovery may be sent to.
    #[must_use]
    pub fn recovery_address(mut self, via: Channel, address: impl Into<String>) -> Self {
        self.recovery_addresses.push((via, address.into()));
        self
    }
}

impl fmt::Debug for NewIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewIdentity").field("schema_id", &self.schema_id).finish_non_exhaustive()
    }
}
