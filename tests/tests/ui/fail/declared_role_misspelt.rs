use iam_axum::prelude::*;

define_roles! { pub enum Roles { PlatformAdmin = "platform:admin", Support = "support" } }
define_tenants! { pub enum Tenants { customer, admin, dealer } roles = Roles }

#[tenant("admin")]
#[require_role("platfrm:admin")]
async fn report() {}

#[tenant("admin")]
#[require_role(all("support", not("warehouse")))]
async fn stock() {}

policy! { Staff: tenant("admin"), require_role("suport") }

fn main() {}
