//! The same shapes on actix-web, whose prelude is the only difference.

use actix_web::web::{Bytes, Data, Json, Path, Query};
use actix_web::{FromRequest, Responder};
use iam_actix::prelude::*;
use std::collections::HashMap;

use super::cases;
use crate::Tenants;

#[tenant("admin")]
async fn existential(id: Path<String>, mut all: Query<HashMap<String, String>>) -> impl Responder {
    all.insert("id".into(), id.into_inner());
    Json(all.into_inner())
}

#[tenant("admin")]
async fn fallible(iam: Data<Iam<Tenants>>, id: Path<IdentityId>) -> Result<Json<Identity>, Problem> {
    Ok(Json(iam.tenant(Tenants::Admin).identities().get(&id).await?))
}

#[tenant("admin")]
async fn generic<E: FromRequest + 'static>(_: E) -> &'static str {
    std::any::type_name::<E>()
}

#[tenant("admin")]
async fn r#type(r#fn: Path<String>, Json(body): Json<Vec<u8>>, _: Bytes) -> String {
    format!("{fn} {}", body.len())
}

#[tracing::instrument(skip_all)]
#[tenant("admin")]
#[require_role("a")]
async fn instrumented_above(me: CurrentUser) -> String {
    me.id.clone()
}

#[require_role("a")]
#[tenant("admin")]
#[tracing::instrument(skip_all)]
async fn instrumented_below(me: CurrentUser) -> String {
    me.id.clone()
}

#[utoipa::path(get, path = "/{id}", responses((status = 200, body = String)))]
#[tenant("admin")]
async fn described() -> &'static str {
    "described"
}

/// actix's own route macro: ours takes it over.
#[tenant("admin")]
#[actix_web::get("/{id}")]
async fn below_its_route_macro(id: Path<String>) -> String {
    id.into_inner()
}

#[cfg_attr(all(), tenant("admin"))]
#[cfg(not(any()))]
async fn conditional(#[cfg(any())] gone: Missing) -> &'static str {
    "there"
}

struct Resource;

#[tenant("admin")]
#[require_role("block")]
impl Resource {
    pub async fn in_an_impl() -> &'static str {
        "impl"
    }
}

#[tenant("admin")]
#[oauth2]
mod block {
    use super::*;

    pub(super) async fn in_a_block(machine: CurrentMachine) -> String {
        machine.client_id.clone()
    }

    #[actix_web::post("/{id}")]
    async fn marked_by_a_route(stock: Bytes) -> Bytes {
        stock
    }

    #[actix_web::trace("/traced")]
    async fn traced() -> &'static str {
        "traced"
    }

    #[connect("/connected")]
    async fn connected() -> &'static str {
        "connected"
    }

    #[public]
    #[put("/{id}")]
    async fn open() -> &'static str {
        "open"
    }

    pub(super) fn routes(router: Router<Tenants>) -> Router<Tenants> {
        router.mount(marked_by_a_route).mount(traced).mount(connected).mount(open)
    }
}

/// A handler by a declarative macro, its attributes from there or from the caller.
macro_rules! handlers {
    ($(#[$above:meta])* $visibility:vis $name:ident $body:block) => {
        $(#[$above])*
        #[require_role("made")]
        $visibility async fn $name() -> &'static str $body
    };
}
handlers! {
    #[tenant("admin")]
    made { "made" }
}

/// The adapter by a facade's name, and by the name that another crate gives it.
mod facade {
    pub(super) use iam_actix as identity;
    pub(super) use iam_actix::tenant as of_tenant;
}

#[tenant("admin", crate = crate::pass::on_actix::facade::identity)]
async fn by_facade() -> &'static str {
    "facade"
}

#[of_actix::tenant("admin", crate = ::of_actix)]
#[of_actix::require_role("a")]
async fn by_another_name() -> &'static str {
    "rename"
}

#[facade::of_tenant("admin")]
async fn reexported() -> &'static str {
    "re-export"
}

cases! { on actix:
    made => "admin: session, role made";
    by_facade => "admin: session";
    by_another_name => "admin: session, role a";
    reexported => "admin: session";
    existential => "admin: session";
    fallible => "admin: session";
    generic = super::generic::<Bytes> => "admin: session";
    raw = r#type => "admin: session";
    instrumented_above => "admin: session, role a";
    instrumented_below => "admin: session, role a";
    described => "admin: session";
    below_its_route_macro => "admin: session";
    conditional => "admin: session";
    in_an_impl = Resource::in_an_impl => "admin: session, role block";
    in_a_block = block::in_a_block => "admin: machine";
}

#[test]
fn marked_by_a_route() {
    let matrix = block::routes(super::actix_router()).access_matrix();
    let meant = [
        "  POST    /{id}       admin: machine\n",
        "  TRACE   /traced     admin: machine\n",
        "  CONNECT /connected  admin: machine\n",
        "! PUT     /{id}       PUBLIC\n",
    ];
    assert_eq!(matrix.to_string(), meant.concat());
}
