use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("customer")]
async fn order() -> String {
    42
}

fn main() {}
