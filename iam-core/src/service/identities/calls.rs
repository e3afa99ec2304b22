use uuid::Uuid;

use super::{AdminMetadata, Identity, IdentityPatch, IdentityState, NewIdentity};
use crate::audit::Operation;
use crate::service::{Evict, Performed, Services};
use crate::{ErrorKind, IamError, IdentityId, Product};

/// Identities of one tenant; see [`Services::identities`].
///
/// The same errors in all methods: `NotFound` for an id that names nobody,
/// `Unavailable` when Kratos gives no usable answer or refuses this service's
/// admin token, `RateLimited`, and `NotConfigured` without an admin URL.
#[derive(Debug, Clone)]
pub struct Identities {
    pub(in crate::service) services: Services,
}

impl Identities {
    /// One identity.
    ///
    /// ```no_run
    /// # use iam_core::{IamError, IdentityId, service::{Identity, Services}};
    /// async fn look_up(customers: &Services, id: &IdentityId) -> Result<Identity, IamError> {
    ///     customers.identities().get(id).await
    /// }
    /// ```
    ///
    /// # Errors
    /// See [`Identities`].
    pub async fn get(&self, id: &IdentityId) -> Result<Identity, IamError> {
        let id = self.known(id)?;
        let trace = self.services.effects.trace();
        let call = self.services.ory.kratos.identity(&trace, id);
        self.perform(Operation::IdentityGet, id, Evict::Nothing, call).await
    }

    /// The metadata of an identity that only administrators see.
    ///
    /// # Errors
    /// See [`Identities`].
    pub async fn admin_metadata(&self, id: &IdentityId) -> Result<AdminMetadata, IamError> {
        let id = self.known(id)?;
        let trace = self.services.effects.trace();
        let call = self.services.ory.kratos.admin_metadata(&trace, id);
        self.perform(Operation::IdentityAdminMetadata, id, Evict::Nothing, call).await
    }

    /// Creates an identity.
    ///
    /// # Errors
    /// `Invalid` when the schema is unknown or the traits break it; `Conflict`
    /// when an identifier or the external id is taken; see [`Identities`].
    pub async fn create(&self, new: &NewIdentity) -> Result<Identity, IamError> {
        let services = &self.services;
        let trace = services.effects.trace();
        let mut performed =
            Performed::begin(services, Operation::IdentityCreate, Product::Kratos, None, Evict::Nothing);
        let created = services.ory.kratos.create_identity(&trace, new).await;
        created.iter().for_each(|identity| performed.names(identity.id.to_string()));
        performed.end(created.as_ref().map(drop));
        created
    }

    /// Changes traits, metadata or state, and forgets the identity's cached sessions.
    ///
    /// # Errors
    /// `Invalid` when the patch is empty, breaks the schema or removes what is
    /// not there; `Conflict` when an identifier is taken; see [`Identities`].
    pub async fn patch(&self, id: &IdentityId, patch: &IdentityPatch) -> Result<Identity, IamError> {
        self.patch_as(Operation::IdentityPatch, id, patch).await
    }

    /// Replaces the roles, `metadata_public.roles`, and leaves all other metadata alone.
    ///
    /// # Errors
    /// `Invalid` for an empty role; see [`Identities`].
    pub async fn set_roles<R: AsRef<str>>(&self, id: &IdentityId, roles: &[R]) -> Result<Identity, IamError> {
        let roles: Vec<&str> = roles.iter().map(AsRef::as_ref).collect();
        if roles.contains(&"") {
            return Err(self.services.failed(Product::Kratos, ErrorKind::Invalid("an empty role")));
        }
        let patch = IdentityPatch::new()
            .metadata_public_field("roles", &roles)
            .map_err(|_| self.services.failed(Product::Kratos, ErrorKind::Invalid("roles")))?;
        self.patch_as(Operation::IdentitySetRoles, id, &patch).await
    }

    /// Lets an identity log in again. Its unexpired sessions work again, too.
    ///
    /// # Errors
    /// See [`Identities`].
    pub async fn activate(&self, id: &IdentityId) -> Result<Identity, IamError> {
        let patch = IdentityPatch::new().state(IdentityState::Active);
        self.patch_as(Operation::IdentityActivate, id, &patch).await
    }

    /// Locks an identity out. Its sessions are refused while this lasts, but not
    /// revoked; for that there is [`Identities::revoke_sessions`].
    ///
    /// # Errors
    /// See [`Identities`].
    pub async fn deactivate(&self, id: &IdentityId) -> Result<Identity, IamError> {
        let patch = IdentityPatch::new().state(IdentityState::Inactive);
        self.patch_as(Operation::IdentityDeactivate, id, &patch).await
    }

    /// Deletes an identity with its sessions: `true` if there was one, `false`
    /// if there was none any more, so that a repeated call succeeds.
    ///
    /// # Errors
    /// `NotFound` only for an id that can name nobody; see [`Identities`].
    pub async fn delete(&self, id: &IdentityId) -> Result<bool, IamError> {
        let id = self.known(id)?;
        let trace = self.services.effects.trace();
        let call = async {
            match self.services.ory.kratos.delete_identity(&trace, id).await {
                Ok(()) => Ok(true),
                Err(error) if error.is_not_found() => Ok(false),
                Err(error) => Err(error),
            }
        };
        self.perform(Operation::IdentityDelete, id, Evict::Identity, call).await
    }

    async fn patch_as(
        &self,
        operation: Operation,
        id: &IdentityId,
        patch: &IdentityPatch,
    ) -> Result<Identity, IamError> {
        let id = self.known(id)?;
        if patch.is_empty() {
            return Err(self.services.failed(Product::Kratos, ErrorKind::Invalid("an empty patch")));
        }
        let trace = self.services.effects.trace();
        let call = self.services.ory.kratos.patch_identity(&trace, id, patch);
        self.perform(operation, id, Evict::Identity, call).await
    }

    pub(super) fn known(&self, id: &IdentityId) -> Result<Uuid, IamError> {
        id.uuid().ok_or_else(|| self.services.failed(Product::Kratos, ErrorKind::NotFound))
    }

    pub(super) async fn perform<T>(
        &self,
        operation: Operation,
        id: Uuid,
        evict: Evict,
        call: impl Future<Output = Result<T, IamError>>,
    ) -> Result<T, IamError> {
        let target = Some(id.hyphenated().to_string());
        self.services.perform(operation, Product::Kratos, target, evict, call).await
    }
}
