use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("dealer")]
#[oauth2(delegated, scope = "orders")]
#[require_role("platform:admin")]
async fn orders() {}

fn main() {}
