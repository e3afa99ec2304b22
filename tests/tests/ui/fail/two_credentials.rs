use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("dealer")]
#[oauth2]
#[optional_session]
async fn orders() {}

fn main() {}
