//! What has to compile, and what it comes to: the access matrix shows the policy
//! that each spelling leaves on its route.

mod blocks;
mod contract;
mod enums;
mod hygiene;
mod shapes;

use iam_axum::{Iam, Router};

use crate::Tenants;

/// The matrix of one handler's policy.
macro_rules! policy_of {
    ($handler:expr) => {
        crate::pass::first_row(::iam_axum::Router::new().route("/{id}", ::iam_axum::routing::get($handler)))
    };
}
use policy_of;

fn first_row(router: Router<Iam<Tenants>>) -> String {
    let matrix = router.access_matrix().to_string();
    matrix.trim_start_matches('!').trim().trim_start_matches("GET /{id}").trim().into()
}
