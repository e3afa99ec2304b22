use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

policy! {
    pub Staff: tenant("admin"), require_role("staff");
    pub Sellers: tenant("dealer");
    pub Shoppers: tenant(host("customer", "dealer"));
}

#[tenant("dealer")]
#[require_policy(Staff)]
async fn report() {}

#[tenant("dealer")]
mod stock {
    use super::*;

    #[require_policy(Staff)]
    pub async fn list() {}
}

#[require_policy(Staff)]
#[require_policy(Sellers)]
async fn both() {}

#[tenant("customer")]
#[require_policy(Shoppers)]
async fn basket() {}

#[tenant(host("dealer", "customer"))]
#[require_policy(Shoppers)]
async fn fine() {}

fn main() {}
