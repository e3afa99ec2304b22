use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } types = tenants }

#[tenant(host("customer", "dealer"))]
async fn home(me: CurrentUser<tenants::Dealer>) -> String {
    me.id.clone()
}

#[tenant(host("dealer"))]
async fn fine(me: CurrentUser<tenants::Dealer>) -> String {
    me.id.clone()
}

fn main() {}
