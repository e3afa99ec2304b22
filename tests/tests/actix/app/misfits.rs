//! Routes that cannot work, some of which no start-up sees.

#[path = "../../app/misfits.rs"]
mod handlers;

use super::*;
use handlers::{admin_listing, admin_machine, by_host_only, shop};

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

/// In a scope that no start-up checks.
pub(super) fn guarded_shop() -> actix_web::Scope {
    web::scope("/foreign/{shop}").route("/twice/{shop}", iam_actix::guarded(web::get(), shop))
}
