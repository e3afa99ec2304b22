//! Several enums of tenants, and every spelling of a tenant.

use iam_axum::prelude::*;

use super::cases;
use crate::Tenants;

mod shops {
    iam_axum::define_tenants! { pub enum Shops { north_shop, south } }
}

#[tenant(admin)]
async fn bare() {}

#[tenant(Admin)]
async fn variant() {}

#[tenant("admin" in crate::Tenants)]
async fn named() {}

#[tenant("north_shop" in shops::Shops)]
async fn other() {}

mod renamed {
    use super::shops::Shops as Tenants;
    use iam_axum::tenant as of;

    #[of("north_shop")]
    pub(super) async fn handler() {}
}

cases! { on axum:
    bare => "admin: session";
    variant => "admin: session";
    named => "admin: session";
}

#[test]
fn each_enum_has_its_own_router() {
    let router: Router<Iam<shops::Shops>> = Router::new().route("/a", get(other).post(renamed::handler));
    assert_eq!(router.access_matrix().to_string(), "  GET  /a  north_shop: session\n  POST /a  north_shop: session\n");
}
