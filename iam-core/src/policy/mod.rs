//! What a route demands, as plain constant data.
//!
//! An attribute expands to a constant of [`PolicyData`] and to nothing clever;
//! the decision reads it.

mod answers;
mod check;
mod composed;
mod declared;
mod matrix;
mod misfits;
mod object;
mod places;
mod relation;
mod roles;
mod route;
mod rules;
mod text;
mod vocabulary;

use std::time::Duration;

#[doc(hidden)]
pub use answers::pin_project;
pub use answers::{Declared, DeclaredFuture, Guarded, Open, OpenRouted, Routed, declared, declared_at, public};
pub use check::{Answers, Check, Checked, answering};
pub use composed::{AllRules, composes, same_tenant};
pub use declared::{Answered, Base, BasePolicy, ByHost, DeclaresPolicy, Known, Mount, Named, Policy, Public, Requires};
pub use matrix::{
    AccessMatrix, Explained, Explanation, Exposure, MatrixCredential, MatrixRoles, MatrixRow, Source, UnreadableMatrix,
    Verdict,
};
pub use misfits::Misfits;
pub use object::{NamesObject, Object, Segment, named_object};
pub use places::{Places, nameless, taken};
pub use relation::{DeclaredNamespaces, Relation};
pub use roles::{RoleRule, RoleSet};
pub use route::{AtRoute, Route};
pub use rules::Rules;
pub use vocabulary::{DeclaredRoles, declared_role};

/// A policy of one tenant of the enum `T`.
#[derive(Debug)]
pub struct PolicyData<T: 'static> {
    /// Against whose Ory project the credential is checked.
    pub tenant: TenantSelector<T>,
    /// What is demanded there.
    pub rules: Rules,
}

/// How a policy's tenant is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantSelector<T: 'static> {
    /// The route's own.
    Route(T),
    /// One of these, by the request's host; see [`crate::host`].
    Host(&'static [T]),
}

impl<T: Copy> TenantSelector<T> {
    /// All tenants that may be meant.
    pub fn candidates(&self) -> impl Iterator<Item = T> {
        let (one, listed) = match *self {
            Self::Route(tenant) => (Some(tenant), &[][..]),
            Self::Host(listed) => (None, listed),
        };
        one.into_iter().chain(listed.iter().copied())
    }
}

/// What must authenticate a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialKind {
    /// A user's session.
    Session,
    /// A user's session, or no credential at all.
    OptionalSession {
        /// Whether a rejected cookie counts as no credential.
        stale_is_anonymous: bool,
    },
    /// A machine's own access token.
    Machine,
    /// A user's access token, granted to a client with at least these scopes.
    Delegated {
        /// All of them are needed.
        scopes: &'static [&'static str],
    },
    /// A user's session, or a machine's own access token.
    SessionOrMachine,
}

impl CredentialKind {
    /// Whether it can be an access token.
    #[must_use]
    pub fn takes_tokens(self) -> bool {
        matches!(self, Self::Machine | Self::Delegated { .. } | Self::SessionOrMachine)
    }

    /// Whether it can be a session.
    #[must_use]
    pub fn takes_sessions(self) -> bool {
        !matches!(self, Self::Machine | Self::Delegated { .. })
    }
}

/// A relation that Keto must confirm.
#[derive(Debug, Clone, Copy)]
pub struct Permission {
    /// The namespace, such as `listings`.
    pub namespace: &'static str,
    /// The relation or permission, such as `edit`.
    pub relation: &'static str,
    /// The object.
    pub object: Object,
    /// The namespaces of the file that it was taken from, if it was.
    pub declared: Option<&'static DeclaredNamespaces>,
}

impl Permission {
    /// A relation by its name in Keto; attributes expand to it.
    #[must_use]
    pub const fn named(namespace: &'static str, relation: &'static str, object: Object) -> Self {
        Self { namespace, relation, object, declared: None }
    }

