//! `get`, `post` and the rest, for guarded handlers only.
//!
//! Written out: messages about a handler would show the macro that had made them.

use actix_web::http::Method;
use iam_core::Tenant;
use iam_core::policy::DeclaresPolicy;

use super::{MethodRouter, Route};
use crate::enforce::Among;
use crate::mount::HandlerFor;

/// What a route for this method takes; none where any will do.
fn matched(method: &str) -> Option<&'static [Method]> {
    match method {
        // As on axum, and for the same reason: what a `GET` may see is what a `HEAD` may.
        "GET" => const { Some(&[Method::GET, Method::HEAD]) },
        "HEAD" => const { Some(&[Method::HEAD]) },
        "POST" => const { Some(&[Method::POST]) },
        "PUT" => const { Some(&[Method::PUT]) },
        "PATCH" => const { Some(&[Method::PATCH]) },
        "DELETE" => const { Some(&[Method::DELETE]) },
        "OPTIONS" => const { Some(&[Method::OPTIONS]) },
        "TRACE" => const { Some(&[Method::TRACE]) },
        "CONNECT" => const { Some(&[Method::CONNECT]) },
        _ => None,
    }
}

impl<T: Tenant> MethodRouter<T> {
    /// A handler for the method of this name, any if it is none of HTTP's.
    #[track_caller]
    pub(crate) fn on<H, M>(method: &'static str, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor,
        <H::Mount as HandlerFor>::Policy: Among<T>,
    {
        Self { routes: Vec::new() }.and(method, handler)
    }

    #[track_caller]
    fn and<H, M>(mut self, method: &'static str, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor,
        <H::Mount as HandlerFor>::Policy: Among<T>,
    {
        self.routes.push(Route::new(method, matched(method), handler));
        self
    }
}

/// Routes `GET` requests to a guarded handler.
#[track_caller]
pub fn get<H, M, T>(handler: H) -> MethodRouter<T>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor,
    <H::Mount as HandlerFor>::Policy: Among<T>,
    T: Tenant,
{
    MethodRouter::on("GET", handler)
}

/// Routes `HEAD` requests to a guarded handler.
#[track_caller]
pub fn head<H, M, T>(handler: H) -> MethodRouter<T>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor,
    <H::Mount as HandlerFor>::Policy: Among<T>,
    T: Tenant,
{
    MethodRouter::on("HEAD", handler)
}

/// Routes `POST` requests to a guarded handler.
#[track_caller]
pub fn post<H, M, T>(handler: H) -> MethodRouter<T>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor,
    <H::Mount as HandlerFor>::Policy: Among<T>,
    T: Tenant,
{
    MethodRouter::on("POST", handler)
}

/// Routes `PUT` requests to a guarded handler.
#[track_caller]
pub fn put<H, M, T>(handler: H) -> MethodRouter<T>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor,
    <H::Mount as HandlerFor>::Policy: Among<T>,
    T: Tenant,
{
    MethodRouter::on("PUT", handler)
}

/// Routes `PATCH` requests to a guarded handler.
#[track_caller]
pub fn patch<H, M, T>(handler: H) -> MethodRouter<T>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor,
    <H::Mount as HandlerFor>::Policy: Among<T>,
    T: Tenant,
{
    MethodRouter::on("PATCH", handler)
}

/// Routes `DELETE` requests to a guarded handler.
#[track_caller]
pub fn delete<H, M, T>(handler: H) -> MethodRouter<T>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor,
    <H::Mount as HandlerFor>::Policy: Among<T>,
    T: Tenant,
{
    MethodRouter::on("DELETE", handler)
}

/// Routes `OPTIONS` requests to a guarded handler.
#[track_caller]
pub fn options<H, M, T>(handler: H) -> MethodRouter<T>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor,
    <H::Mount as HandlerFor>::Policy: Among<T>,
    T: Tenant,
{
    MethodRouter::on("OPTIONS", handler)
}

/// Routes `TRACE` requests to a guarded handler.
#[track_caller]
pub fn trace<H, M, T>(handler: H) -> MethodRouter<T>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor,
    <H::Mount as HandlerFor>::Policy: Among<T>,
    T: Tenant,
{
    MethodRouter::on("TRACE", handler)
}

/// Routes `CONNECT` requests to a guarded handler.
#[track_caller]
pub fn connect<H, M, T>(handler: H) -> MethodRouter<T>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor,
    <H::Mount as HandlerFor>::Policy: Among<T>,
    T: Tenant,
{
    MethodRouter::on("CONNECT", handler)
}

/// Routes requests of any method to a guarded handler.
#[track_caller]
pub fn any<H, M, T>(handler: H) -> MethodRouter<T>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor,
    <H::Mount as HandlerFor>::Policy: Among<T>,
    T: Tenant,
{
    MethodRouter::on("*", handler)
}

impl<T: Tenant> MethodRouter<T> {
    /// Routes `GET` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn get<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor,
        <H::Mount as HandlerFor>::Policy: Among<T>,
    {
        self.and("GET", handler)
    }

    /// Routes `HEAD` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn head<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor,
        <H::Mount as HandlerFor>::Policy: Among<T>,
    {
        self.and("HEAD", handler)
    }

    /// Routes `POST` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn post<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor,
        <H::Mount as HandlerFor>::Policy: Among<T>,
    {
        self.and("POST", handler)
    }

    /// Routes `PUT` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn put<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor,
        <H::Mount as HandlerFor>::Policy: Among<T>,
    {
        self.and("PUT", handler)
    }

    /// Routes `PATCH` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn patch<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor,
        <H::Mount as HandlerFor>::Policy: Among<T>,
    {
        self.and("PATCH", handler)
    }

    /// Routes `DELETE` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn delete<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor,
        <H::Mount as HandlerFor>::Policy: Among<T>,
    {
        self.and("DELETE", handler)
    }

    /// Routes `OPTIONS` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn options<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor,
        <H::Mount as HandlerFor>::Policy: Among<T>,
    {
        self.and("OPTIONS", handler)
    }

    /// Routes `TRACE` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn trace<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor,
        <H::Mount as HandlerFor>::Policy: Among<T>,
    {
        self.and("TRACE", handler)
    }

    /// Routes `CONNECT` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn connect<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor,
        <H::Mount as HandlerFor>::Policy: Among<T>,
    {
        self.and("CONNECT", handler)
    }

    /// Routes requests of any method to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn any<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor,
        <H::Mount as HandlerFor>::Policy: Among<T>,
    {
        self.and("*", handler)
    }
}
