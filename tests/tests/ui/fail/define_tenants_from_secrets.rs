use iam_axum::define_tenants;

define_tenants!(from "secrets.toml");

fn main() {}
