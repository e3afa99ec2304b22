use iam_core::{DefaultTenant, OneTenant, Tenant, UnknownTenant};

use crate::root::prelude::*;

define_tenants! {
    /// One project each.
    #[allow(clippy::upper_case_acronyms)]
    #[derive(PartialOrd, Ord)]
    pub enum Mixed {
        /// The customers.
        customer,
        NorthShop,
        r#type,
        #[default]
        eu_1,
        #[cfg(any())]
        never,
        #[cfg(test)]
        always,
    }
    types = mixed
}

define_tenants! { pub(crate) enum Single { only } }
define_tenants! { enum Several { one, two, } }

#[test]
fn names_and_spellings() {
    let names: Vec<_> = Mixed::ALL.iter().map(|tenant| tenant.name()).collect();
    assert_eq!(names, ["customer", "north_shop", "type", "eu_1", "always"]);
    assert_eq!(Mixed::ALL, <Mixed as Tenant>::ALL);
    assert_eq!(Mixed::customer(), Mixed::Customer);
    assert_eq!(Mixed::north_shop(), Mixed::NorthShop);
    assert_eq!(Mixed::r#type(), Mixed::Type);
    let indices: Vec<_> = Mixed::ALL.iter().map(|tenant| tenant.index()).collect();
    assert_eq!(indices, [0, 1, 2, 3, 4]);
    assert!(Mixed::Customer < Mixed::NorthShop, "the user's own derive stays");
}

#[test]
fn defaults() {
    assert_eq!(Mixed::DEFAULT, Some(Mixed::Eu1));
    assert_eq!(Mixed::default(), Mixed::DEFAULT_TENANT);
    assert_eq!(Single::default(), Single::Only);
    assert_eq!(Single::DEFAULT_TENANT, Single::Only);
    assert_eq!(Several::DEFAULT, None);
}

#[test]
fn text_both_ways() {
    assert_eq!(format!("{:>8}|", Several::One), "     one|");
    assert_eq!("north_shop".parse(), Ok(Mixed::NorthShop));
    let unknown: Result<Several, UnknownTenant> = "Two".parse();
    assert_eq!(unknown.map_err(|unknown| unknown.nearest()), Err(Some("two")));

    assert_eq!(serde_json::to_string(&Mixed::Eu1).unwrap(), r#""eu_1""#);
    assert_eq!(serde_json::from_str::<Several>(r#""two""#).unwrap(), Several::Two);
    let unknown = serde_json::from_str::<Several>(r#""twoo""#).unwrap_err().to_string();
    assert!(unknown.contains("did you mean `two`"), "{unknown}");
    let map: std::collections::HashMap<Several, u8> = serde_json::from_str(r#"{"one": 1}"#).unwrap();
    assert_eq!(map[&Several::One], 1);
}

/// Tenants that a file names.
mod configured {
    use super::define_tenants;

    define_tenants!(from "tests/expand/iam.toml");
    define_tenants! {
        /// The same with words of one's own.
        #[derive(PartialOrd)]
        pub(super) enum Shops from "tests/expand/iam.toml"
    }
}

#[test]
fn from_a_file() {
    use configured::{Shops, Tenants};

    assert_eq!(Tenants::ALL, [Tenants::Customer, Tenants::NorthShop, Tenants::Type]);
    assert_eq!(Tenants::ALL.iter().map(|tenant| tenant.name()).collect::<Vec<_>>(), ["customer", "north_shop", "type"]);
    assert_eq!((Tenants::DEFAULT_TENANT, Shops::default()), (Tenants::NorthShop, Shops::NorthShop));
    assert!(Shops::customer() < Shops::Type);
    #[tenant("north_shop")]
    async fn handler() {}
    assert_eq!(crate::root::line(&handler()), "north_shop: Session");
}

#[test]
fn inside_a_function() {
    define_tenants! { enum Tenants { inner } }
    #[tenant("inner")]
    async fn handler() -> u8 {
        7
    }
    assert_eq!(crate::root::line(&handler()), "inner: Session");
    assert_eq!(crate::root::now(handler()), 7);
}

#[test]
fn each_tenant_has_a_type() {
    let of = [
        <mixed::Customer as OneTenant>::TENANT,
        mixed::NorthShop::TENANT,
        mixed::Type::TENANT,
        mixed::Eu1::TENANT,
        mixed::Always::TENANT,
    ];
    assert_eq!(of, Mixed::ALL);
}

/// Where the types have been asked for, and one more module in.
mod inside {
    use super::*;

    define_tenants! { pub(in super::super) enum Mixed { customer } types = mixed }
    define_tenants! { pub(super) enum Tenants { customer } }

    mod deeper {
        use super::*;

        define_tenants! { enum Tenants { customer } }

        #[tenant("customer")]
        async fn handler() {}

        #[test]
        fn the_nearest_enum_is_meant() {
            assert_eq!(crate::root::now(handler()), ());
        }
    }

    #[test]
    fn types_stand_beside_others_of_their_name() {
        define_tenants! { enum Inner { customer } types = mixed }
        assert_eq!(mixed::Customer::TENANT, Inner::Customer);
        assert_eq!(self::mixed::Customer::TENANT, Mixed::Customer);
        assert_eq!(Tenants::ALL.len(), 1);
    }
}
