//! What the rules mean together: contradictions, defaults, what a block hands down.

mod demands;
mod fit;
mod level;
mod names;
mod permissions;
mod tenants;

pub(crate) use demands::{Demands, Guarded, Named, Policy, Roles, Tenant};
pub(crate) use fit::fits;
pub(crate) use level::Level;
pub(crate) use names::{ENUM, complaint, snake};
pub(crate) use permissions::{DeclaredNamespace, at as mistake_at, namespaces};
pub(crate) use tenants::{Model, TenantVariant, tenants};
