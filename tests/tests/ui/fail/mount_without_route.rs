use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
async fn reports() -> &'static str {
    "reports"
}

fn main() {
    let _: Router<Iam<Tenants>> = Router::new().mount(reports);
}
