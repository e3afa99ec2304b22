use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("dealer")]
#[oauth2(scope = "inventory:read")]
async fn inventory() {}

fn main() {}
