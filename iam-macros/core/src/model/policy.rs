//! What is demanded in the end.

use proc_macro2::Span;
use syn::Path;

use super::Named;
use crate::parse::{Credential, Permission, RoleDemand};

/// A handler's policy.
pub(crate) enum Policy {
    Public,
    Guarded(Guarded),
    /// Lets nobody in: what stands in for a policy that was not understood.
    Closed(Option<StandIn>),
}

/// Where a policy that was not understood takes its enum from, if something says so.
#[derive(Clone)]
pub(crate) struct StandIn {
    pub(crate) tenants: TenantsOf,
    pub(crate) up: usize,
}

/// Something that leads to an enum of tenants.
#[derive(Clone)]
pub(crate) enum TenantsOf {
    Enum(Path),
    Policy(Path),
}

/// A policy that another builds on, and where its path is read.
#[derive(Clone)]
pub(crate) struct Base {
    pub(crate) path: Path,
    pub(crate) up: usize,
    /// Which of the policy's bases it is.
    pub(crate) at: usize,
}

/// What must hold, all of it.
pub(crate) struct Guarded {
    pub(crate) tenant: Tenant,
    /// None: that of the first policy that it builds on.
    pub(crate) credential: Option<Credential>,
    pub(crate) bases: Vec<Base>,
    pub(crate) roles: Vec<Roles>,
    pub(crate) aal: Option<u8>,
    /// Seconds.
    pub(crate) session_age: Option<u64>,
    /// Each with the place where its paths are read.
    pub(crate) permissions: Vec<(Permission, usize)>,
    /// Each with the place where its path is read.
    pub(crate) checks: Vec<(Path, usize)>,
    pub(crate) overrides_tenant: bool,
    pub(crate) overrides_credential: bool,
}

/// A demand on roles.
pub(crate) struct Roles {
    pub(super) span: Span,
    pub(crate) demand: RoleDemand,
    /// Where its paths are read.
    pub(crate) up: usize,
    /// Whether a block around compares its names with the declared roles, so
    /// that a misspelt one is one mistake and not one of each handler.
    pub(crate) settled: bool,
}

pub(crate) enum Tenant {
    /// The name, and how the same one was written again further inside.
    Named(Named, Vec<Named>),
    /// The enum's default one, because of the rule here.
    Default { span: Span, up: usize },
    /// That of a policy.
    OfPolicy(Base),
}
