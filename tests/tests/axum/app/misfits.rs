//! Routes that cannot work, some of which no start-up sees.

use super::*;

/// Routes that no configuration of the stage can serve.
pub fn misfits() -> Router<Iam<Tenants>> {
    let nested = Router::new().route("/listings/{number}", get(listing)).route("/wild/{*id}", get(listing));
    let nested = nested.route("/twice/{shop}", get(shop));
    Router::new()
        .route("/me", get(admin_machine).post(admin_listing))
        .route("/by-host", get(by_host_only))
        .route("/listings/{id}", get(listing))
        .nest("/shops/{shop}", nested)
        .nest("/guarded/{shop}", policies::misfits())
}

#[tenant("dealer")]
#[require_permission(namespace = "shops", relation = "edit", object = "shops:{shop}")]
async fn shop() -> &'static str {
    "a shop"
}

/// On a router that no start-up checks.
pub(super) fn guarded_shop() -> AxumRouter<App> {
    AxumRouter::new().route("/foreign/{shop}/twice/{shop}", axum::routing::get(iam_axum::guarded(shop)))
}

#[tenant(host("customer", "dealer"))]
async fn by_host_only() -> &'static str {
    "a tenant without a host"
}

#[tenant("admin")]
#[oauth2]
async fn admin_machine() -> &'static str {
    "a tenant without Hydra"
}

#[tenant("admin")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:all")]
async fn admin_listing() -> &'static str {
    "a tenant without Keto"
}
