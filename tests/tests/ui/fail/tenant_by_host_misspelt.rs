use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant(host("customer", "deler"))]
async fn report() {}

fn main() {}
