//! Rules of blocks reach every handler in them, however deep, and add up.

use iam_axum::prelude::*;

use super::policy_of;
use crate::Tenants;

#[tenant("dealer")]
#[require_role("outer")]
mod outer {
    use super::*;

    pub async fn plain() {}

    #[require_role("own")]
    pub async fn adds() {}

    #[tenant("admin", override)]
    pub async fn elsewhere() {}

    #[public]
    pub async fn open() {}

    #[handler]
    async fn marked() {}

    async fn helper() -> u8 {
        1
    }

    pub(super) mod inner {
        use super::*;

        pub(crate) struct Stock;

        #[require_role("inner")]
        impl Stock {
            pub async fn list() {}

            pub(crate) async fn helper(&self) -> u8 {
                2
            }
        }
    }

    #[tokio::test]
    async fn helpers_stay_as_written() {
        assert_eq!(helper().await + inner::Stock.helper().await, 3);
        assert_eq!(policy_of!(marked), policy_of!(plain));
    }
}

#[test]
fn rules_add_up() {
    assert_eq!(policy_of!(outer::plain), "dealer: session, role outer");
    assert_eq!(policy_of!(outer::adds), "dealer: session, role outer, role own");
    assert_eq!(policy_of!(outer::elsewhere), "admin: session, role outer, override tenant");
    assert_eq!(policy_of!(outer::open), "PUBLIC");
    assert_eq!(policy_of!(outer::inner::Stock::list), "dealer: session, role outer, role inner");
}
