use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
#[tenant("dealer")]
async fn report() {}

#[tenant("admin", "dealer")]
async fn stock() {}

fn main() {}
