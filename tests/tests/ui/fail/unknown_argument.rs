use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin", overide)]
async fn report() {}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relations = "edit", object = "listings:{id}")]
async fn listing() {}

#[tenant("dealer")]
#[oauth2(scopes = "inventory:read")]
async fn inventory() {}

#[public(everybody)]
async fn health() {}

#[tenant("customer")]
#[optional_session(stale = "ignore")]
async fn home() {}

fn main() {}
