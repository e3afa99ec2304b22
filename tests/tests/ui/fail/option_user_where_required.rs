#![deny(deprecated)]

use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("customer")]
async fn home(me: Option<CurrentUser>) -> String {
    me.map(|me| me.id.to_string()).unwrap_or_default()
}

fn main() {}
