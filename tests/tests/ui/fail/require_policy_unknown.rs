use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

policy! { Staff: tenant("admin"), require_role("staff") }

#[require_policy(Stafff)]
async fn report() {}

fn main() {}
