use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("customer")]
async fn home() -> String {
    String::from("home")
}

#[tokio::main]
async fn main() {
    let text: String = home().await;
    assert_eq!(text, "home");
}
