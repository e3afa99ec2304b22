//! Policies as values, before services that are no handlers.

use std::sync::Mutex;

use iam_axum::{gate, guard};

use super::*;

policy! {
    Staff: tenant("admin"), require_role("a");
    StaffTwice: tenant("admin"), require_role("a"), require_role("b");
    Editors: tenant("dealer"), require_permission(namespace = "listings", relation = "edit", object = "listings:{id}");
    Robots: tenant("dealer"), oauth2, require_role("inventory:read");
    Visitors: tenant("customer"), optional_session;
}

/// A service of somebody else's: it tells whom it finds in the request, and how much it read.
pub(super) fn files<S: Clone + Send + Sync + 'static>() -> AxumRouter<S> {
    async fn file(request: Request) -> Json<Value> {
        let (parts, body) = request.into_parts();
        parts.extensions.get::<Arc<Counters>>().unwrap().ran();
        let read = axum::body::to_bytes(body, usize::MAX).await.unwrap().len();
        let found = parts.extensions.get::<Arc<Principal>>();
        let told = found.map(|principal| who(principal).0).unwrap_or_default();
        let in_scope = iam_axum::context::current_principal().map(|principal| principal.id().to_owned());
        Json(json!({ "principal": told, "in_scope": in_scope, "read": read }))
    }
    let one = || axum::routing::get(file).post(file);
    AxumRouter::new().route("/one", one()).route("/private/one", one())
}

/// A principal of an earlier request.
static LAST: Mutex<Option<Arc<Principal>>> = Mutex::new(None);

#[tenant("admin")]
async fn remember(me: CurrentPrincipal) {
    *LAST.lock().unwrap() = Some(me.principal().clone());
}

/// Leaves the wrong principal in the request, before any decision.
async fn impose(mut request: Request, next: Next) -> Response {
    if let Some(last) = LAST.lock().unwrap().clone() {
        request.extensions_mut().insert(last);
    }
    next.run(request).await
}

pub(super) fn routes() -> Router<App> {
    let layered = Router::new().nest_guarded("/files", Staff, files());
    let root = Router::new().nest_guarded("/", Visitors, files()).route("/route", get(open));
    Router::new()
        .nest_guarded("/admin/files", Staff, files())
        .nest_guarded("/admin/files/private", StaffTwice, files())
        .nest_guarded("/dealer/listings/{id}/files", Editors, files())
        .nest_guarded("/dealer/robots/", Robots, files())
        .nest("/admin/layered", layered.inner_layer(from_fn(name_caller)).layer(from_fn(mark)))
        .nest("/customer/root", root.layer(from_fn(impose)))
        .route("/admin/remember", get(remember))
}

/// The same on a router of the framework's own.
pub fn beside(iam: &Iam<Tenants>) -> AxumRouter {
    AxumRouter::new()
        .nest_service("/admin/beside", guard(Staff, iam, files()))
        .nest_service("/dealer/beside/{id}", guard(Editors, iam, files()))
        .nest("/admin/wrapped", files().layer(gate(Staff, iam)))
        .nest("/customer/beside", files().layer(gate(Visitors, iam)).layer(from_fn(impose)))
}

/// Services that no configuration of the stage can serve.
pub(super) fn misfits() -> Router<Iam<Tenants>> {
    policy! { AdminRobots: tenant("admin"), oauth2 }
    Router::new().nest_guarded("/robots", AdminRobots, files()).nest_guarded("/files", Editors, files())
}
