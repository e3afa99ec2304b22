use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

policy! { Staff: tenant("admn"), require_role("a") }

fn main() {
    let _ = Staff;
}
