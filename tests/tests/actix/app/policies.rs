//! Policies as values, before services that are no handlers.

use std::sync::Mutex;

use actix_web::Scope;
use actix_web::web::ServiceConfig;
use iam_actix::{gate, guard};

use super::*;

policy! {
    Staff: tenant("admin"), require_role("a");
    StaffTwice: tenant("admin"), require_role("a"), require_role("b");
    Editors: tenant("dealer"), require_permission(namespace = "listings", relation = "edit", object = "listings:{id}");
    Robots: tenant("dealer"), oauth2, require_role("inventory:read");
    Visitors: tenant("customer"), optional_session;
}

/// A service of somebody else's: it tells whom it finds in the request, and how much it read.
pub(super) fn files(at: &str) -> Scope {
    async fn file(request: HttpRequest, counters: Data<Counters>, body: Bytes) -> Json<Value> {
        counters.ran();
        let told = request.extensions().get::<Arc<Principal>>().map(|principal| who(principal).0).unwrap_or_default();
        let in_scope = iam_actix::context::current_principal().map(|principal| principal.id().to_owned());
        Json(json!({ "principal": told, "in_scope": in_scope, "read": body.len() }))
    }
    let one = |at: &str| web::resource(at).route(web::get().to(file)).route(web::post().to(file));
    web::scope(at).service(one("/one")).service(one("/private/one"))
}

/// A principal of an earlier request.
static LAST: Mutex<Option<Arc<Principal>>> = Mutex::new(None);

#[tenant("admin")]
async fn remember(me: CurrentPrincipal) -> &'static str {
    *LAST.lock().unwrap() = Some(me.principal().clone());
    ""
}

/// Leaves the wrong principal in the request, before any decision.
async fn impose(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if let Some(last) = LAST.lock().unwrap().clone() {
        request.extensions_mut().insert(last);
    }
    next.call(request).await
}

pub(super) fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    let layered = Router::new(iam).nest_guarded("/files", Staff, || files(""));
    let root = Router::new(iam).nest_guarded("/", Visitors, || files("")).route("/route", get(open));
    Router::new(iam)
        .nest_guarded("/admin/files", Staff, || files(""))
        .nest_guarded("/admin/files/private", StaffTwice, || files(""))
        .nest_guarded("/dealer/listings/{id}/files", Editors, || files(""))
        .nest_guarded("/dealer/robots/", Robots, || files(""))
        .nest("/admin/layered", layered.inner_layer(|| from_fn(name_caller)).layer(|| from_fn(mark)))
        .nest("/customer/root", root.layer(|| from_fn(impose)))
        .route("/admin/remember", get(remember))
}

/// The same on an application of the framework's own.
pub fn beside(iam: &Iam<Tenants>, config: &mut ServiceConfig) {
    config
        .service(web::scope("/admin/beside").service(guard(Staff, iam, files(""))))
        .service(web::scope("/dealer/beside/{id}").service(guard(Editors, iam, files(""))))
        .service(files("/admin/wrapped").wrap(gate(Staff, iam)))
        .service(files("/customer/beside").wrap(gate(Visitors, iam)).wrap(from_fn(impose)));
}

/// Services that no configuration of the stage can serve.
pub(super) fn misfits(iam: &Iam<Tenants>) -> Router<Tenants> {
    policy! { AdminRobots: tenant("admin"), oauth2 }
    let router = Router::new(iam).nest_guarded("/robots", AdminRobots, || files(""));
    router.nest_guarded("/files", Editors, || files(""))
}
