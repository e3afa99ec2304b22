//! Permissions, as relation tuples in Keto.

use super::{Evict, Services};
use crate::audit::Operation;
use crate::config::KetoSettings;
use crate::ory::Keto;
use crate::policy::Relation;
use crate::upstream::CheckTuple;
use crate::{ErrorKind, IamError, IdentityId, Product};

/// Permissions of one tenant; see [`Services::permissions`].
#[derive(Debug, Clone)]
pub struct Permissions {
    pub(in crate::service) services: Services,
}

/// Who has a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// A user, written `user:<id>` (or with the tenant's `keto.user_prefix`).
    User(IdentityId),
    /// An OAuth2 client, written `client:<id>` (or with the tenant's `keto.client_prefix`).
    Client(String),
    /// A subject id as it is stored in Keto.
    Id(String),
}

/// "This subject has this relation to this object."
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tuple {
    /// The namespace, such as `listings`.
    pub namespace: String,
    /// The object, such as `listings:42`.
    pub object: String,
    /// The relation or permission, such as `edit`.
    pub relation: String,
    /// Who has it.
    pub subject: Subject,
}

impl Tuple {
    /// The tuple of these four.
    pub fn new(
        namespace: impl Into<String>,
        object: impl Into<String>,
        relation: impl Into<String>,
        subject: Subject,
    ) -> Self {
        Self { namespace: namespace.into(), object: object.into(), relation: relation.into(), subject }
    }

    /// The tuple of a relation that `define_permissions!` knows.
    pub fn of(relation: Relation, object: impl Into<String>, subject: Subject) -> Self {
        Self::new(relation.namespace(), object, relation.name(), subject)
    }
}

impl Permissions {
    /// Does the relation hold?
    ///
    /// `false` can also mean that Keto could not tell: an unknown namespace, or
    /// more levels than its depth limit.
    ///
    /// ```no_run
    /// # use iam_core::{IamError, IdentityId, service::{Services, Subject, Tuple}};
    /// async fn may_edit(dealers: &Services, user: IdentityId, listing: u64) -> Result<bool, IamError> {
    ///     let object = format!("listings:{listing}");
    ///     dealers.permissions().check(&Tuple::new("listings", object, "edit", Subject::User(user))).await
    /// }
    /// ```
    ///
    /// # Errors
    /// `Invalid` for an empty field; `NotFound` for a user id that names nobody;
    /// `Unavailable` when Keto gives no usable answer or refuses this service's
    /// token; `NotConfigured` without a Keto.
    pub async fn check(&self, tuple: &Tuple) -> Result<bool, IamError> {
        let (keto, tuple) = self.prepare(tuple)?;
        self.services.ask(keto.check(&self.services.effects.trace(), &tuple)).await
    }

    /// Makes the relation hold; one that holds already is fine.
    ///
    /// The event is `permission.grant`; its target is the tuple, as `namespace:object#relation@subject`.
    ///
    /// ```no_run
    /// # use iam_core::{IamError, IdentityId, service::{Services, Subject, Tuple}};
    /// async fn hand_over(dealers: &Services, listing: u64, from: IdentityId, to: IdentityId) -> Result<(), IamError> {
    ///     let owner = |user| Tuple::new("listings", format!("listings:{listing}"), "owner", Subject::User(user));
    ///     dealers.permissions().grant(&owner(to)).await?;
    ///     dealers.permissions().revoke(&owner(from)).await
    /// }
    /// ```
    ///
    /// # Errors
    /// As in [`Permissions::check`]; `Invalid` also when Keto refuses the tuple, such as one of an unknown
    /// namespace; `NotConfigured` without a `keto.write_url`.
    pub async fn grant(&self, tuple: &Tuple) -> Result<(), IamError> {
        let (keto, tuple) = self.prepare(tuple)?;
        let trace = self.services.effects.trace();
        self.change(Operation::PermissionGrant, &tuple, keto.grant(&trace, &tuple)).await
    }

    /// Ends the relation of this one subject; one that does not hold is fine. What follows from
    /// other tuples still holds.
    ///
    /// The event is `permission.revoke`, with the tuple as its target.
    ///
    /// # Errors
    /// As in [`Permissions::grant`].
    pub async fn revoke(&self, tuple: &Tuple) -> Result<(), IamError> {
        let (keto, tuple) = self.prepare(tuple)?;
        let trace = self.services.effects.trace();
        self.change(Operation::PermissionRevoke, &tuple, keto.revoke(&trace, &tuple)).await
    }

    fn prepare(&self, tuple: &Tuple) -> Result<(&Keto, CheckTuple), IamError> {
        let services = &self.services;
        let failed = |kind| services.failed(Product::Keto, kind);
        let not_configured = || failed(ErrorKind::NotConfigured("keto"));
        let settings = services.settings.keto.as_ref().ok_or_else(not_configured)?;
        let keto = services.ory.keto.as_ref().ok_or_else(not_configured)?;
        Ok((keto, on_the_wire(tuple, settings).map_err(failed)?))
    }

    async fn change(
        &self,
        operation: Operation,
        tuple: &CheckTuple,
        call: impl Future<Output = Result<(), IamError>>,
    ) -> Result<(), IamError> {
        let CheckTuple { namespace, object, relation, subject_id } = tuple;
        let target = format!("{namespace}:{object}#{relation}@{subject_id}");
        self.services.perform(operation, Product::Keto, Some(target), Evict::Nothing, call).await
    }
}

/// Keto reads an empty field as a value of its own, so that a forgotten one
/// would ask another question.
fn on_the_wire(tuple: &Tuple, settings: &KetoSettings) -> Result<CheckTuple, ErrorKind> {
    for (field, empty) in [
        (&tuple.namespace, "an empty namespace"),
        (&tuple.object, "an empty object"),
        (&tuple.relation, "an empty relation"),
    ] {
        if field.is_empty() {
            return Err(ErrorKind::Invalid(empty));
        }
    }
    Ok(CheckTuple {
        namespace: tuple.namespace.clone(),
        object: tuple.object.clone(),
        relation: tuple.relation.clone(),
        subject_id: subject_id(&tuple.subject, settings)?,
    })
}

/// The subject as Keto knows it; a prefix without an id after it is nobody.
fn subject_id(subject: &Subject, settings: &KetoSettings) -> Result<String, ErrorKind> {
    let empty = ErrorKind::Invalid("an empty subject");
    match subject {
        Subject::User(id) if id.uuid().is_none() => Err(ErrorKind::NotFound),
        Subject::User(id) => settings.user_subject(&id.to_string()).ok_or(empty),
        Subject::Client(id) => settings.client_subject(id).ok_or(empty),
        Subject::Id(id) if id.is_empty() => Err(empty),
        Subject::Id(id) => Ok(id.clone()),
    }
}
