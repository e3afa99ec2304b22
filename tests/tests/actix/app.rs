//! The application under test, on actix. Its twin on another framework has the
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
use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Bytes, Data, Json, Path};
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, HttpResponse, Responder};
use iam_actix::prelude::*;
use serde_json::{Value, json};

pub use extractors::{Counted, Hidden};
pub use misfits::misfits;

use crate::Tenants;
use crate::stage::Counters;

/// Guarded routes of this application.
type AppRouter = Router<Tenants>;

/// Outermost of all: sees every request, before any decision.
pub async fn count_arrivals(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let counters = request.app_data::<Data<Counters>>().unwrap().clone().into_inner();
    streams::counted(&mut request, &counters);
    counters.arrive(next.call(request)).await
}

/// Behind the decision: knows who was let in.
async fn name_caller(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let kind = request.extensions().get::<Arc<Principal>>().map_or("nobody", |principal| principal.kind());
    let mut response = next.call(request).await?;
    response.headers_mut().insert(HeaderName::from_static("x-inner"), HeaderValue::from_static(kind));
    Ok(response)
}

/// Before the decision.
async fn mark(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    response.headers_mut().insert(HeaderName::from_static("x-outer"), HeaderValue::from_static("seen"));
    Ok(response)
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

            pub async fn me(_: Counted, counters: Data<Counters>, me: CurrentPrincipal) -> Json<Value> {
                counters.ran();
                who(&me)
            }

            pub async fn change(_: Counted, counters: Data<Counters>, body: Bytes) -> String {
                counters.ran();
                body.len().to_string()
            }

            pub async fn live(request: HttpRequest, body: web::Payload) -> Result<HttpResponse, Error> {
                actix_ws::handle(&request, body).map(|(response, _session, _messages)| response)
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

    pub async fn me(_: Counted, counters: Data<Counters>, me: CurrentPrincipal) -> Json<Value> {
        counters.ran();
        who(&me)
    }

    pub async fn change(_: Counted, counters: Data<Counters>, body: Bytes) -> String {
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
async fn listing(id: Path<String>) -> String {
    id.into_inner()
}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}")]
#[require_permission(namespace = "listings", relation = "view", object = listing_object)]
async fn listing_both(id: Path<String>) -> String {
    id.into_inner()
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
async fn listing_computed(id: Path<String>) -> String {
    id.into_inner()
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
    pub async fn listing(id: Path<String>) -> String {
        id.into_inner()
    }
}

#[tenant("dealer")]
#[oauth2(delegated, scope = "profile orders")]
async fn delegated(me: CurrentDelegate) -> Json<Value> {
    Json(json!({ "id": me.subject, "client": me.client_id, "scopes": me.scopes }))
}

/// Says itself how long its answer keeps.
#[tenant("admin")]
async fn kept(_: Counted) -> impl Responder {
    "kept".customize().insert_header(("cache-control", "private, max-age=60")).insert_header(("vary", "accept"))
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
async fn nobody(me: Result<CurrentPrincipal, iam_actix::NoPrincipal>) -> String {
    me.is_err().to_string()
}

async fn foreign() -> impl Responder {
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
fn nested(iam: &Iam<Tenants>) -> Router<Tenants> {
    Router::new(iam)
        .route("/", get(admin::me))
        .route("/me", get(admin::me))
        .route("/machine", get(customer_machine))
        .route("/listings/{id}", get(listing))
        .route("/kept", get(kept))
        .route("/open", get(open))
        .fallback(lost)
        .inner_layer(|| from_fn(name_caller))
        .layer(|| from_fn(mark))
}

pub fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    let router = Router::new(iam);
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
        .nest("/nested", nested(iam))
        .merge(cases::routes(iam))
        .merge(policies::routes(iam))
        .merge(blocks::add(Router::new(iam)))
        .merge(demands::add(Router::new(iam)))
        .merge(composed::add(Router::new(iam)))
        .merge(mounted::routes(iam))
        .merge(permissions::routes(iam))
        .merge(streams::routes(iam))
        .merge(support::routes(iam))
        .merge_unguarded(|| (web::resource("/foreign").route(web::get().to(foreign)), misfits::guarded_shop()))
}
