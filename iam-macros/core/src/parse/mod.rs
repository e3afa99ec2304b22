//! What was written, with its spans; nothing is judged here beyond syntax.

mod arguments;
mod inherited;
mod item;
mod policies;
mod route;
mod rule;
mod template;
mod tenants;
mod written;

pub(crate) use inherited::Inherited;
pub(crate) use item::{Function, Item, Kind};
pub(crate) use policies::NamedPolicy;
pub(crate) use route::Route;
pub(crate) use rule::{Credential, Demand, Permission, PermissionObject, Rule, TenantNames};
pub(crate) use template::{Piece, template};
pub(crate) use tenants::{Tenants, Variant};
pub(crate) use written::{Written, is_hidden, names_ours};
