use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
mod outer {
    mod reports;

    include!("reports/handlers.rs");
}

#[tenant("admin")]
#[handler]
mod marked {}

fn main() {}
