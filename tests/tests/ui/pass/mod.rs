//! What has to compile, and what it comes to: the access matrix shows the policy
//! that each spelling leaves on its route. A test is a case, called after its handler.

mod attributes;
mod blocks;
mod both;
mod contract;
mod enums;
mod functions;
mod hygiene;
mod impls;
mod names;
mod on_actix;
mod roles;

use iam_core::policy::AccessMatrix;
use iam_testing::double::TestIam;

use crate::Tenants;

/// A test a case: the handler mounts, and this is its policy.
macro_rules! cases {
    (on $adapter:ident: $($case:ident $(= $handler:expr)? => $policy:literal;)*) => {
        mod cases {
            #[allow(unused_imports, reason = "cases of handlers that stand deeper")]
            use super::*;

            $(#[test]
            fn $case() {
                let handler = $crate::pass::cases!(@ $case $(= $handler)?);
                ::std::assert_eq!($crate::pass::$adapter!(handler), $policy);
            })*
        }
    };
    (@ $case:ident) => { super::$case };
    (@ $case:ident = $handler:expr) => { $handler };
}
use cases;

/// The policy of one handler, mounted on axum.
macro_rules! axum {
    ($handler:expr) => {{
        let router: ::iam_axum::Router<::iam_axum::Iam<crate::Tenants>> = ::iam_axum::Router::new();
        crate::pass::first_row(&router.route("/{id}", ::iam_axum::routing::get($handler)).access_matrix())
    }};
}
use axum;

/// The policy of one handler, mounted on actix-web.
macro_rules! actix {
    ($handler:expr) => {{
        let router = crate::pass::actix_router().route("/{id}", ::iam_actix::routing::get($handler));
        crate::pass::first_row(&router.access_matrix())
    }};
}
use actix;

fn first_row(matrix: &AccessMatrix) -> String {
    matrix.to_string().trim_start_matches('!').trim().trim_start_matches("GET /{id}").trim().into()
}

fn actix_router() -> iam_actix::Router<Tenants> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    iam_actix::Router::new(&runtime.block_on(TestIam::start()).unwrap().iam)
}
