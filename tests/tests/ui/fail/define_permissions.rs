use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { admin } }

define_permissions! {}

define_permissions!("namespaces.keto.ts");

define_permissions!(from "namespace.keto.ts");

define_permissions! { mod nowhere from "nowhere.keto.ts" }

// Of a file that cannot be read nothing is known, and nothing said.
#[tenant("admin")]
#[require_permission(nowhere::Listing::edit, "{id}")]
async fn edit() {}

define_permissions! { mod broken from "broken.keto.ts" }

// Nor of a file that is broken somewhere.
#[tenant("admin")]
#[require_permission(broken::Listing::owners, "{id}")]
#[require_permission(broken::Group::members, "{id}")]
async fn listing() {}

define_permissions! { mod twice from "twice.keto.ts" }

define_permissions! { mod nothing from "main.rs" }

fn main() {}
