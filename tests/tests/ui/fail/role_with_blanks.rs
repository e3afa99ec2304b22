use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
#[require_role("platform:admin, platform:support")]
async fn several_in_one() {}

#[tenant("admin")]
#[require_role(" platform:admin")]
async fn blank_in_front() {}

fn main() {}
