//! The application under test, on actix. Its twin on another framework has the
//! same routes; the behaviour tables know neither.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::web::{self, Bytes, Data, Json, Path};
use actix_web::{FromRequest, HttpRequest, Responder};
use iam_actix::prelude::*;
use serde_json::{Value, json};

use crate::Tenants;
use crate::stage::Counters;

/// An extractor that counts itself: none may run for a refused request.
pub struct Counted;

impl FromRequest for Counted {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        request.app_data::<Data<Counters>>().unwrap().extracted();
        ready(Ok(Self))
    }
}

fn who(principal: &Principal) -> Json<Value> {
    Json(json!({ "kind": principal.kind(), "id": principal.id(), "tenant": principal.tenant() }))
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

            #[oauth2(override)]
            pub async fn machine(machine: CurrentMachine) -> Json<Value> {
                who(machine.principal())
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

#[tenant("admin")]
#[require_role("platform:admin", "platform:support")]
async fn customer_lookup(
    iam: Data<Iam<Tenants>>,
    id: Path<IdentityId>,
) -> Result<Json<Identity>, Problem> {
    Ok(Json(iam.tenant(Tenants::Customer).identities().get(&id).await?))
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

#[public]
async fn open() -> &'static str {
    "open"
}

#[public]
async fn nobody(me: Option<CurrentPrincipal>) -> String {
    me.is_none().to_string()
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
            .route(concat!("/", stringify!($name), "/traits"), get($name::traits));
    )*};
}

pub fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    let router = Router::new(iam);
    user_routes!(router, customer admin dealer);
    router
        .route("/dealer/machine", get(dealer::machine))
        .route("/admin/customers/{id}", get(customer_lookup))
        .route("/dealer/listings/{id}", get(listing))
        .route("/dealer/listings/{id}/both", get(listing_both))
        .route("/dealer/listings/{id}/computed", get(listing_computed))
        .route("/dealer/partner/read", get(partner::read))
        .route("/dealer/partner/write", get(partner::write))
        .route("/dealer/partner/listings/{id}", get(partner::listing))
        .route("/dealer/delegated", get(delegated))
        .route("/open", get(open))
        .route("/nobody", get(nobody))
        .merge_unguarded(|| web::resource("/foreign").route(web::get().to(foreign)))
}
