use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("customer")]
async fn home() -> String {
    let id: u64 = "7".parse()?;
    id.to_string()
}

fn main() {}
