use iam_axum::prelude::*;

define_tenants!(from "nowhere.toml");

define_tenants! { pub enum Broken from "broken.toml" }

// What is understood of a broken file is declared.
#[tenant("dealer" in Broken)]
async fn stock() {}

define_tenants! { pub enum Empty from "empty.toml" }

define_tenants! { pub enum Names from "names.toml" }

define_tenants! { pub enum NoFile from iam }

fn main() {}
