use iam_actix::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
#[actix_web::route("/reports", method = "GET", method = "POST")]
async fn reports() -> &'static str {
    "reports"
}

#[tenant("admin")]
#[actix_web::routes]
#[get("/orders")]
#[post("/orders/new")]
async fn orders() -> &'static str {
    "orders"
}

fn main() {
    let _ = |iam: &Iam<Tenants>| {
        Router::new(iam).route("/reports", get(reports).post(reports)).route("/orders", get(orders))
    };
}
