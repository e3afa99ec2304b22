//! `policy!`: a policy as a value, with all that an attribute can say.

use iam_core::Policy;

use crate::root::data;
use crate::root::prelude::*;

define_tenants! {
    pub enum Tenants { customer, #[default] admin }
}

pub(crate) mod shops {
    //! Another enum.
    crate::root::prelude::define_tenants! { pub(crate) enum Shops { north } }
}

policy! {
    /// Who works here.
    #[must_use]
    pub Staff: tenant("admin"), require_role("a", "b"), require_role("c");
    pub(crate) North: tenant("north" in shops::Shops);
    Editors: require_permission(namespace = "n", relation = "r", object = "o:{id}"), tenant(customer),
}

policy! { Machines: oauth2 }

policy! { Anyone: tenant("customer"), optional_session(stale = "anonymous"); }

#[test]
fn say_what_was_written() {
    assert_eq!(data(Staff), "admin: Session, role a|b, role c");
    assert_eq!(data(North), "north: Session");
    assert_eq!(data(Editors), "customer: Session, n#r@o:{id}");
    assert_eq!(data(Machines), "admin: Machine, DefaultTenant");
    assert_eq!(data(Anyone), "customer: OptionalSession { stale_is_anonymous: true }");
    fn is_policy<P: Policy<Tenants = Tenants> + Copy + std::fmt::Debug>(policy: P) -> String {
        format!("{policy:?}")
    }
    assert_eq!(is_policy(Staff), "Staff");
}

#[test]
fn a_function_body_can_hold_one() {
    policy! { Inside: tenant("admin", crate = crate::facade::iam) }
    assert_eq!(data(Inside), "admin: Session");
}
