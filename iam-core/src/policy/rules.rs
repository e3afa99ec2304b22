use std::time::Duration;

use super::{AllRules, Check, CredentialKind, Note, Permission, RoleRule};

/// What a policy demands, whichever the tenant enum.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// What must authenticate the request.
    pub credential: CredentialKind,
    /// All of these.
    pub roles: &'static [RoleRule],
    /// The authenticator assurance level that a session must have (Kratos' `aal1` or `aal2`).
    pub aal: u8,
    /// How long ago a session may have been authenticated at the most.
    pub max_session_age: Option<Duration>,
    /// How long ago Ory may have been asked about the credential at the most, whatever the cache's settings.
    pub fresh: Option<Duration>,
    /// All of these.
    pub permissions: &'static [Permission],
    /// All of these, after everything else.
    pub checks: &'static [Check],
    /// Loosenings that were spelt out, for the access matrix.
    pub notes: &'static [Note],
    /// Policies whose rules hold as well: `#[require_policy(Staff)]`.
    pub bases: &'static [&'static Rules],
}

impl Rules {
    pub(super) const fn new(credential: CredentialKind) -> Self {
        Self {
            credential,
            roles: &[],
            aal: 1,
            max_session_age: None,
            fresh: None,
            permissions: &[],
            checks: &[],
            notes: &[],
            bases: &[],
        }
    }

    /// These rules and those of the policies that they build on: all count.
    pub fn all(&self) -> AllRules<'_> {
        AllRules::of(self)
    }

    /// All scopes that a user must have granted to the client.
    pub fn all_scopes(&self) -> impl Iterator<Item = &'static str> {
        self.all().flat_map(|rules| match rules.credential {
            CredentialKind::Delegated { scopes } => scopes.iter().copied(),
            _ => [].iter().copied(),
        })
    }

    /// All demands on roles.
    pub fn all_roles(&self) -> impl Iterator<Item = &'static RoleRule> {
        self.all().flat_map(|rules| rules.roles)
    }

    /// All permissions.
    pub fn all_permissions(&self) -> impl Iterator<Item = &'static Permission> {
        self.all().flat_map(|rules| rules.permissions)
    }

    /// All checks of the application's own.
    pub fn all_checks(&self) -> impl Iterator<Item = &'static Check> {
        self.all().flat_map(|rules| rules.checks)
    }

    /// The strictest assurance level.
    #[must_use]
    pub fn strictest_aal(&self) -> u8 {
        self.all().map(|rules| rules.aal).max().unwrap_or(1)
    }

    /// The strictest age of a session.
    #[must_use]
    pub fn strictest_session_age(&self) -> Option<Duration> {
        self.all().filter_map(|rules| rules.max_session_age).min()
    }

    /// The strictest age of an answer of Ory's.
    #[must_use]
    pub fn strictest_freshness(&self) -> Option<Duration> {
        self.all().filter_map(|rules| rules.fresh).min()
    }

    /// Whether more is to be asked once the principal is known, about which the path may say something.
    #[must_use]
    pub fn reads_request(&self) -> bool {
        self.all().any(|rules| !rules.permissions.is_empty() || !rules.checks.is_empty())
    }
}
