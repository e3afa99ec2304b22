use iam_axum::define_tenants;

define_tenants!(from "nowhere.toml");

define_tenants! { pub enum Broken from "broken.toml" }

define_tenants! { pub enum Empty from "empty.toml" }

define_tenants! { pub enum Names from "names.toml" }

define_tenants! { pub enum NoFile from iam }

fn main() {}
