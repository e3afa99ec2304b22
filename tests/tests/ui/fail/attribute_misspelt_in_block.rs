use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
mod reports {
    use super::*;

    #[requires_role("platform:admin")]
    pub async fn list() {}
}

fn main() {}
