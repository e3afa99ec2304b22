use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
async fn report() {}

async fn change() {}

fn main() {
    let _: Router<Iam<Tenants>> = Router::new().route("/report", get(report).post(change)).fallback(change);
}
