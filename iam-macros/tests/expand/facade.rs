//! `crate = path`: the root of a facade, here one that no crate is called after.

use crate::root::line;
use crate::root::prelude::*;

pub(crate) mod iam {
    pub(crate) use crate::root::{__private, Guarded, Open, OpenRouted, Routed};
}

define_tenants! {
    pub(crate) enum Tenants { admin }
    crate = crate::facade::iam
}

#[tenant("admin", crate = crate::facade::iam)]
#[require_role("a")]
async fn handler() {}

#[public(crate = crate::facade::iam)]
async fn open() {}

#[get("/a", crate = crate::facade::iam)]
#[tenant("admin")]
async fn routed() {}

#[get("/b", crate = crate::facade::iam)]
#[public]
async fn open_routed() {}

#[tenant("admin", crate = crate::facade::iam)]
mod block {
    pub(super) async fn inside() {}
}

#[test]
fn the_named_root_is_used() {
    assert_eq!(line(&handler()), "admin: Session, role a");
    assert_eq!(line(&block::inside()), "admin: Session");
    assert_eq!(line(&routed()), "admin: Session");
    crate::root::now(crate::root::open(open()));
    crate::root::now(crate::root::open(open_routed()));
}
