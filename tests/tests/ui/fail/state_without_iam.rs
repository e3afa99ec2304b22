use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[derive(Clone)]
struct App {}

#[tenant("admin")]
async fn report() {}

fn main() {
    Router::new().route("/report", get(report)).with_state(App {}).unwrap();
}
