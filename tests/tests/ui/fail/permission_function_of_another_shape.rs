use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

fn object(id: u64) -> String {
    format!("listings:{id}")
}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = object)]
async fn listing() {}

fn main() {}
