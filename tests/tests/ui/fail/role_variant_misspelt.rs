use iam_axum::prelude::*;

define_tenants! { pub enum Tenants { customer, admin, dealer } }

define_roles! { pub enum Roles { PlatformAdmin = "platform:admin", Support = "support" } }

#[tenant("admin")]
#[require_role(Roles::PlatfrmAdmin)]
async fn report() {}

fn main() {}
