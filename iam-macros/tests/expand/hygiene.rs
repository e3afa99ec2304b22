//! Expansions name everything absolutely.

#![no_implicit_prelude]

use crate::root::prelude::*;

mod names {
    //! Names of the expansion's own words, meaning something else here.
    #![allow(dead_code)]
    pub(super) struct Option;
    pub(super) struct Result;
    pub(super) struct Policy;
    pub(super) struct PolicyData;
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) trait Default {}
}

#[allow(unused_imports)]
use names::*;

define_tenants! { pub(crate) enum Tenants { customer, #[default] admin } }

#[tenant("admin")]
#[require_role("a")]
#[require_permission(namespace = "n", relation = "r", object = "o:{id}")]
async fn guarded(text: &'static str) -> &'static str {
    if text == "early" {
        return "left";
    }
    text
}

#[oauth2]
async fn by_default() {}

#[tenant("customer")]
mod block {
    pub(super) async fn inside() {}
}

#[test]
fn all_is_found() {
    ::std::assert_eq!(crate::root::now(guarded("early")), "left");
    ::std::assert_eq!(crate::root::line(&by_default()), "admin: Machine, DefaultTenant");
    ::std::assert_eq!(crate::root::line(&block::inside()), "customer: Session");
}
