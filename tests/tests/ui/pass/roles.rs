//! Constants that name roles: whether these were declared shows when the route is mounted.

use iam_core::Iam;
use iam_testing::double::TestIam;

iam_axum::define_roles! {
    pub enum Roles { PlatformAdmin = "platform:admin", Support = "support" }
}

iam_axum::define_tenants! {
    pub enum Tenants { admin }
    roles = Roles
}

const ADMIN: &str = "platfrm:admin";
const DECLARED: [&str; 2] = ["platform:admin", "support"];
const STAFF: [&[&str]; 2] = [&DECLARED, &["suport", "warehouse"]];

/// The same handlers, and what `check` says of a router with them.
macro_rules! on {
    ($name:ident, $adapter:ident, $router:expr, $check:expr) => {
        mod $name {
            use $adapter::prelude::*;

            use super::{ADMIN, DECLARED, Roles, STAFF, Tenants};

            #[tenant("admin")]
            #[require_role(ADMIN)]
            async fn misspelt() -> &'static str {
                "misspelt"
            }

            #[tenant("admin")]
            #[require_role(all("support", not(STAFF)))]
            async fn nested() -> &'static str {
                "nested"
            }

            #[tenant("admin")]
            #[require_role(DECLARED, Roles::Support)]
            async fn declared() -> &'static str {
                "declared"
            }

            #[test]
            fn undeclared_ones_are_told() {
                let told = super::told($router, |router| {
                    router.route("/a", get(misspelt)).route("/b", get(nested)).route("/c", get(declared))
                }, $check);
                let expected = "3 route(s) cannot work as mounted:\n  \
                    GET /a: no role of `define_roles!` is called `platfrm:admin`; did you mean `platform:admin`?\n  \
                    GET /b: no role of `define_roles!` is called `suport`; did you mean `support`?\n  \
                    GET /b: no role of `define_roles!` is called `warehouse`";
                assert_eq!(told, expected);
            }
        }
    };
}

on!(on_axum, iam_axum, |_| iam_axum::Router::new(), |router: iam_axum::Router<_>, iam| router.with_state(iam).err());
on!(on_actix, iam_actix, iam_actix::Router::new, |router: iam_actix::Router<_>, _| router.verify().err());

fn told<R, E: ToString>(
    router: impl FnOnce(&Iam<Tenants>) -> R,
    mount: impl FnOnce(R) -> R,
    check: impl FnOnce(R, Iam<Tenants>) -> Option<E>,
) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let iam = runtime.block_on(TestIam::<Tenants>::start()).unwrap().iam;
    check(mount(router(&iam)), iam.clone()).unwrap().to_string()
}
