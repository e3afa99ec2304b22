use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

async fn open(_: &Principal, _: &RequestSnapshot) -> bool {
    true
}

#[tenant("admin")]
#[require(open)]
async fn report() {}

fn main() {}
