//! The application under test, on axum. Its twin on another framework has the
//! same routes; the behaviour tables know neither.

#[path = "../app/blocks.rs"]
mod blocks;
mod cases;
#[path = "../app/composed.rs"]
mod composed;
#[path = "../app/demands.rs"]
mod demands;
mod extractors;
mod misfits;
mod mounted;
mod permissions;
pub mod policies;
mod streams;
mod support;

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRef, FromRequestParts, Path, Request, State};
use axum::http::HeaderValue;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router as AxumRouter};
use iam_axum::prelude::*;
use serde_json::{Value, json};

pub use extractors::{Counted, Hidden};
pub use misfits::misfits;

use crate::Tenants;
use crate::stage::Counters;

#[derive(Clone, FromRef)]
pub struct App {
    pub iam: Iam<Tenants>,
    pub counters: Arc<Counters>,
}

/// Guarded routes of this application.
type AppRouter = Router<App>;

/// Outermost of all: sees every request, before any decision.
pub async fn count_arrivals(State(counters): State<Arc<Counters>>, request: Request, next: Next) -> Response {
    let mut request = streams::counted(request, &counters);
    request.extensions_mut().insert(Arc::clone(&counters));
    counters.arrive(next.run(request)).await
}

/// Behind the decision: knows who was let in.
async fn name_caller(request: Request, next: Next) -> Response {
    let kind = request.extensions().get::<Arc<Principal>>().map_or("nobody", |principal| principal.kind());
    let mut response = next.run(request).await;
    response.headers_mut().insert("x-inner", HeaderValue::from_static(kind));
    response
}

/// Before the decision.
async fn mark(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert("x-outer", HeaderValue::from_static("seen"));
    response
}

fn who(principal: &Principal) -> Json<Value> {
    Json(json!({ "kind": principal.kind(), "id": principal.id(), "tenant": principal.tenant() }))
}

/// The same handlers at every tenant with machines.
macro_rules! for_machines {
    ($($name:ident $tenant:literal;)*) => {$(
        #[tenant($tenant)]
        #[oauth2]
        async fn $name(machine: CurrentMachine) -> Json<Value> {
            who(machine.principal())
        }
    )*};
}

for_machines! {
    customer_machine "customer";
    dealer_machine "dealer";
}

/// The same handlers at every tenant.
macro_rules! for_users {
    ($($name:ident $tenant:literal;)*) => {$(
        #[tenant($tenant)]
        pub mod $name {
            use super::*;

            pub async fn me(_: Counted, State(counters): State<Arc<Counters>>, me: CurrentPrincipal) -> Json<Value> {
                counters.ran();
                who(&me)
            }

            pub async fn change(_: Counted, State(counters): State<Arc<Counters>>, body: Bytes) -> String {
                counters.ran();
                body.len().to_string()
            }

            pub async fn live(upgrade: WebSocketUpgrade) -> Response {
                upgrade.on_upgrade(|_| async {})
            }

            #[require_role("a", "b")]
            pub async fn a_or_b(_: Counted, me: CurrentUser) -> Json<Value> {
                who(me.principal())
            }

            #[require_role("a")]
            #[require_role("b")]
            pub async fn a_and_b(me: CurrentUser) -> Json<Value> {
                who(me.principal())
            }

            #[optional_session(override)]
            pub async fn optional(me: Option<CurrentUser>) -> Json<Value> {
                me.map_or_else(|| Json(json!({ "kind": "anonymous" })), |me| who(me.principal()))
            }

            #[optional_session(stale = "anonymous", override)]
            pub async fn stale(me: Option<CurrentUser>) -> Json<Value> {
                me.map_or_else(|| Json(json!({ "kind": "anonymous" })), |me| who(me.principal()))
            }

            pub async fn traits(me: CurrentUser) -> Result<Json<Value>, Problem> {
                Ok(Json(me.traits()?))
            }
        }
    )*};
}

for_users! {
    customer "customer";
    admin "admin";
    dealer "dealer";
}

/// At the tenant whose host the request is for, if it is one of these.
#[tenant(host("customer", "dealer"))]
mod by_host {
    use super::*;

    pub async fn me(_: Counted, State(counters): State<Arc<Counters>>, me: CurrentPrincipal) -> Json<Value> {
        counters.ran();
        who(&me)
    }

    pub async fn change(_: Counted, State(counters): State<Arc<Counters>>, body: Bytes) -> String {
        counters.ran();
        body.len().to_string()
    }

