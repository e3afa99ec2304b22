use iam_axum::prelude::*;

define_tenants!(from "nowhere.toml");

// Of a file that cannot be read nothing is known, and nothing said.
#[tenant("admin")]
async fn report(me: CurrentUser) -> String {
    me.id.to_string()
}

#[authenticated]
mod block {
    use super::*;

    pub async fn list() -> &'static str {
        Tenants::Customer.name()
    }

    #[tenant(host("customer", "dealer"))]
    #[require_role("clerk")]
    pub async fn show(tenant: iam_axum::CurrentTenant<Tenants>) -> String {
        tenant.0.to_string()
    }
}

policy! { Staff: tenant("admin") }

define_tenants! { pub enum Broken from "broken.toml" }

// Nor of a file that is broken somewhere.
#[tenant("dealer" in Broken)]
async fn stock() {}

define_tenants! { pub enum Empty from "empty.toml" }

#[tenant("admin" in Empty)]
async fn emptied() {}

define_tenants! { pub enum Names from "names.toml" types = names }

// A tenant whose name was refused is not refused once more where it is used.
#[tenant("north_shop" in Names)]
async fn shop(me: CurrentUser<names::NorthShop>) -> String {
    me.id.to_string()
}

#[tenant("NorthShop" in Names)]
async fn other_shop() -> &'static str {
    Names::NorthShop.name()
}

define_tenants! { pub enum NoFile from iam }

fn main() {
    let _ = (report, block::list, block::show, Staff, stock, emptied, shop, other_shop);
    assert_eq!(Tenants::ALL.len(), 3);
}
