//! iam-axum

mod agree;
mod enforce;
mod extract;
mod mount;
mod problem;
mod router;
pub mod routing;
mod view;

pub use enforce::Enforce;
pub use extract::{CurrentDelegate, CurrentMachine, CurrentPrincipal, CurrentTenant, CurrentUser, NoPrincipal};
pub use iam_core::policy::{Guarded, Misfits, Open, public};
pub use iam_core::*;
pub use mount::{HandlerFor, Served, guarded};
pub use problem::Problem;
pub use router::Router;

pub use iam_macros::{
    axum_authenticated as authenticated, axum_define_tenants as define_tenants, axum_handler as handler,
    axum_oauth2 as oauth2, axum_optional_session as optional_session, axum_public as public,
    axum_require_permission as require_permission, axum_require_role as require_role, axum_tenant as tenant,
};

/// What a file of handlers names. Never `Json`, `Path` or `State`: an explicit
/// import of axum's would silently hide a glob's.
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
    pub use iam_macros::axum_inherit as inherit;
}
