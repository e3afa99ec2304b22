use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
async fn report() -> &'static str {
    "quiet"
}

fn main() {
    let _: axum::Router<Iam<Tenants>> = axum::Router::new().route("/report", get(report));
}
