//! Handlers with routes of their own.

use iam_actix::routing::trace;

use super::*;

#[get("/admin/mounted/me")]
#[tenant("admin")]
async fn me(_: Counted, counters: Data<Counters>, me: CurrentPrincipal) -> Json<Value> {
    counters.ran();
    who(&me)
}

// actix's own macro, which ours takes over.
#[tenant("admin")]
#[require_role("a")]
#[actix_web::post("/admin/mounted/me")]
async fn change(_: Counted, body: Bytes) -> String {
    body.len().to_string()
}

/// Handlers of a block: private ones too, since their routes mark them.
#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}")]
mod listings {
    use super::*;

    #[put("/dealer/mounted/{id}")]
    async fn replace(id: Path<String>) -> String {
        id.into_inner()
    }

    #[actix_web::patch("/dealer/mounted/{id}")]
    #[require_role("b")]
    async fn change(id: Path<String>) -> String {
        id.into_inner()
    }

    #[delete("/dealer/mounted/{shop}/{id}")]
    async fn remove(path: Path<(String, String)>) -> String {
        path.into_inner().1
    }

    #[public]
    #[get("/mounted/open")]
    async fn open() -> &'static str {
        "open"
    }

    pub fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
        Router::new(iam).mount(replace).mount(change).mount(remove).mount(open)
    }
}

#[head("/admin/mounted/head")]
#[tenant("admin")]
async fn heads() -> impl Responder {
    "".customize().insert_header(("x-heads", "two"))
}

#[options("/admin/mounted/options")]
#[tenant("admin")]
async fn choices() -> impl Responder {
    "two"
}

#[trace("/admin/mounted/traced")]
#[tenant("admin")]
async fn traced(_: Counted) -> &'static str {
    "traced"
}

/// Its own function, also at a second place.
#[tenant("admin")]
#[get("/twice")]
async fn twice() -> &'static str {
    "twice"
}

pub(super) fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    let below = Router::new(iam).mount(twice).route("/elsewhere", get(twice).post(twice));
    Router::new(iam)
        .mount(me)
        .mount(change)
        .merge(listings::routes(iam))
        .mount(heads)
        .mount(choices)
        .mount(traced)
        .nest("/admin/mounted/below", below)
}

#[tokio::test]
async fn the_function_stays_callable() {
    assert_eq!(twice().await.unguarded(), "twice");
}
