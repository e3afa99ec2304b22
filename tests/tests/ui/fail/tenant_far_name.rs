use iam_axum::prelude::*;

define_tenants! {
    /// One Ory project each.
    pub enum Tenants {
        customer,
        admin,
        /// Who sells.
        dealer,
    }
}

#[tenant("warehouse")]
async fn report() {}

define_tenants! { enum Shops { north, south, east, west, centre, harbour } }

#[tenant(host("north", "outlet") in Shops)]
mod shops {
    pub async fn list() {}

    pub async fn show() {}
}

fn main() {}
