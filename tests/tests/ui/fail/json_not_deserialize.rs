use axum::Json;
use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

struct Order {
    id: u64,
}

#[tenant("customer")]
async fn order(Json(order): Json<Order>) -> String {
    order.id.to_string()
}

fn main() {
    let _: Router<Iam<Tenants>> = Router::new().route("/orders", post(order));
}
