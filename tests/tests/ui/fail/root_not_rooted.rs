use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin", crate = facade)]
async fn relative() {}

#[tenant("admin", crate = "facade")]
async fn in_quotes() {}

fn main() {}
