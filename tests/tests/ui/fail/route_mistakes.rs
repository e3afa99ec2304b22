use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[get]
#[tenant("admin")]
async fn nowhere() {}

#[get("reports")]
#[tenant("admin")]
async fn relative() {}

#[get("/reports/:id")]
#[tenant("admin")]
async fn colon() {}

#[get("/reports/{id")]
#[tenant("admin")]
async fn never_closed() {}

#[get("/reports", guard = "local")]
#[tenant("admin")]
async fn with_a_guard() {}

#[get("/reports")]
#[post("/reports")]
#[tenant("admin")]
async fn twice() {}

#[get("/reports")]
#[tenant("admin")]
mod block {}

fn main() {}
