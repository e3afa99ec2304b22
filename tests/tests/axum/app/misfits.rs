//! Routes that cannot work, some of which no start-up sees.

#[path = "../../app/misfits.rs"]
mod handlers;

use super::*;
use handlers::{admin_listing, admin_machine, by_host_only, shop};

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

/// On a router that no start-up checks.
pub(super) fn guarded_shop() -> AxumRouter<App> {
    AxumRouter::new().route("/foreign/{shop}/twice/{shop}", axum::routing::get(iam_axum::guarded(shop)))
}
