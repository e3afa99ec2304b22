//! All of core that the attributes and `define_tenants!` name in their output.
//!
//! An adapter re-exports it as its own `__private`, together with `Agree`, `Within`,
//! `Fine` and the `inherit` attribute. Its users name none of it.

pub use super::kinds;
pub use crate::policy::{
    AtRoute, Base, BasePolicy, ByHost, Check, CredentialKind, DeclaredNamespaces, DeclaredRoles, Known, Named, Note,
    Object, Permission, Policy, PolicyData, Public, Relation, Requires, RoleRule, RoleSet, Route, Rules, Segment,
    answering, composes, declared, declared_at, declared_role, named_object, same_tenant,
};
pub use crate::tenant::{DefaultTenant, OneTenant, RoleNames, Tenant, TypeAt, UnknownTenant};
#[doc(hidden)]
pub use serde;

/// An answer that is never given: by its type the compiler learns in time what a handler returns.
///
/// # Panics
/// Always; attributes write it behind `if false`.
pub fn never<R>() -> R {
    unreachable!("stands behind `if false`")
}

/// A tenant from its name, for `Deserialize`.
///
/// # Errors
/// If the input is no string, or names no tenant.
pub fn tenant_from_name<'de, T: Tenant, D: serde::Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let name = <String as serde::Deserialize>::deserialize(deserializer)?;
    T::from_name(&name).ok_or_else(|| serde::de::Error::custom(UnknownTenant::new::<T>(&name)))
}
