use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("dealer")]
#[oauth2]
async fn inventory(me: CurrentUser) -> String {
    me.id.to_string()
}

fn main() {}
