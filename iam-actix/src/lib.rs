//! Identity and access for [actix-web](https://actix.rs) on [Ory](https://www.ory.sh) (Kratos, Hydra, Keto):
//! annotate a handler, and a request reaches it only with a principal of the right tenant, role and
//! permission. One process serves several tenants, each its own Ory project.
//!
//! ```no_run
//! use actix_web::{App, HttpServer, web};
//! use iam_actix::prelude::*;
//!
//! define_tenants! {
//!     /// One Ory project each.
//!     pub enum Tenants { customer, admin }
//! }
//!
//! #[tenant("admin")]
//! #[require_role("platform:admin", "platform:support")]
//! async fn customer_lookup(iam: web::Data<Iam<Tenants>>, id: web::Path<IdentityId>)
//!     -> Result<web::Json<Identity>, Problem>
//! {
//!     // authenticated against `admin`, calling into `customer`; the audit event says who asked
//!     Ok(web::Json(iam.tenant(Tenants::Customer).identities().get(&id).await?))
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let iam = Iam::<Tenants>::builder(IamConfig::load("iam.toml")?).build().await?;
//!     let routes = Router::new(&iam).route("/customers/{id}", get(customer_lookup)).verify()?;
//!     let app = move || App::new().app_data(web::Data::new(iam.clone())).service(routes.clone());
//!     HttpServer::new(app).bind("127.0.0.1:3000")?.run().await?;
//!     Ok(())
//! }
//! ```
//!
//! [`Router`] takes handlers that declare a policy and no others: a forgotten attribute does not
//! compile. It decides before anything is extracted, and refuses when it cannot tell. All workers share
//! the one [`Iam`]: one cache, and one call to Ory for all who wait for the same answer.
//!
//! # Attributes
//!
//! Each goes on a handler; all but `#[handler]` and the routes also on an inline `mod` or an `impl`
//! block. Requirements add up, in any order; what differs from the surrounding block says `override`.
//!
//! | | lets in |
//! |---|---|
//! | [`#[tenant("admin")]`](macro@tenant) | a user with a session at that tenant |
//! | [`#[tenant(host("customer", "dealer"))]`](macro@tenant) | the same, at the one of these whose host the request is for |
//! | [`#[authenticated]`](macro@authenticated) | the same, at the block's or the default tenant |
//! | [`#[optional_session]`](macro@optional_session) | the same, and visitors without any credential |
//! | [`#[require_role("a", "b")]`](macro@require_role) | whoever has one of these roles (for a machine: scopes) |
//! | [`#[require_permission(..)]`](macro@require_permission) | whom Keto allows that on that object |
//! | [`#[require_aal(2)]`](macro@require_aal) | whoever has a session with a second factor |
//! | [`#[fresh_session(max_age = "15m")]`](macro@fresh_session) | whoever logged in a short while ago |
//! | [`#[require(check)]`](macro@require) | whom a check of the application's own allows |
//! | [`#[require_policy(Staff)]`](macro@require_policy) | whoever meets that [`policy!`](macro@policy), and what else is demanded |
//! | [`#[oauth2]`](macro@oauth2) | a machine with an access token, or a client that acts for a user |
//! | [`#[accept(session, oauth2)]`](macro@accept) | a user with a session, or a machine with an access token |
//! | [`#[public]`](macro@public) | everybody |
//! | [`#[handler]`](macro@handler) | whom the block lets in: marks a private function as a handler |
//! | [`#[get("/path")]`](macro@routing::get), .. | nobody more: gives a handler its route, for [`Router::mount`] |
//! | [`policy! { Staff: .. }`](macro@policy) | the same as a value, for what is no handler: [`Router::nest_guarded`] |
//!
//! # By task
//!
//! * Declare the tenants: [`define_tenants!`], in the code or `from "iam.toml"`, and their roles and permissions, if you like: [`define_roles!`], [`define_permissions!`]; configure them: [`config`], set parts of your own: [`IamBuilder`].
//! * Ask the Ory servers at the start whether they are as configured: [`Iam::verify_upstreams`].
//! * Know the caller: [`CurrentUser`], [`CurrentMachine`], [`CurrentDelegate`], [`CurrentPrincipal`], [`CurrentTenant`].
//! * Ask for a caller of one tenant: `&CurrentUser<tenants::Admin>`, by [`define_tenants!`] with `types = tenants`; cross over: [`CurrentUser::cross_to`].
//! * Call Ory: [`Iam::tenant`] gives a tenant's [`Services`]: identities, sessions, permissions, tokens.
//! * End a stream or a WebSocket with its caller's session: [`CurrentUser::presence`].
//! * Answer errors: [`Problem`], by `?`.
//! * See who gets in where: [`Router::access_matrix`]; what happened: [`audit`].
//! * Bring routes along: [`guarded`](guarded()) for one handler on a route of actix's own, [`Router::merge_unguarded`] for whole services.
//! * Guard any service or scope with a policy that is a value: [`policy!`](macro@policy), [`Router::nest_guarded`], [`guard`], [`gate`].
//! * Test handlers: `report().await.unguarded()`; test policies: `iam_testing::double::TestIam`;
//!   the application: `iam_testing::assert_access_matrix!` and `iam_testing::attack_every_route`.

