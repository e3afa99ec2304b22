use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[public]
#[require_role("platform:admin")]
async fn report() {}

fn main() {}
