//! What a handler can ask for about its caller.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use iam_core::context::{current_principal, current_tenant};
use iam_core::{Delegate, Machine, Principal, Tenant, User};

/// The user whose session the policy let in. Derefs to [`User`].
///
/// `Option<CurrentUser>` is for `#[optional_session]`: `None` is an anonymous visitor.
#[derive(Debug, Clone)]
pub struct CurrentUser(Arc<Principal>);

/// The machine whose token the policy let in (`#[oauth2]`). Derefs to [`Machine`].
#[derive(Debug, Clone)]
pub struct CurrentMachine(Arc<Principal>);

/// The client that acts for a user (`#[oauth2(delegated, ..)]`). Derefs to [`Delegate`].
#[derive(Debug, Clone)]
pub struct CurrentDelegate(Arc<Principal>);

/// Whoever the policy let in. Derefs to [`Principal`].
#[derive(Debug, Clone)]
pub struct CurrentPrincipal(pub Arc<Principal>);

/// The tenant whose Ory project decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurrentTenant<T>(pub T);

/// An extractor found no caller of its kind: the handler is public, or of another kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPrincipal(&'static str);

impl std::fmt::Display for NoPrincipal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` was extracted where no policy lets one in", self.0)
    }
}

impl std::error::Error for NoPrincipal {}

impl IntoResponse for NoPrincipal {
    fn into_response(self) -> Response {
        tracing::error!(target: "iam", "{self}");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

macro_rules! extractor {
    ($($name:ident => $target:ty, $pick:ident;)*) => {$(
        impl $name {
            fn current() -> Option<Self> {
                current_principal().filter(|principal| principal.$pick().is_some()).map(Self)
            }

            /// The principal, for service calls that outlive the request.
            #[must_use]
            pub fn principal(&self) -> &Arc<Principal> {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = $target;

            #[allow(clippy::expect_used)]
            fn deref(&self) -> &$target {
                self.0.$pick().expect("made of a principal of this kind only")
            }
        }

        from_context!($name, Self::current());
    )*};
}

macro_rules! from_context {
    ($name:ident, $current:expr) => {
        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = NoPrincipal;

            async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, NoPrincipal> {
                $current.ok_or(NoPrincipal(stringify!($name)))
            }
        }

        impl<S: Send + Sync> OptionalFromRequestParts<S> for $name {
            type Rejection = NoPrincipal;

            async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Option<Self>, NoPrincipal> {
                Ok($current)
            }
        }
    };
}

extractor! {
    CurrentUser => User, user;
    CurrentMachine => Machine, machine;
    CurrentDelegate => Delegate, delegate;
}

from_context!(CurrentPrincipal, current_principal().map(CurrentPrincipal));

impl Deref for CurrentPrincipal {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.0
    }
}

impl<T: Tenant> CurrentTenant<T> {
    fn current() -> Option<Self> {
        current_tenant().and_then(T::from_name).map(Self)
    }
}

impl<T: Tenant, S: Send + Sync> FromRequestParts<S> for CurrentTenant<T> {
    type Rejection = NoPrincipal;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, NoPrincipal> {
        Self::current().ok_or(NoPrincipal("CurrentTenant"))
    }
}

impl<T: Tenant, S: Send + Sync> OptionalFromRequestParts<S> for CurrentTenant<T> {
    type Rejection = NoPrincipal;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Option<Self>, NoPrincipal> {
        Ok(Self::current())
    }
}