    /// A relation of `define_permissions!`; attributes expand to it.
    #[must_use]
    pub const fn of(relation: Relation, object: Object) -> Self {
        let (namespace, name) = (relation.namespace(), relation.name());
        Self { namespace, relation: name, object, declared: Some(relation.namespaces()) }
    }
}

/// A loosening that someone spelt out; the access matrix shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// Another tenant than the block's.
    OverridesTenant,
    /// Another kind of credential than the block's.
    OverridesCredential,
    /// No tenant was named, so it is the enum's default one.
    DefaultTenant,
    /// Users give themselves roles: the configuration's `dangerously_trust_traits_roles`.
    /// Only [`Iam::annotate`](crate::Iam::annotate) knows.
    TraitsGiveRoles,
}

impl<T> PolicyData<T> {
    /// A user's session at this tenant, and nothing more.
    #[must_use]
    pub const fn session(tenant: T) -> Self {
        Self::new(tenant, CredentialKind::Session)
    }

    /// This kind of credential at this tenant, and nothing more.
    #[must_use]
    pub const fn new(tenant: T, credential: CredentialKind) -> Self {
        Self::of(TenantSelector::Route(tenant), credential)
    }

    /// This kind of credential at the tenant of the request's host, if it is one of these.
    #[must_use]
    pub const fn by_host(listed: &'static [T], credential: CredentialKind) -> Self {
        Self::of(TenantSelector::Host(listed), credential)
    }

    const fn of(tenant: TenantSelector<T>, credential: CredentialKind) -> Self {
        Self { tenant, rules: Rules::new(credential) }
    }

    /// The tenant and kind of credential of another policy; its rules are added by [`bases`](Self::bases).
    #[must_use]
    pub const fn like(policy: &'static Self) -> Self
    where
        T: Copy,
    {
        // Scopes are added with the rules.
        let credential = match policy.rules.credential {
            CredentialKind::Delegated { .. } => CredentialKind::Delegated { scopes: &[] },
            other => other,
        };
        Self::of(policy.tenant, credential)
    }

    /// With this kind of credential.
    #[must_use]
    pub const fn credential(mut self, credential: CredentialKind) -> Self
    where
        T: Copy,
    {
        self.rules.credential = credential;
        self
    }

    /// With all that these policies demand.
    #[must_use]
    pub const fn bases(mut self, bases: &'static [&'static Rules]) -> Self
    where
        T: Copy,
    {
        self.rules.bases = bases;
        self
    }

    /// With these demands on roles: all of them.
    #[must_use]
    pub const fn roles(mut self, roles: &'static [RoleRule]) -> Self
    where
        T: Copy,
    {
        self.rules.roles = roles;
        self
    }

    /// With a session of this authenticator assurance level at least.
    #[must_use]
    pub const fn aal(mut self, level: u8) -> Self
    where
        T: Copy,
    {
        self.rules.aal = level;
        self
    }

    /// With a session that was authenticated at most this many seconds ago.
    #[must_use]
    pub const fn max_session_age(mut self, seconds: u64) -> Self
    where
        T: Copy,
    {
        self.rules.max_session_age = Some(Duration::from_secs(seconds));
        self
    }

    /// With an answer of Ory's that is at most this many milliseconds old.
    #[must_use]
    pub const fn fresh(mut self, millis: u64) -> Self
    where
        T: Copy,
    {
        self.rules.fresh = Some(Duration::from_millis(millis));
        self
    }

    /// With these permissions: all of them.
    #[must_use]
    pub const fn permissions(mut self, permissions: &'static [Permission]) -> Self
    where
        T: Copy,
    {
        self.rules.permissions = permissions;
        self
    }

    /// With these checks of the application's own: all of them.
    #[must_use]
    pub const fn checks(mut self, checks: &'static [Check]) -> Self
    where
        T: Copy,
    {
        self.rules.checks = checks;
        self
    }

    /// With these notes for the access matrix.
    #[must_use]
    pub const fn notes(mut self, notes: &'static [Note]) -> Self
    where
        T: Copy,
    {
        self.rules.notes = notes;
        self
    }
}
