//! All mounted routes with what they demand.

mod explain;
mod reader;
mod roles;
mod source;
mod tables;
mod text;

use serde::{Serialize, Serializer};

pub use explain::{Explained, Explanation, Verdict};
pub use reader::UnreadableMatrix;
pub use roles::MatrixRoles;
pub use source::Source;

use super::{CredentialKind, Note, PolicyData, Rules, TenantSelector};
use crate::Tenant;

/// Who can reach a route at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Exposure {
    /// A policy guards it.
    Guarded,
    /// `#[public]`: anybody.
    Public,
    /// A foreign router, mounted by the explicit door: whatever that router does.
    Unguarded,
}

/// One mounted route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MatrixRow {
    /// The method, or `*`.
    pub method: String,
    /// The route's template.
    pub path: String,
    /// Who can reach it.
    pub exposure: Exposure,
    /// The tenant whose project decides; several of which one does, by the request's host.
    pub tenants: Vec<String>,
    /// Whether the request's host decides among them.
    pub by_host: bool,
    /// What must authenticate a request.
    pub credential: Option<MatrixCredential>,
    /// What a user must have granted to the client, all of it.
    pub scopes: Vec<String>,
    /// All of these demands on roles.
    pub roles: Vec<MatrixRoles>,
    /// The authenticator assurance level that a session must have.
    pub aal: u8,
    /// How long ago a session may have been authenticated, in seconds.
    pub max_session_age_s: Option<u64>,
    /// How old an answer of Ory's may be, in milliseconds.
    pub fresh_ms: Option<u64>,
    /// `namespace#relation@object` for each permission.
    pub permissions: Vec<String>,
    /// Checks of the application's own, by name.
    pub checks: Vec<String>,
    /// What stands out.
    pub notes: Vec<Note>,
    /// Where it is mounted, if the adapter tells.
    pub source: Option<Source>,
}

impl MatrixRow {
    /// The row of a guarded route.
    #[must_use]
    pub fn guarded<T: Tenant>(method: &str, path: &str, policy: &PolicyData<T>) -> Self {
        let tenants = policy.tenant.candidates().map(|tenant| tenant.name().to_owned()).collect();
        let by_host = matches!(policy.tenant, TenantSelector::Host(_));
        Self { by_host, ..Self::of_rules(method, path, tenants, &policy.rules) }
    }

    pub(crate) fn of_rules(method: &str, path: &str, tenants: Vec<String>, rules: &Rules) -> Self {
        Self {
            method: method.into(),
            path: path.into(),
            exposure: Exposure::Guarded,
            tenants,
            by_host: false,
            credential: Some(rules.credential.into()),
            scopes: rules.all_scopes().map(str::to_owned).collect(),
            roles: rules.all_roles().map(MatrixRoles::from).collect(),
            aal: rules.strictest_aal(),
            max_session_age_s: rules.strictest_session_age().map(|age| age.as_secs()),
            fresh_ms: rules.strictest_freshness().and_then(|age| age.as_millis().try_into().ok()),
            permissions: rules
                .all_permissions()
                .map(|p| format!("{}#{}@{}", p.namespace, p.relation, p.object))
                .collect(),
            checks: rules.all_checks().map(|check| check.name.to_owned()).collect(),
            notes: rules.all().flat_map(|rules| rules.notes).copied().collect(),
            source: None,
        }
    }

    /// The row of a public or unguarded route.
    #[must_use]
    pub fn open(method: &str, path: &str, exposure: Exposure) -> Self {
        Self {
            method: method.into(),
            path: path.into(),
            exposure,
            tenants: Vec::new(),
            by_host: false,
            credential: None,
            scopes: Vec::new(),
            roles: Vec::new(),
            aal: 1,
            max_session_age_s: None,
            fresh_ms: None,
            permissions: Vec::new(),
            checks: Vec::new(),
            notes: Vec::new(),
            source: None,
        }
    }

    /// The row of a foreign router below a prefix.
    #[must_use]
    pub fn foreign(prefix: &str) -> Self {
        Self::open("*", &format!("{prefix}/(foreign)"), Exposure::Unguarded)
    }

    /// The same, with where it is mounted.
    #[must_use]
    pub fn mounted_at(self, source: Source) -> Self {
        Self { source: Some(source), ..self }
    }

    /// The path below which this row's handler takes what no other route does, if that is what it is for.
    #[must_use]
    pub fn fallback_below(&self) -> Option<&str> {
        self.path.strip_suffix("/(fallback)")
    }

    /// Whether someone should look twice: open, loosened, or on a default tenant.
    #[must_use]
    pub fn stands_out(&self) -> bool {
        self.exposure != Exposure::Guarded || !self.notes.is_empty()
    }
}

/// What must authenticate a request, as the access matrix names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatrixCredential {
    /// A user's session.
    Session,
    /// A user's session, or no credential at all.
    OptionalSession,
    /// The same, where a rejected cookie counts as none.
    OptionalSessionStaleIsAnonymous,
    /// A machine's own access token.
    Machine,
    /// A user's access token, granted to a client.
    Delegated,
    /// A user's session, or a machine's own access token.
    SessionOrMachine,
}

impl MatrixCredential {
    /// Of two names that begin alike the longer one stands behind.
    const ALL: [Self; 6] = [
        Self::Session,
        Self::OptionalSession,
        Self::OptionalSessionStaleIsAnonymous,
        Self::Machine,
        Self::Delegated,
        Self::SessionOrMachine,
    ];

    /// As it stands in the matrix.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::OptionalSession => "optional session",
            Self::OptionalSessionStaleIsAnonymous => "optional session (stale is anonymous)",
            Self::Machine => "machine",
            Self::Delegated => "delegated",
            Self::SessionOrMachine => "session or machine",
        }
    }

    /// Whether visitors without any credential are let in.
    #[must_use]
    pub fn is_optional(self) -> bool {
        matches!(self, Self::OptionalSession | Self::OptionalSessionStaleIsAnonymous)
    }
}

impl From<CredentialKind> for MatrixCredential {
    fn from(kind: CredentialKind) -> Self {
        match kind {
            CredentialKind::Session => Self::Session,
            CredentialKind::OptionalSession { stale_is_anonymous: false } => Self::OptionalSession,
            CredentialKind::OptionalSession { stale_is_anonymous: true } => Self::OptionalSessionStaleIsAnonymous,
            CredentialKind::Machine => Self::Machine,
            CredentialKind::SessionOrMachine => Self::SessionOrMachine,
            CredentialKind::Delegated { .. } => Self::Delegated,
        }
    }
}

impl Serialize for MatrixCredential {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Note {
    const ALL: [Self; 4] =
        [Self::OverridesTenant, Self::OverridesCredential, Self::DefaultTenant, Self::TraitsGiveRoles];

    /// As it stands in the access matrix.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OverridesTenant => "override tenant",
            Self::OverridesCredential => "override credential",
            Self::DefaultTenant => "(default)",
            Self::TraitsGiveRoles => "traits give roles",
        }
    }
}

impl Serialize for Note {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// All mounted routes: as text by `Display`, as JSON by `Serialize`, as a table in Markdown or HTML;
/// `FromStr` reads the text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct AccessMatrix {
    /// The routes, in the order of mounting.
    pub rows: Vec<MatrixRow>,
}

impl AccessMatrix {
    /// Logs the routes that stand out: public, unguarded and loosened ones.
    pub fn log_what_stands_out(&self) {
        for row in self.rows.iter().filter(|row| row.stands_out()) {
            let row = row.to_string();
            tracing::warn!(target: "iam", route = row.trim_start_matches(['!', ' ']), "this route stands out");
        }
    }
}
