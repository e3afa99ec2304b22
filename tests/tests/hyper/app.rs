//! As much of the application under test as its tables here ask for.

use std::sync::Arc;

use http::{Method, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use iam_hyper::{
    CurrentDelegate, CurrentMachine, CurrentPrincipal, CurrentTenant, CurrentUser, FromRequest, Iam, IamError,
    IdentityId, Principal, Request, RequestSnapshot, Response, Router, oauth2, optional_session, public,
    require_permission, require_role, tenant,
};
use serde_json::{Value, json};

use crate::Tenants;
use crate::stage::Counters;

type Answer = Result<Response, IamError>;

/// An extractor that counts itself: none may run for a refused request.
pub struct Counted(Arc<Counters>);

impl FromRequest for Counted {
    fn from_request(request: &mut Request) -> Option<Self> {
        let counters = request.head.extensions.get::<Arc<Counters>>()?;
        counters.extracted();
        Some(Self(Arc::clone(counters)))
    }
}

/// The `Iam` that let the request in.
struct Services(Iam<Tenants>);

impl FromRequest for Services {
    fn from_request(request: &mut Request) -> Option<Self> {
        request.head.extensions.get().cloned().map(Self)
    }
}

/// The path parameter `{id}`.
struct Id(String);

impl FromRequest for Id {
    fn from_request(request: &mut Request) -> Option<Self> {
        request.parameters.get("id").map(|id| Self(id.to_owned()))
    }
}

pub struct Body(Incoming);

impl FromRequest for Body {
    fn from_request(request: &mut Request) -> Option<Self> {
        request.body.take().map(Self)
    }
}

fn text(text: impl Into<String>) -> Answer {
    Ok(Response::new(text.into().into()))
}

fn who(principal: &Principal) -> Answer {
    text(json!({ "kind": principal.kind(), "id": principal.id(), "tenant": principal.tenant() }).to_string())
}

/// The same handlers at every tenant with machines.
macro_rules! for_machines {
    ($($name:ident $tenant:literal;)*) => {$(
        #[tenant($tenant)]
        #[oauth2]
        async fn $name(machine: CurrentMachine) -> Answer {
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

            pub async fn me(Counted(counters): Counted, me: CurrentPrincipal) -> Answer {
                counters.ran();
                who(&me)
            }

            pub async fn change(Counted(counters): Counted, Body(body): Body) -> Answer {
                let Ok(body) = Limited::new(body, 2 << 20).collect().await else {
                    let mut answer = Response::default();
                    *answer.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
                    return Ok(answer);
                };
                counters.ran();
                text(body.to_bytes().len().to_string())
            }

            pub async fn live() -> Answer {
                let mut answer = Response::default();
                *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
                answer.headers_mut().insert("connection", http::HeaderValue::from_static("upgrade"));
                answer.headers_mut().insert("upgrade", http::HeaderValue::from_static("websocket"));
                Ok(answer)
            }

            #[require_role("a", "b")]
            pub async fn a_or_b(_: Counted, me: CurrentUser) -> Answer {
                who(me.principal())
            }

            #[require_role("a")]
            #[require_role("b")]
            pub async fn a_and_b(me: CurrentUser) -> Answer {
                who(me.principal())
            }

            #[optional_session(override)]
            pub async fn optional(me: Option<CurrentUser>) -> Answer {
                me.map_or_else(|| text(json!({ "kind": "anonymous" }).to_string()), |me| who(me.principal()))
            }

            #[optional_session(stale = "anonymous", override)]
            pub async fn stale(me: Option<CurrentUser>) -> Answer {
                me.map_or_else(|| text(json!({ "kind": "anonymous" }).to_string()), |me| who(me.principal()))
            }

            pub async fn traits(me: CurrentUser) -> Answer {
                text(me.traits::<Value>()?.to_string())
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
async fn customer_lookup(Services(iam): Services, Id(id): Id) -> Answer {
    let customer = iam.tenant(Tenants::Customer).identities().get(&IdentityId::new(&id)).await?;
    text(serde_json::to_string(&customer).unwrap_or_default())
}

/// At the tenant whose host the request is for, if it is one of these.
#[tenant(host("customer", "dealer"))]
mod by_host {
    use super::*;

    pub async fn me(Counted(counters): Counted, me: CurrentPrincipal) -> Answer {
        counters.ran();
        who(&me)
    }

    pub async fn change(Counted(counters): Counted) -> Answer {
        counters.ran();
        text("changed")
    }

    #[oauth2(override)]
    pub async fn machine(CurrentTenant(tenant): CurrentTenant<Tenants>, machine: CurrentMachine) -> Answer {
        text(format!("{} of {tenant}", machine.client_id))
    }
}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}")]
async fn listing(Id(id): Id) -> Answer {
    text(id)
}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}")]
#[require_permission(namespace = "listings", relation = "view", object = listing_object)]
async fn listing_both(Id(id): Id) -> Answer {
    text(id)
}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id: u64}")]
async fn number(Id(id): Id) -> Answer {
    text(id)
}

#[tenant("dealer")]
#[require_permission(namespace = "listings", relation = "edit", object = "listings:{id: uuid}")]
async fn uuid(Id(id): Id) -> Answer {
    text(id)
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
async fn listing_computed(Id(id): Id) -> Answer {
    text(id)
}

#[tenant("dealer")]
#[oauth2]
mod partner {
    use super::*;

    #[require_role("inventory:read")]
    pub async fn read(machine: CurrentMachine) -> Answer {
        who(machine.principal())
    }

    #[require_role("inventory:write")]
    pub async fn write(machine: CurrentMachine) -> Answer {
        who(machine.principal())
    }

    #[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}")]
    pub async fn listing(Id(id): Id) -> Answer {
        text(id)
    }
}

#[tenant("dealer")]
#[oauth2(delegated, scope = "profile orders")]
async fn delegated(me: CurrentDelegate) -> Answer {
    text(json!({ "id": me.subject, "client": me.client_id, "scopes": me.scopes }).to_string())
}

/// Says itself how long its answer keeps.
#[tenant("admin")]
async fn kept(_: Counted) -> Answer {
    let mut answer = text("kept")?;
    answer.headers_mut().insert("cache-control", http::HeaderValue::from_static("private, max-age=60"));
    answer.headers_mut().insert("vary", http::HeaderValue::from_static("accept"));
    Ok(answer)
}

#[public]
async fn open() -> Answer {
    text("open")
}

macro_rules! user_routes {
    ($router:ident, $($name:ident)*) => {$(
        let $router = $router
            .route(Method::GET, concat!("/", stringify!($name), "/me"), $name::me)
            .route(Method::POST, concat!("/", stringify!($name), "/me"), $name::change)
            .route(Method::DELETE, concat!("/", stringify!($name), "/me"), $name::change)
            .route(Method::GET, concat!("/", stringify!($name), "/a-or-b"), $name::a_or_b)
            .route(Method::GET, concat!("/", stringify!($name), "/a-and-b"), $name::a_and_b)
            .route(Method::GET, concat!("/", stringify!($name), "/optional"), $name::optional)
            .route(Method::GET, concat!("/", stringify!($name), "/stale"), $name::stale)
            .route(Method::GET, concat!("/", stringify!($name), "/traits"), $name::traits)
            .route(Method::GET, concat!("/", stringify!($name), "/live"), $name::live);
    )*};
}

pub fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    let router = Router::new(iam);
    user_routes!(router, customer admin dealer);
    router
        .route(Method::GET, "/dealer/machine", dealer_machine)
        .route(Method::GET, "/customer/machine", customer_machine)
        .route(Method::GET, "/admin/customers/{id}", customer_lookup)
        .route(Method::GET, "/by-host/me", by_host::me)
        .route(Method::POST, "/by-host/me", by_host::change)
        .route(Method::GET, "/by-host/machine", by_host::machine)
        .route(Method::GET, "/dealer/listings/{id}", listing)
        .route(Method::GET, "/dealer/listings/{id}/both", listing_both)
        .route(Method::GET, "/dealer/listings/{id}/computed", listing_computed)
        .route(Method::GET, "/dealer/partner/read", partner::read)
        .route(Method::GET, "/dealer/partner/write", partner::write)
        .route(Method::GET, "/dealer/demands/number/{id}", number)
        .route(Method::GET, "/dealer/demands/uuid/{id}", uuid)
        .route(Method::GET, "/dealer/partner/listings/{id}", partner::listing)
        .route(Method::GET, "/dealer/delegated", delegated)
        .route(Method::GET, "/nested/listings/{id}", listing)
        .route(Method::GET, "/nested/kept", kept)
        .route(Method::GET, "/open", open)
}

/// Routes that no configuration of the stage can serve.
pub fn misfits(iam: &Iam<Tenants>) -> Router<Tenants> {
    Router::new(iam)
        .route(Method::GET, "/me", admin_machine)
        .route(Method::GET, "/by-host", by_host::me)
        .route(Method::GET, "/listings/{number}", listing)
        .route(Method::GET, "/listings/{id}", listing)
}

#[tenant("admin")]
#[oauth2]
async fn admin_machine() -> Answer {
    text("a tenant without Hydra")
}
