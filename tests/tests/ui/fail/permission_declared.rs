use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, dealer } }

define_permissions!(from "namespaces.keto.ts");

#[tenant("dealer")]
#[require_permission(Listing::edit)]
async fn of_nothing() {}

#[tenant("dealer")]
#[require_permission(Listing::edit, namespace = "listings", object = "{id}")]
async fn named_twice() {}

#[tenant("dealer")]
#[require_permission(Listing::edit, "{id}", object = "{id}")]
async fn object_twice() {}

#[tenant("dealer")]
#[require_permission(Listing::edit, "{id")]
async fn never_closed() {}

#[tenant("dealer")]
#[require_permission(Listing::edit, id)]
async fn no_text() {}

fn main() {}
