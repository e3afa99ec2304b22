use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

policy! {
    Staff: tenant("admin"), require_role("staff");
    Partners: tenant("dealer"), oauth2;
    Visitors: tenant("customer"), optional_session;
    Strange: require_policy(Staff), oauth2;
}

#[require_policy(Partners)]
#[authenticated]
async fn stock() {}

#[require_policy(Partners)]
#[require_aal(2)]
async fn prices() {}

#[require_policy(Visitors)]
#[require_role("regular")]
async fn offers() {}

#[require_policy(Partners)]
async fn inventory(me: CurrentUser) -> String {
    me.id.clone()
}

fn main() {}
