//! What was written, with its spans; nothing is judged here beyond syntax.

mod arguments;
mod declared_roles;
mod duration;
mod file;
pub(crate) mod foreign_route;
mod inherited;
mod item;
mod only_path;
pub(crate) mod opl;
mod permission;
mod permissions;
mod policies;
mod roles;
mod route;
mod rule;
mod secrecy;
mod template;
mod tenant;
mod tenants;
mod tenants_file;
mod written;

pub(crate) use declared_roles::{DeclaredRole, DeclaredRoles};
pub(crate) use file::{Place, SourceFile};
pub(crate) use inherited::Inherited;
pub(crate) use item::{Function, Item, Kind};
pub(crate) use permission::{Permission, PermissionObject, PermissionRelation, identifier};
pub(crate) use permissions::Permissions;
pub(crate) use policies::NamedPolicy;
pub(crate) use roles::{Role, RoleDemand};
pub(crate) use route::Route;
pub(crate) use rule::{Credential, Demand, Rule, TenantNames};
pub(crate) use template::{Piece, template};
pub(crate) use tenants::{Tenants, Variant};
pub(crate) use written::{Written, is_hidden, names_ours};
