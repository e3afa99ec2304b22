use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

#[tenant("admin")]
#[require_aal]
async fn unsaid() {}

#[tenant("admin")]
#[require_aal(1)]
async fn what_all_have() {}

#[tenant("admin")]
#[require_aal("aal2")]
async fn as_kratos_spells_it() {}

#[tenant("admin")]
#[require_aal(aal2)]
async fn as_a_word() {}

#[tenant("admin")]
#[require_aal(2)]
#[require_aal(2)]
async fn twice() {}

#[tenant("dealer")]
#[oauth2]
#[require_aal(2)]
async fn of_a_machine() {}

fn main() {}
