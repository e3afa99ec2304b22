use iam_axum::define_permissions;

define_permissions! {}

define_permissions!("namespaces.keto.ts");

define_permissions!(from "namespace.keto.ts");

define_permissions! { mod broken from "broken.keto.ts" }

define_permissions! { mod twice from "twice.keto.ts" }

define_permissions! { mod nothing from "main.rs" }

fn main() {}
