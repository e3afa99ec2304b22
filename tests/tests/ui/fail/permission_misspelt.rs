use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, dealer } }

define_permissions! { pub mod permissions from "namespaces.keto.ts" }

use permissions::Listing;

#[tenant("dealer")]
#[require_permission(Listing::edti, "{id}")]
async fn relation_misspelt() {}

#[tenant("dealer")]
#[require_permission(Lsting::edit, "{id}")]
async fn namespace_misspelt() {}

fn main() {}
