use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } types = tenants }

type Me = CurrentUser<tenants::Admin>;

#[tenant("dealer")]
async fn stock(me: CurrentUser<tenants::Admin>) -> String {
    me.id.clone()
}

#[tenant("dealer")]
async fn behind_an_alias(me: Me) -> String {
    me.id.clone()
}

#[tenant("dealer")]
#[oauth2]
async fn inventory(machine: CurrentMachine<tenants::Customer>) -> String {
    machine.client_id.clone()
}

fn main() {}
