use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("dealer")]
#[oauth2]
async fn orders(me: CurrentDelegate) -> String {
    me.subject.clone()
}

fn main() {}
