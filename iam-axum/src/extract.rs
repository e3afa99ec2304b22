//! What a handler can ask for about its caller.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use iam_core::{Tenant, TenantScope};

iam_core::define_callers!();

impl IntoResponse for NoPrincipal {
    fn into_response(self) -> Response {
        tracing::error!(target: "iam", "{self}");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

macro_rules! extractors {
    ($([$($parameter:tt)*] $name:ty;)*) => {$(
        impl<S: Send + Sync, $($parameter)*> FromRequestParts<S> for $name {
            type Rejection = NoPrincipal;

            async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, NoPrincipal> {
                Self::current()
            }
        }

        impl<S: Send + Sync, $($parameter)*> OptionalFromRequestParts<S> for $name {
            type Rejection = NoPrincipal;

            async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Option<Self>, NoPrincipal> {
                Ok(Self::current().ok())
            }
        }
    )*};
}

extractors! {
    [T: TenantScope] CurrentUser<T>;
    [T: TenantScope] CurrentMachine<T>;
    [T: TenantScope] CurrentDelegate<T>;
    [T: TenantScope] CurrentPrincipal<T>;
    [T: Tenant] CurrentTenant<T>;
}
