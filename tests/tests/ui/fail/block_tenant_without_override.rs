use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
mod reports {
    use super::*;

    #[tenant("dealer")]
    pub async fn stock() {}
}

fn main() {}
