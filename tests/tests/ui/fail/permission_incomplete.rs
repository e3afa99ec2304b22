use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("dealer")]
#[require_permission(namespace = "listings", object = "listings:{id}")]
async fn listing() {}

fn main() {}
