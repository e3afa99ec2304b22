use iam_actix::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

async fn reports() -> &'static str {
    "reports"
}

fn main() {
    let _ = |iam: &Iam<Tenants>| Router::new(iam).route("/reports", get(reports));
}