mod answer;
mod enforce;
mod extract;
mod foreign;
mod gate;
mod layers;
mod mount;
mod pattern;
mod problem;
mod resources;
mod router;
pub mod routing;
mod step;
mod view;

pub use answer::{Guarded, Open, OpenRouted, Routed, public};
pub use enforce::{Among, Decides, Enforce, Enforced};
pub use extract::{CurrentDelegate, CurrentMachine, CurrentPrincipal, CurrentTenant, CurrentUser, NoPrincipal};
pub use foreign::{Gate, Gated, gate, guard};
pub use iam_core::policy::Misfits;
pub use iam_core::*;
pub use mount::{HandlerFor, guarded};
pub use problem::Problem;
pub use resources::Routes;
pub use router::Router;

// The rest of each page stands at the macro itself, which is the same for all adapters.
#[doc = include_str!("../docs/attributes/accept.md")]
pub use iam_macros::actix_accept as accept;
#[doc = include_str!("../docs/attributes/authenticated.md")]
pub use iam_macros::actix_authenticated as authenticated;
#[doc = include_str!("../docs/attributes/define_permissions.md")]
pub use iam_macros::actix_define_permissions as define_permissions;
#[doc = include_str!("../docs/attributes/define_roles.md")]
pub use iam_macros::actix_define_roles as define_roles;
#[doc = include_str!("../docs/attributes/define_tenants.md")]
pub use iam_macros::actix_define_tenants as define_tenants;
#[doc = include_str!("../docs/attributes/fresh_session.md")]
pub use iam_macros::actix_fresh_session as fresh_session;
#[doc = include_str!("../docs/attributes/handler.md")]
pub use iam_macros::actix_handler as handler;
#[doc = include_str!("../docs/attributes/oauth2.md")]
pub use iam_macros::actix_oauth2 as oauth2;
#[doc = include_str!("../docs/attributes/optional_session.md")]
pub use iam_macros::actix_optional_session as optional_session;
#[doc = include_str!("../docs/attributes/policy.md")]
pub use iam_macros::actix_policy as policy;
#[doc = include_str!("../docs/attributes/public.md")]
pub use iam_macros::actix_public as public;
#[doc = include_str!("../docs/attributes/require.md")]
pub use iam_macros::actix_require as require;
#[doc = include_str!("../docs/attributes/require_aal.md")]
pub use iam_macros::actix_require_aal as require_aal;
#[doc = include_str!("../docs/attributes/require_permission.md")]
pub use iam_macros::actix_require_permission as require_permission;
#[doc = include_str!("../docs/attributes/require_policy.md")]
pub use iam_macros::actix_require_policy as require_policy;
#[doc = include_str!("../docs/attributes/require_role.md")]
pub use iam_macros::actix_require_role as require_role;
#[doc = include_str!("../docs/attributes/tenant.md")]
pub use iam_macros::actix_tenant as tenant;

/// What a file of handlers names. Never `web`, `Json`, `Path`, `App` or `Data`: an
/// explicit import of actix's would silently hide a glob's.
pub mod prelude {
    pub use crate::config::IamConfig;
    // Not `trace`, which would clash with all of `tracing` or `log`: it is in `routing`.
    pub use crate::routing::{connect, delete, get, head, options, patch, post, put};
    pub use crate::{
        Checked, CurrentDelegate, CurrentMachine, CurrentPrincipal, CurrentTenant, CurrentUser, Iam, IamError,
        Identity, IdentityId, Principal, Problem, RequestSnapshot, Router, SessionId, accept, authenticated,
        define_permissions, define_roles, define_tenants, fresh_session, handler, oauth2, optional_session, public,
        require, require_aal, require_permission, require_policy, require_role, tenant,
    };
    // By its own path: `crate::policy` is a module as well.
    pub use iam_macros::actix_policy as policy;
}

/// What the attributes name; no part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use crate::answer::{declared, declared_at};
    pub use crate::extract::{Agree, Fine, Within};
    pub use iam_core::adapter::expansion::*;
    pub use iam_macros::actix_inherit as inherit;
}
