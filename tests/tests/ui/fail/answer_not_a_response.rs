use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

struct Order;

#[tenant("customer")]
async fn order() -> Order {
    Order
}

fn main() {
    let _: Router<Iam<Tenants>> = Router::new().route("/orders", get(order));
}
