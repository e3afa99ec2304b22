use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
#[require_role("payments:capture", fresh = "5")]
async fn without_unit() {}

#[tenant("admin")]
#[require_role("payments:capture", fresh = 5)]
async fn a_number() {}

#[tenant("admin")]
#[require_role("payments:capture", frsh = "5s")]
async fn misspelt() {}

#[tenant("admin")]
#[require_role("payments:capture", fresh)]
async fn without_a_time() {}

#[tenant("admin")]
#[require_role(fresh = "5s")]
async fn without_a_role() {}

fn main() {}
