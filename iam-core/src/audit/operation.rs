use std::fmt;

macro_rules! operations {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A call through the SDK that changes something at Ory, that reads what only
        /// administrators may read, or that crosses from tenant to tenant.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Operation {
            $($(#[$doc])* $variant,)*
        }

        impl Operation {
            /// Every operation, for dashboards and documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in events: `product's object.verb`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

operations! {
    /// One identity was read.
    IdentityGet = "identity.get",
    /// An identity's admin metadata was read.
    IdentityAdminMetadata = "identity.admin_metadata",
    /// A page of identities was read.
    IdentityList = "identity.list",
    /// An identity was created.
    IdentityCreate = "identity.create",
    /// Traits, metadata or state of an identity were changed.
    IdentityPatch = "identity.patch",
    /// An identity's roles were replaced.
    IdentitySetRoles = "identity.set_roles",
    /// An identity was activated.
    IdentityActivate = "identity.activate",
    /// An identity was deactivated.
    IdentityDeactivate = "identity.deactivate",
    /// An identity was deleted.
    IdentityDelete = "identity.delete",
    /// An identity's sessions were read.
    IdentityListSessions = "identity.list_sessions",
    /// All sessions of an identity were revoked.
    IdentityRevokeSessions = "identity.revoke_sessions",
    /// One session was revoked.
    SessionRevoke = "session.revoke",
    /// A machine token was issued to this service's own client.
    TokenIssue = "token.issue",
    /// A relation was made to hold.
    PermissionGrant = "permission.grant",
    /// A relation was ended.
    PermissionRevoke = "permission.revoke",
    /// A caller of one tenant was taken for one of another.
    TenantCross = "tenant.cross",
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Operation;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = Operation::ALL.iter().map(|operation| operation.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Operation::ALL.len());
    }
}
