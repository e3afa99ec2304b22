use iam_axum::prelude::*;

define_tenants!(from "iam.toml");

#[tenant("admn")]
async fn report() {}

fn main() {}