    #[oauth2(override)]
    pub async fn machine(CurrentTenant(tenant): CurrentTenant<Tenants>, machine: CurrentMachine) -> String {
        format!("{} of {tenant}", machine.client_id)
    }
}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}")]
async fn listing(Path(id): Path<String>) -> String {
    id
}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}")]
#[require_permission(namespace = "listings", relation = "view", object = listing_object)]
async fn listing_both(Path(id): Path<String>) -> String {
    id
}

fn listing_object(request: &RequestSnapshot) -> Option<String> {
    match request.path_parameter("id")? {
        "panic" => panic!("an object function that panics"),
        "none" => None,
        id => Some(format!("listings:{id}")),
    }
}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "view", object = listing_object)]
async fn listing_computed(Path(id): Path<String>) -> String {
    id
}

#[tenant("dealer")]
#[oauth2]
mod partner {
    use super::*;

    #[require_role("inventory:read")]
    pub async fn read(machine: CurrentMachine) -> Json<Value> {
        who(machine.principal())
    }

    #[require_role("inventory:write")]
    pub async fn write(machine: CurrentMachine) -> Json<Value> {
        who(machine.principal())
    }

    #[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}")]
    pub async fn listing(Path(id): Path<String>) -> String {
        id
    }
}

#[tenant("dealer")]
#[oauth2(delegated, scope = "profile orders")]
async fn delegated(me: CurrentDelegate) -> Json<Value> {
    Json(json!({ "id": me.subject, "client": me.client_id, "scopes": me.scopes }))
}

/// Says itself how long its answer keeps.
#[tenant("admin")]
async fn kept(_: Counted) -> impl IntoResponse {
    ([("cache-control", "private, max-age=60"), ("vary", "accept")], "kept")
}

#[tenant("admin")]
async fn lost(_: Counted) -> &'static str {
    "nothing is here"
}

#[public]
async fn open() -> &'static str {
    "open"
}

#[public]
async fn nobody(me: Result<CurrentPrincipal, iam_axum::NoPrincipal>) -> String {
    me.is_err().to_string()
}

async fn foreign() -> impl IntoResponse {
    "foreign"
}

macro_rules! user_routes {
    ($router:ident, $($name:ident)*) => {$(
        let $router = $router
            .route(concat!("/", stringify!($name), "/me"), get($name::me).post($name::change).delete($name::change))
            .route(concat!("/", stringify!($name), "/a-or-b"), get($name::a_or_b))
            .route(concat!("/", stringify!($name), "/a-and-b"), get($name::a_and_b))
            .route(concat!("/", stringify!($name), "/optional"), get($name::optional))
            .route(concat!("/", stringify!($name), "/stale"), get($name::stale))
            .route(concat!("/", stringify!($name), "/traits"), get($name::traits))
            .route(concat!("/", stringify!($name), "/live"), get($name::live));
    )*};
}

/// Below `/nested`, behind layers on both sides of the decision.
fn nested() -> Router<App> {
    Router::new()
        .route("/", get(admin::me))
        .route("/me", get(admin::me))
        .route("/machine", get(customer_machine))
        .route("/listings/{id}", get(listing))
        .route("/kept", get(kept))
        .route("/open", get(open))
        .fallback(lost)
        .inner_layer(from_fn(name_caller))
        .layer(from_fn(mark))
}

pub fn routes() -> Router<App> {
    let router = Router::new();
    user_routes!(router, customer admin dealer);
    router
        .route("/dealer/machine", get(dealer_machine))
        .route("/customer/machine", get(customer_machine))
        .route("/by-host/me", get(by_host::me).post(by_host::change))
        .route("/by-host/machine", get(by_host::machine))
        .route("/dealer/listings/{id}", get(listing))
        .route("/dealer/listings/{id}/both", get(listing_both))
        .route("/dealer/listings/{id}/computed", get(listing_computed))
        .route("/dealer/partner/read", get(partner::read))
        .route("/dealer/partner/write", get(partner::write))
        .route("/dealer/partner/listings/{id}", get(partner::listing))
        .route("/dealer/delegated", get(delegated))
        .route("/open", get(open))
        .route("/nobody", get(nobody))
        .nest("/nested", nested())
        .merge(cases::routes())
        .merge(policies::routes())
        .merge(blocks::add(Router::new()))
        .merge(demands::add(Router::new()))
        .merge(composed::add(Router::new()))
        .merge(mounted::routes())
        .merge(permissions::routes())
        .merge(streams::routes())
        .merge(support::routes())
        .merge_unguarded(misfits::guarded_shop().route("/foreign", axum::routing::get(foreign)))
}
