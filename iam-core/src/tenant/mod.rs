//! The tenants of a process: an enum known at compile time, one Ory project each.
//!
//! `define_tenants!` of an adapter crate writes the implementation; everything
//! that exists once per tenant lives in a [`PerTenant`] array indexed by it.

mod per_tenant;
mod role_names;
mod typed;
mod unknown;

pub use per_tenant::PerTenant;
pub use role_names::RoleNames;
pub use typed::{AnyTenant, OneTenant, TenantScope, TypeAt};
pub use unknown::UnknownTenant;

use std::fmt::Debug;
use std::hash::Hash;

/// An enum whose variants are the tenants of this process.
///
/// Implemented by `define_tenants!`; by hand it looks like this:
///
/// ```
/// use iam_core::Tenant;
///
/// #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
/// enum Shops { North, South }
///
/// impl Tenant for Shops {
///     const ALL: &'static [Self] = &[Self::North, Self::South];
///     const DEFAULT: Option<Self> = None;
///     fn name(self) -> &'static str {
///         match self { Self::North => "north", Self::South => "south" }
///     }
///     fn index(self) -> usize { self as usize }
/// }
///
/// assert_eq!(Shops::from_name("south"), Some(Shops::South));
/// ```
pub trait Tenant: Copy + Eq + Hash + Debug + Send + Sync + 'static {
    /// Every tenant, in the order of declaration.
    const ALL: &'static [Self];

    /// The tenant that counts as named where a policy names none: the only
    /// variant, or the one marked `#[default]`.
    const DEFAULT: Option<Self>;

    /// The roles that policies of these tenants may name, if they were declared
    /// (`define_tenants! { .. roles = Roles }`); otherwise every name is one.
    const ROLES: Option<RoleNames> = None;

    /// The name used in configuration, events and messages.
    fn name(self) -> &'static str;

    /// The position in [`Tenant::ALL`].
    fn index(self) -> usize;

    /// The tenant of this name, compared byte for byte.
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|tenant| tenant.name() == name)
    }
}

/// A tenant enum in which a policy may leave its tenant out.
///
/// `define_tenants!` implements it for enums of exactly one variant and for
/// enums that mark one with `#[default]`.
#[diagnostic::on_unimplemented(
    message = "this policy names no tenant, and `{Self}` has no default one",
    label = "which tenant?",
    note = "add `#[tenant(\"..\")]` to the handler, or to its `mod` or `impl` block"
)]
pub trait DefaultTenant: Tenant {
    /// The tenant that is meant where none is named.
    const DEFAULT_TENANT: Self;
}
