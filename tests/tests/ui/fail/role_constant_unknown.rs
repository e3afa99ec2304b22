use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
#[require_role(platform_admin)]
async fn report() {}

fn main() {}
