//! Permissions that a file of Ory's declares.

use super::*;

define_permissions! { mod namespaces from "tests/stage/namespaces.keto.ts" }

use namespaces::Listing;

policy! { DeclaredEditors: tenant("dealer"), require_permission(Listing::edit, "{id}") }

#[tenant("dealer")]
#[require_permission(Listing::edit, "{id}")]
async fn edit(id: Path<String>) -> String {
    id.into_inner()
}

#[tenant("dealer")]
#[require_permission(Listing::view, object = listing_object)]
async fn computed(id: Path<String>) -> String {
    id.into_inner()
}

#[tenant("dealer")]
#[require_permission(Listing::view, "{id}")]
mod block {
    use super::*;

    pub async fn view(id: Path<String>) -> String {
        id.into_inner()
    }

    #[require_permission(Listing::edit, "{id}")]
    pub async fn both(id: Path<String>) -> String {
        id.into_inner()
    }
}

pub(super) fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    Router::new(iam)
        .route("/declared/{id}", get(edit))
        .route("/declared/{id}/computed", get(computed))
        .route("/declared/{id}/view", get(block::view))
        .route("/declared/{id}/both", get(block::both))
        .nest_guarded("/declared/{id}/files", DeclaredEditors, || policies::files(""))
}
