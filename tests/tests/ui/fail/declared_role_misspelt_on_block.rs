use iam_axum::prelude::*;

define_roles! { pub enum Roles { PlatformAdmin = "platform:admin", Support = "support" } }
define_tenants! { pub enum Tenants { customer, admin, dealer } roles = Roles }

#[tenant("admin")]
#[require_role("platfrm:admin")]
mod reports {
    use super::*;

    pub async fn list() {}

    pub async fn show() {}

    #[require_role("support")]
    pub async fn change() {}
}

fn main() {}
