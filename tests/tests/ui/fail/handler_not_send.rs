use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

use std::rc::Rc;

#[tenant("customer")]
async fn home() -> String {
    let name = Rc::new(String::from("home"));
    tokio::task::yield_now().await;
    name.to_string()
}

fn main() {
    let _: Router<Iam<Tenants>> = Router::new().route("/", get(home));
}
