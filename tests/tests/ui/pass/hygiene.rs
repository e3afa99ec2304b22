//! Expansions name everything absolutely, and by the root they are given.

#![no_implicit_prelude]

use ::iam_axum::prelude::*;

use crate::Tenants;
use crate::pass::cases;

mod names {
    #![allow(dead_code)]
    pub(super) struct Option;
    pub(super) struct Result;
    pub(super) struct Policy;
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod iam_axum {}
}
#[allow(unused_imports)]
use names::*;

#[tenant("admin")]
#[require_role("a")]
async fn guarded(me: CurrentUser) -> &'static str {
    let _ = me;
    "guarded"
}

/// As a facade does whose users have no crate called `iam_axum`.
#[tenant("admin", crate = ::iam)]
#[require_permission(namespace = "n", relation = "r", object = "o:{id}")]
async fn of_a_renamed_crate() {}

cases! { on axum:
    guarded => "admin: session, role a";
    of_a_renamed_crate => "admin: session, permission n#r@o:{id}";
}

#[test]
fn a_function_body_can_hold_handlers() {
    define_tenants! { enum Local { only } }

    #[tenant("only" in Local)]
    async fn inside() {}

    let router: Router<Iam<Local>> = Router::new().route("/", get(inside));
    ::std::assert_eq!(router.access_matrix().rows.len(), 1);
}
