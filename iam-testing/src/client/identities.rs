//! Identities, over Kratos' admin API.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{OryClient, OryClientError};

/// An identity to be created.
#[derive(Clone, Debug)]
pub struct NewIdentity {
    email: String,
    password: String,
    roles: Vec<String>,
    traits: Map<String, Value>,
    metadata_public: Option<Value>,
    is_active: bool,
}

impl NewIdentity {
    /// An active identity without roles, and with a random password.
    #[must_use]
    pub fn new(email: impl Into<String>) -> NewIdentity {
        NewIdentity {
            email: email.into(),
            // Unlike a fixed one, no list of leaked passwords has it: real servers look there.
            password: uuid::Uuid::new_v4().to_string(),
            roles: Vec::new(),
            traits: Map::new(),
            metadata_public: None,
            is_active: true,
        }
    }

    /// Another password, at least 8 characters that are not much like the address.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> NewIdentity {
        self.password = password.into();
        self
    }

    /// One more role, in `metadata_public.roles`.
    #[must_use]
    pub fn role(mut self, role: impl Into<String>) -> NewIdentity {
        self.roles.push(role.into());
        self
    }

    /// A trait besides `email`.
    #[must_use]
    pub fn trait_(mut self, name: impl Into<String>, value: impl Into<Value>) -> NewIdentity {
        self.traits.insert(name.into(), value.into());
        self
    }

    /// `metadata_public`, to which roles are added; anything but an object gives way to them.
    #[must_use]
    pub fn metadata_public(mut self, metadata: impl Into<Value>) -> NewIdentity {
        self.metadata_public = Some(metadata.into());
        self
    }

    /// Created inactive: it cannot log in. For one that is logged in, [`OryClient::deactivate`] it later.
    #[must_use]
    pub fn inactive(mut self) -> NewIdentity {
        self.is_active = false;
        self
    }

    /// The body of `POST /admin/identities`.
    fn body(&self) -> Value {
        let mut traits = self.traits.clone();
        traits.insert("email".to_owned(), self.email.as_str().into());
        let mut body = json!({
            "schema_id": "default",
            "traits": traits,
            "credentials": {"password": {"config": {"password": self.password}}},
            "state": if self.is_active { "active" } else { "inactive" },
        });
        let mut metadata = self.metadata_public.clone().unwrap_or_default();
        if !self.roles.is_empty() {
            if !metadata.is_object() {
                metadata = json!({});
            }
            metadata["roles"] = json!(self.roles);
        }
        body["metadata_public"] = metadata;
        body
    }
}

/// An identity that exists, and how it logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeededIdentity {
    /// Kratos' id.
    pub id: String,
    /// The login name.
    pub email: String,
    /// The password, as far as this client set it.
    pub password: String,
}

/// Kratos' identity, as far as it matters here.
#[derive(Deserialize)]
pub(super) struct WireIdentity {
    pub(super) id: String,
}

impl OryClient {
    /// `POST /admin/identities`.
    ///
    /// # Errors
    /// 409 if the address is taken, 400 if the schema does not allow the traits.
    pub async fn create_identity(&self, identity: NewIdentity) -> Result<SeededIdentity, OryClientError> {
        let call = self.admin(Method::POST, &self.urls.kratos_admin, &["admin", "identities"]);
        let created: WireIdentity = call.json(&identity.body()).send().await?.decode()?;
        Ok(SeededIdentity { id: created.id, email: identity.email, password: identity.password })
    }

    /// Replaces `metadata_public` as a whole.
    ///
    /// # Errors
    /// 404 if there is no such identity.
    pub async fn set_metadata_public(&self, identity_id: &str, metadata: Value) -> Result<(), OryClientError> {
        self.patch(identity_id, "/metadata_public", metadata).await
    }

    /// Deactivates an identity: its sessions are refused, and work again once it is active again.
    ///
    /// # Errors
    /// 404 if there is no such identity.
    pub async fn deactivate(&self, identity_id: &str) -> Result<(), OryClientError> {
        self.patch(identity_id, "/state", "inactive".into()).await
    }

    /// Makes an identity active again.
    ///
    /// # Errors
    /// 404 if there is no such identity.
    pub async fn activate(&self, identity_id: &str) -> Result<(), OryClientError> {
        self.patch(identity_id, "/state", "active".into()).await
    }

    async fn patch(&self, identity_id: &str, path: &str, value: Value) -> Result<(), OryClientError> {
        let patch = json!([{"op": "add", "path": path, "value": value}]);
        let call = self.admin(Method::PATCH, &self.urls.kratos_admin, &["admin", "identities", identity_id]);
        call.json(&patch).send().await.map(drop)
    }

    /// Deletes an identity and with it its sessions.
    ///
    /// # Errors
    /// 404 if there is no such identity.
    pub async fn delete_identity(&self, identity_id: &str) -> Result<(), OryClientError> {
        let call = self.admin(Method::DELETE, &self.urls.kratos_admin, &["admin", "identities", identity_id]);
        call.send().await.map(drop)
    }

    /// Revokes one session.
    ///
    /// # Errors
    /// 404 if there is no such session.
    pub async fn revoke_session(&self, session_id: &str) -> Result<(), OryClientError> {
        let call = self.admin(Method::DELETE, &self.urls.kratos_admin, &["admin", "sessions", session_id]);
        call.send().await.map(drop)
    }
}
