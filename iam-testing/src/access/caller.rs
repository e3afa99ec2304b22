//! With what an attack comes.

use crate::seed::{OneOf, SeededTenant};

/// Somebody with a credential of one tenant.
///
/// ```
/// use iam_testing::access::Caller;
///
/// let ann = Caller::user("admin", "ann").token("ory_st_..").cookie("ory_kratos_session=..").role("platform:admin");
/// let erp = Caller::machine("dealer", "erp").token("ory_at_..").role("inventory:read");
/// ```
#[derive(Debug, Clone)]
pub struct Caller {
    pub(super) tenant: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) token: Option<String>,
    pub(super) cookie: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) is_refused: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Machine,
    Delegate,
}

impl Caller {
    /// A user with a session. `name` is for messages, here and below.
    #[must_use]
    pub fn user(tenant: &str, name: &str) -> Self {
        Self::new(tenant, name, Kind::User)
    }

    /// A machine with an access token of its own.
    #[must_use]
    pub fn machine(tenant: &str, name: &str) -> Self {
        Self::new(tenant, name, Kind::Machine)
    }

    /// A client with an access token that a user granted.
    #[must_use]
    pub fn delegate(tenant: &str, name: &str) -> Self {
        Self::new(tenant, name, Kind::Delegate)
    }

    fn new(tenant: &str, name: &str, kind: Kind) -> Self {
        let (tenant, name) = (tenant.to_owned(), name.to_owned());
        Self { tenant, name, kind, token: None, cookie: None, roles: Vec::new(), is_refused: false }
    }

    /// Their session token or access token.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Their session cookie, `name=value`.
    #[must_use]
    pub fn cookie(mut self, pair: impl Into<String>) -> Self {
        self.cookie = Some(pair.into());
        self
    }

    /// A role of theirs; of a machine and of a delegate, a scope. They must get in nowhere that asks for one which
    /// is not named here.
    #[must_use]
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.roles.push(role.into());
        self
    }

    /// They must get in nowhere, at their own tenant either: an inactive identity, a client that is no machine of ours.
    #[must_use]
    pub fn refused_everywhere(mut self) -> Self {
        self.is_refused = true;
        self
    }

    /// Everybody in a tenant of a world.
    pub(super) fn all_of(tenant: &SeededTenant) -> Vec<Self> {
        let mut callers = Vec::new();
        for account in &tenant.contents.accounts {
            // Whether a session without its second factor counts is up to the project.
            if account.totp.is_some() {
                continue;
            }
            let mut user = Self::user(&tenant.name, &account.identity.email)
                .token(&account.session.token)
                .cookie(account.browser.cookie());
            user.roles.clone_from(&account.roles);
            user.is_refused = !account.is_active;
            callers.push(user);
        }
        for machine in &tenant.contents.machines {
            let Some(token) = &machine.token else { continue };
            let id = &machine.client.id;
            let mut caller = Self::machine(&tenant.name, id).token(token);
            caller.roles.clone_from(&machine.client.scopes);
            caller.is_refused = match &tenant.seed.machine_clients {
                Some(OneOf::Listed(listed)) => !listed.contains(id),
                Some(OneOf::Any(_)) => false,
                None => true,
            };
            callers.push(caller);
        }
        callers
    }

    /// Each way in which they can send their credential, with words for it.
    pub(super) fn credentials(&self) -> impl Iterator<Item = Sent> {
        let Self { tenant, name, .. } = self;
        let token = self.token.iter().map(move |token| Sent {
            what: format!(
                "the {} of {name} (`{tenant}`)",
                if self.kind == Kind::User { "session token" } else { "access token" }
            ),
            headers: vec![("authorization", format!("Bearer {token}"))],
        });
        let cookie = self.cookie.iter().map(move |cookie| Sent {
            what: format!("the session cookie of {name} (`{tenant}`)"),
            headers: vec![("cookie", cookie.clone())],
        });
        token.chain(cookie)
    }
}

/// Headers that a request brings, with words for them.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) what: String,
    pub(super) headers: Vec<(&'static str, String)>,
}

impl Sent {
    pub(super) fn nothing() -> Self {
        Self { what: "no credential".into(), headers: Vec::new() }
    }

    pub(super) fn of(what: &str, headers: &[(&'static str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { what: what.into(), headers }
    }
}
