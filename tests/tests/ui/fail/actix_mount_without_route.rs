use iam_actix::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
async fn reports() -> &'static str {
    "reports"
}

fn main() {
    let _ = |iam: &Iam<Tenants>| Router::new(iam).mount(reports);
}
