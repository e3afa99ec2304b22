//! Both adapters in one crate: each module has the prelude of one, and what both
//! frameworks take stands in either.

use crate::Tenants;

mod on_axum {
    use super::Tenants;
    use iam_axum::prelude::*;

    #[tenant("admin")]
    #[require_role("a")]
    pub(super) async fn shared() -> &'static str {
        "for both"
    }

    #[tenant("admin")]
    pub(super) async fn mine(me: CurrentUser) -> String {
        me.id.clone()
    }
}

mod on_actix {
    use super::Tenants;
    use iam_actix::prelude::*;

    #[tenant("admin")]
    #[require_role("a")]
    pub(super) async fn shared() -> &'static str {
        "for both"
    }

    #[tenant("admin")]
    pub(super) async fn mine(me: CurrentUser) -> String {
        me.id.clone()
    }
}

#[test]
fn each_has_its_own() {
    assert_eq!(super::axum!(on_axum::mine), super::actix!(on_actix::mine));
}

#[test]
fn a_handler_mounts_on_both() {
    for policy in [
        super::axum!(on_axum::shared),
        super::axum!(on_actix::shared),
        super::actix!(on_axum::shared),
        super::actix!(on_actix::shared),
    ] {
        assert_eq!(policy, "admin: session, role a");
    }
}
