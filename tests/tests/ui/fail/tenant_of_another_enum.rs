use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }
define_tenants! { pub enum Shops { north, south } }

#[tenant("north" in Shops)]
async fn stock() {}

fn routes() -> Router<Iam<Tenants>> {
    Router::new().route("/stock", get(stock))
}

fn main() {
    routes();
}
