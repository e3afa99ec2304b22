//! Handlers that no configuration of the stage can serve: the same file in the application of each framework.

use super::*;

#[tenant("dealer")]
#[require_permission(namespace = "shops", relation = "edit", object = "shops:{shop}")]
pub async fn shop() -> &'static str {
    "a shop"
}

#[tenant(host("customer", "dealer"))]
pub async fn by_host_only() -> &'static str {
    "a tenant without a host"
}

#[tenant("admin")]
#[oauth2]
pub async fn admin_machine() -> &'static str {
    "a tenant without Hydra"
}

#[tenant("admin")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:all")]
pub async fn admin_listing() -> &'static str {
    "a tenant without Keto"
}
