//! iam-actix

mod agree;
mod enforce;
mod extract;
mod gate;
mod mount;
mod problem;
mod resources;
mod router;
pub mod routing;
mod view;

pub use enforce::{Among, Enforce};
pub use extract::{CurrentDelegate, CurrentMachine, CurrentPrincipal, CurrentTenant, CurrentUser, NoPrincipal};
pub use iam_core::policy::{Guarded, Misfits, Open, public};
pub use iam_core::*;
pub use mount::{HandlerFor, guarded};
pub use problem::Problem;
pub use resources::Routes;
pub use router::Router;

pub use iam_macros::{
    actix_authenticated as authenticated, actix_define_tenants as define_tenants, actix_handler as handler,
    actix_oauth2 as oauth2, actix_optional_session as optional_session, actix_public as public,
    actix_require_permission as require_permission, actix_require_role as require_role, actix_tenant as tenant,
};

/// What a file of handlers names. Never `web`, `Json`, `Path`, `App` or `Data`: an
/// explicit import of actix's would silently hide a glob's.
pub mod prelude {
    pub use crate::config::IamConfig;
    pub use crate::routing::{delete, get, patch, post, put};
    pub use crate::{
        CurrentDelegate, CurrentMachine, CurrentPrincipal, CurrentTenant, CurrentUser, Iam, IamError, Identity,
        IdentityId, Principal, Problem, RequestSnapshot, Router, SessionId, authenticated, define_tenants, handler,
        oauth2, optional_session, public, require_permission, require_role, tenant,
    };
}

/// What the attributes name; no part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use crate::agree::{Agree, Fine, kinds};
    pub use iam_core::__private::*;
    pub use iam_macros::actix_inherit as inherit;
}
