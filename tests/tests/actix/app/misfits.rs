//! Routes that cannot work, some of which no start-up sees.

use super::*;

/// Routes that no configuration of the stage can serve.
pub fn misfits(iam: &Iam<Tenants>) -> Router<Tenants> {
    let nested = Router::new(iam).route("/listings/{number}", get(listing)).route("/wild/{id}*", get(listing));
    let nested = nested.route("/twice/{shop}", get(shop));
    Router::new(iam)
        .route("/me", get(admin_machine).post(admin_listing))
        .route("/by-host", get(by_host_only))
        .route("/listings/{id}", get(listing))
        .nest("/shops/{shop}", nested)
        .nest("/guarded/{shop}", policies::misfits(iam))
}

#[tenant("dealer")]
#[require_permission(namespace = "shops", relation = "edit", object = "shops:{shop}")]
async fn shop() -> &'static str {
    "a shop"
}

/// In a scope that no start-up checks.
pub(super) fn guarded_shop() -> actix_web::Scope {
    web::scope("/foreign/{shop}").route("/twice/{shop}", iam_actix::guarded(web::get(), shop))
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
