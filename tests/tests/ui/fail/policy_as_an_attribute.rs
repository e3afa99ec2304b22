use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

policy! { Staff: tenant("admin"), require_role("staff") }

#[policy(Staff)]
async fn alone() {}

#[tenant("admin")]
#[policy(Staff)]
async fn beside_another() {}

#[tenant("admin")]
mod block {
    use super::*;

    #[policy(Staff)]
    pub async fn inside() {}
}

fn main() {}
