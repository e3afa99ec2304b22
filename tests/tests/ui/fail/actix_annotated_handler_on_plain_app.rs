use actix_web::{App, web};
use iam_actix::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
async fn reports() -> &'static str {
    "reports"
}

fn main() {
    let _ = App::new().route("/reports", web::get().to(reports));
}
