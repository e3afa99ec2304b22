use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { admin } }

#[tenant("admin")]
#[accept]
async fn nothing() {}

#[tenant("admin")]
#[accept(session)]
async fn one() {}

#[tenant("admin")]
#[accept(session, oauth2)]
async fn either(me: CurrentUser) -> String {
    me.id.clone()
}

fn main() {}
