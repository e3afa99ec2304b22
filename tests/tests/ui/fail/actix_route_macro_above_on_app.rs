use iam_actix::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

use actix_web::{App, get};

#[get("/reports")]
#[tenant("admin")]
async fn reports() -> &'static str {
    "reports"
}

fn main() {
    let _ = App::new().service(reports);
}
