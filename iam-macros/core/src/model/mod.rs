//! What the rules mean together: contradictions, defaults, what a block hands down.

mod demands;
mod fit;
mod level;
mod named;
mod names;
mod permissions;
mod policy;
mod tenants;

pub(crate) use demands::Demands;
pub(crate) use fit::fits;
pub(crate) use level::Level;
pub(crate) use named::Named;
pub(crate) use names::{ENUM, complaint, snake};
pub(crate) use permissions::{DeclaredNamespace, at as mistake_at, namespaces};
pub(crate) use policy::{Base, Guarded, Policy, Roles, StandIn, Tenant, TenantsOf};
pub(crate) use tenants::{Model, TenantVariant, tenants};
