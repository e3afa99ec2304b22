//! Who a request comes from: what a handler gets once its policy let it in.

mod machine;
mod user;

pub use machine::{Delegate, Machine};
pub use user::User;

use time::OffsetDateTime;

/// Who a request comes from. Carries the tenant that vouched for it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Principal {
    /// A user with a session.
    User(User),
    /// A machine with a token of its own.
    Machine(Machine),
    /// A client with a token that a user granted it.
    Delegate(Delegate),
}

impl Principal {
    /// The name of the tenant whose Ory project vouched.
    #[must_use]
    pub fn tenant(&self) -> &'static str {
        match self {
            Self::User(user) => user.tenant,
            Self::Machine(machine) => machine.tenant,
            Self::Delegate(delegate) => delegate.tenant,
        }
    }

    /// When the session or token ends.
    #[must_use]
    pub fn expires_at(&self) -> OffsetDateTime {
        match self {
            Self::User(user) => user.expires_at,
            Self::Machine(machine) => machine.expires_at,
            Self::Delegate(delegate) => delegate.expires_at,
        }
    }

    /// What counts as a role: a user's roles, a machine's scopes, nothing for a delegate.
    #[must_use]
    pub fn roles(&self) -> &[String] {
        match self {
            Self::User(user) => &user.roles,
            Self::Machine(machine) => &machine.scopes,
            Self::Delegate(_) => &[],
        }
    }

    /// Whether this principal has the role, compared byte for byte.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.roles().iter().any(|own| own == role)
    }

    /// The user, if it is one.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        if let Self::User(user) = self { Some(user) } else { None }
    }

    /// The machine, if it is one.
    #[must_use]
    pub fn machine(&self) -> Option<&Machine> {
        if let Self::Machine(machine) = self { Some(machine) } else { None }
    }

    /// The delegate, if it is one.
    #[must_use]
    pub fn delegate(&self) -> Option<&Delegate> {
        if let Self::Delegate(delegate) = self { Some(delegate) } else { None }
    }

    /// `user`, `machine` or `delegate`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Machine(_) => "machine",
            Self::Delegate(_) => "delegate",
        }
    }

    /// The id that events name: the identity's, the client's, or the delegating user's.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::User(user) => &user.id,
            Self::Machine(machine) => &machine.client_id,
            Self::Delegate(delegate) => &delegate.subject,
        }
    }
}
