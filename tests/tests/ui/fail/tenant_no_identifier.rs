use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("north-shop")]
async fn with_a_dash() {}

#[tenant("")]
async fn empty() {}

#[tenant(Tenants::admin)]
async fn a_path() {}

#[tenant(5)]
async fn a_number() {}

#[tenant = "admin"]
async fn as_a_value() {}

fn main() {}
