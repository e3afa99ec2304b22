use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
#[optional_session]
#[require_role("platform:admin")]
async fn report() {}

fn main() {}
