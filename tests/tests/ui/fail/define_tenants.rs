use iam_axum::prelude::*;

define_tenants! { pub enum Nobody {} }

define_tenants! { pub enum Twice { north_shop, NorthShop } }

define_tenants! { pub enum TwoDefaults { #[default] north, #[default] south } }

define_tenants! { pub enum Fields { north(u64), south { port: u16 } } }

define_tenants! { pub struct Shops { north: u64 } }

define_tenants! { pub enum Names { _north, south__east, default } }

// A tenant whose name was refused is not refused once more where it is used.
#[tenant("south__east" in Names)]
async fn shop() {}

define_tenants! {}

fn main() {
    let _ = shop;
}
