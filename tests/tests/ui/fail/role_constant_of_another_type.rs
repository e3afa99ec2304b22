use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

const LEVEL: u8 = 5;

#[tenant("admin")]
#[require_role(LEVEL)]
async fn report() {}

fn main() {}
