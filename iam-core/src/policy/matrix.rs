//! All mounted routes with what they demand.

use std::fmt;

use serde::Serialize;

use super::{CredentialKind, Note, PolicyData, TenantSelector};
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
    pub tenants: Vec<&'static str>,
    /// Whether the request's host decides among them.
    pub by_host: bool,
    /// `session`, `optional session`, `machine`, `delegated`.
    pub credential: Option<&'static str>,
    /// Of each list one role.
    pub roles: Vec<Vec<&'static str>>,
    /// `namespace#relation@object` for each permission.
    pub permissions: Vec<String>,
    /// What stands out: `override tenant`, `override credential`, `(default)`.
    pub notes: Vec<&'static str>,
}

impl MatrixRow {
    /// The row of a guarded route.
    #[must_use]
    pub fn guarded<T: Tenant>(method: &str, path: &str, policy: &PolicyData<T>) -> Self {
        let rules = &policy.rules;
        Self {
            method: method.into(),
            path: path.into(),
            exposure: Exposure::Guarded,
            tenants: policy.tenant.candidates().map(Tenant::name).collect(),
            by_host: matches!(policy.tenant, TenantSelector::Host(_)),
            credential: Some(credential_name(rules.credential)),
            roles: rules.roles.iter().map(|any| any.to_vec()).collect(),
            permissions: rules
                .permissions
                .iter()
                .map(|p| format!("{}#{}@{}", p.namespace, p.relation, p.object))
                .collect(),
            notes: rules.notes.iter().map(|note| note_name(*note)).collect(),
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
            roles: Vec::new(),
            permissions: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Whether someone should look twice: open, loosened, or on a default tenant.
    #[must_use]
    pub fn stands_out(&self) -> bool {
        self.exposure != Exposure::Guarded || !self.notes.is_empty()
    }
}

fn credential_name(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::Session => "session",
        CredentialKind::OptionalSession { stale_is_anonymous: false } => "optional session",
        CredentialKind::OptionalSession { stale_is_anonymous: true } => "optional session (stale is anonymous)",
        CredentialKind::Machine => "machine",
        CredentialKind::Delegated { .. } => "delegated",
    }
}

fn note_name(note: Note) -> &'static str {
    match note {
        Note::OverridesTenant => "override tenant",
        Note::OverridesCredential => "override credential",
        Note::DefaultTenant => "(default)",
    }
}

/// All mounted routes: as text by `Display`, as JSON by `Serialize`.
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
            let row = Self { rows: vec![row.clone()] }.to_string();
            tracing::warn!(target: "iam", route = row.trim_start_matches('!').trim(), "this route stands out");
        }
    }
}

impl fmt::Display for AccessMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |of: fn(&MatrixRow) -> usize| self.rows.iter().map(of).max().unwrap_or(0);
        let (methods, paths) = (width(|row| row.method.len()), width(|row| row.path.len()));
        for row in &self.rows {
            let mark = if row.stands_out() { '!' } else { ' ' };
            write!(f, "{mark} {:methods$} {:paths$}  ", row.method, row.path)?;
            match (row.exposure, row.credential) {
                (Exposure::Guarded, Some(credential)) => {
                    let by_host = if row.by_host { " by host" } else { "" };
                    write!(f, "{}{by_host}: {credential}", row.tenants.join(" or "))?;
                }
                (Exposure::Public, _) => f.write_str("PUBLIC")?,
                _ => f.write_str("UNGUARDED")?,
            }
            for any in &row.roles {
                write!(f, ", role {}", any.join(" or "))?;
            }
            for permission in &row.permissions {
                write!(f, ", permission {permission}")?;
            }
            for note in &row.notes {
                write!(f, ", {note}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
