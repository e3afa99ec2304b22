//! Handlers with routes of their own.

use iam_axum::routing::trace;

use super::*;

#[get("/admin/mounted/me")]
#[tenant("admin")]
async fn me(_: Counted, State(counters): State<Arc<Counters>>, me: CurrentPrincipal) -> Json<Value> {
    counters.ran();
    who(&me)
}

#[tenant("admin")]
#[require_role("a")]
#[post("/admin/mounted/me")]
async fn change(_: Counted, body: Bytes) -> String {
    body.len().to_string()
}

/// Handlers of a block: private ones too, since their routes mark them.
#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}")]
mod listings {
    use super::*;

    #[put("/dealer/mounted/{id}")]
    async fn replace(Path(id): Path<String>) -> String {
        id
    }

    #[patch("/dealer/mounted/{id}")]
    #[require_role("b")]
    async fn change(Path(id): Path<String>) -> String {
        id
    }

    #[delete("/dealer/mounted/{shop}/{id}")]
    async fn remove(Path((_, id)): Path<(String, String)>) -> String {
        id
    }

    #[public]
    #[get("/mounted/open")]
    async fn open() -> &'static str {
        "open"
    }

    pub fn routes() -> Router<App> {
        Router::new().mount(replace).mount(change).mount(remove).mount(open)
    }
}

#[head("/admin/mounted/head")]
#[tenant("admin")]
async fn heads() -> impl IntoResponse {
    [("x-heads", "two")]
}

#[options("/admin/mounted/options")]
#[tenant("admin")]
async fn choices() -> impl IntoResponse {
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

pub(super) fn routes() -> Router<App> {
    let below = Router::new().mount(twice).route("/elsewhere", get(twice).post(twice));
    Router::new()
        .mount(me)
        .mount(change)
        .merge(listings::routes())
        .mount(heads)
        .mount(choices)
        .mount(traced)
        .nest("/admin/mounted/below", below)
}

#[tokio::test]
async fn the_function_stays_callable() {
    assert_eq!(twice().await.unguarded(), "twice");
}
