use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[public]
async fn home(me: CurrentUser) -> String {
    me.id.to_string()
}

fn main() {}
