//! Permissions that a file of Ory's declares.

use super::*;

define_permissions! { mod namespaces from "tests/stage/namespaces.keto.ts" }

use namespaces::Listing;

policy! { DeclaredEditors: tenant("dealer"), require_permission(Listing::edit, "{id}") }

#[tenant("dealer")]
#[require_permission(Listing::edit, "{id}")]
async fn edit(Path(id): Path<String>) -> String {
    id
}

#[tenant("dealer")]
#[require_permission(Listing::view, object = listing_object)]
async fn computed(Path(id): Path<String>) -> String {
    id
}

#[tenant("dealer")]
#[require_permission(Listing::view, "{id}")]
mod block {
    use super::*;

    pub async fn view(Path(id): Path<String>) -> String {
        id
    }

    #[require_permission(Listing::edit, "{id}")]
    pub async fn both(Path(id): Path<String>) -> String {
        id
    }
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/declared/{id}", get(edit))
        .route("/declared/{id}/computed", get(computed))
        .route("/declared/{id}/view", get(block::view))
        .route("/declared/{id}/both", get(block::both))
        .nest_guarded("/declared/{id}/files", DeclaredEditors, policies::files())
}
