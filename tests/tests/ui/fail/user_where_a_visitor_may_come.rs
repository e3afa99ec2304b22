use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("customer")]
#[optional_session]
async fn home(me: CurrentUser) -> String {
    me.id.to_string()
}

fn main() {}
