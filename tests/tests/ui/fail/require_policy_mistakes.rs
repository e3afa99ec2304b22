use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

policy! { Staff: tenant("admin"), require_role("staff"); Seniors: require_policy(Staff), require_aal(2) }

#[require_policy]
async fn nothing() {}

#[require_policy("Staff")]
async fn text() {}

#[require_policy(Staff, Seniors)]
async fn two() {}

#[require_policy(Staff, override)]
async fn overridden() {}

#[require_policy(Staff)]
mod staff {
    use super::*;

    #[tenant("dealer", override)]
    pub async fn elsewhere() {}
}

fn main() {}
