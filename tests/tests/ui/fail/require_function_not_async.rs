use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

fn open(_: &Principal, _: &RequestSnapshot) -> Checked {
    Checked::Allow
}

#[tenant("admin")]
#[require(open)]
async fn report() {}

fn main() {}
