use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
mod outer {
    mod reports;
}

#[tenant("admin")]
#[handler]
mod marked {}

fn main() {}
