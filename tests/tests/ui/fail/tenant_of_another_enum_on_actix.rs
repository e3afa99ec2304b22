use iam_actix::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }
define_tenants! { pub enum Shops { north, south } }

#[tenant("north" in Shops)]
async fn stock() -> &'static str {
    "stock"
}

fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    Router::new(iam).route("/stock", get(stock))
}

fn main() {}
