use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant(host())]
async fn of_none() {}

#[tenant(hosts("customer", "dealer"))]
async fn another_word() {}

#[tenant(host("customer", "customer"))]
async fn twice() {}

#[tenant(host("customer" "dealer"))]
async fn without_comma() {}

#[tenant(host = "customer")]
async fn as_a_key() {}

#[tenant(host("customer", "dealer"), "admin")]
async fn and_one_more() {}

#[tenant(host)]
async fn unsaid() {}

fn main() {}
