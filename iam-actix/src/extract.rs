//! What a handler can ask for about its caller. An `Option` of each is actix's own.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError};
use iam_core::{Tenant, TenantScope};

iam_core::define_callers!();

impl ResponseError for NoPrincipal {
    fn error_response(&self) -> HttpResponse {
        tracing::error!(target: "iam", "{self}");
        HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

macro_rules! extractors {
    ($([$($parameter:tt)*] $name:ty;)*) => {$(
        impl<$($parameter)*> FromRequest for $name {
            type Error = NoPrincipal;
            type Future = Ready<Result<Self, NoPrincipal>>;

            fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready(Self::current())
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
