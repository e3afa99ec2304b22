use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id: i64}")]
async fn another_number() {}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id: Uuid}")]
async fn as_in_rust() {}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id: String}")]
async fn any_text() {}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id:}")]
async fn none() {}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{nr: u64}")]
#[put("/listings/{id}")]
async fn not_in_the_path() {}

fn main() {}
