//! Tenants as types, so that a function can say whose caller it takes.

use std::any::TypeId;

use super::Tenant;

/// A tenant as a type: `tenants::Admin` beside the enum `Tenants`, made by
/// `define_tenants! { .. types = tenants }`.
///
/// A function that takes a `&CurrentUser<tenants::Admin>` cannot be called for a user of
/// another tenant.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no tenant as a type",
    label = "names no tenant",
    note = "`define_tenants! {{ pub enum Tenants {{ admin }} types = tenants }}` makes one for each: `tenants::Admin`"
)]
pub trait OneTenant: Sized + 'static {
    /// The enum that it belongs to.
    type Tenants: Tenant;

    /// The tenant as a value.
    const TENANT: Self::Tenants;
}

/// From a tenant's place in its enum to its type; `define_tenants!` implements it.
pub trait TypeAt<const INDEX: usize>: Tenant {
    /// The type.
    type Type: OneTenant<Tenants = Self>;
}

/// The `T` of a plain `CurrentUser`: a caller of any tenant.
#[derive(Debug)]
pub enum AnyTenant {}

/// What a caller's type says of its tenant: one ([`OneTenant`]), or nothing ([`AnyTenant`]).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no tenant as a type",
    label = "names no tenant",
    note = "`define_tenants! {{ pub enum Tenants {{ admin }} types = tenants }}` makes one for each: `tenants::Admin`"
)]
pub trait TenantScope: 'static {
    /// Whether the tenant of this name in this enum is meant.
    fn holds(tenants: TypeId, name: &str) -> bool;
}

impl TenantScope for AnyTenant {
    fn holds(_: TypeId, _: &str) -> bool {
        true
    }
}

#[diagnostic::do_not_recommend]
impl<T: OneTenant> TenantScope for T {
    fn holds(tenants: TypeId, name: &str) -> bool {
        // Another enum of this process may have a tenant of this name as well.
        tenants == TypeId::of::<T::Tenants>() && name == T::TENANT.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two enums of one process, each with a tenant of the same name.
    macro_rules! shops {
        ($name:ident $north:ident) => {
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            enum $name {
                North,
            }

            impl Tenant for $name {
                const ALL: &'static [Self] = &[Self::North];
                const DEFAULT: Option<Self> = None;

                fn name(self) -> &'static str {
                    "north"
                }

                fn index(self) -> usize {
                    self as usize
                }
            }

            enum $north {}

            impl OneTenant for $north {
                type Tenants = $name;
                const TENANT: $name = $name::North;
            }
        };
    }

    shops!(Shops NorthShop);
    shops!(Depots NorthDepot);

    #[test]
    fn a_tenant_of_the_same_name_in_another_enum_is_another() {
        let (shops, depots) = (TypeId::of::<Shops>(), TypeId::of::<Depots>());
        assert!(NorthShop::holds(shops, "north") && NorthDepot::holds(depots, "north"));
        assert!(!NorthShop::holds(depots, "north") && !NorthDepot::holds(shops, "north"));
        assert!(!NorthShop::holds(shops, "south"));
        assert!(AnyTenant::holds(shops, "north") && AnyTenant::holds(depots, "south"));
    }
}
