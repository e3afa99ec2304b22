//! `get`, `post` and the rest, for guarded handlers only.
//!
//! Written out: messages about a handler would show the macro that had made them.

use axum::routing::MethodFilter;
use iam_core::policy::DeclaresPolicy;

use super::{MethodRouter, Route};
use crate::mount::HandlerFor;

/// What axum calls a method; none where any will do.
fn filter(method: &str) -> Option<MethodFilter> {
    Some(match method {
        "GET" => MethodFilter::GET,
        "HEAD" => MethodFilter::HEAD,
        "POST" => MethodFilter::POST,
        "PUT" => MethodFilter::PUT,
        "PATCH" => MethodFilter::PATCH,
        "DELETE" => MethodFilter::DELETE,
        "OPTIONS" => MethodFilter::OPTIONS,
        "TRACE" => MethodFilter::TRACE,
        "CONNECT" => MethodFilter::CONNECT,
        _ => return None,
    })
}

impl<S: Clone + Send + Sync + 'static> MethodRouter<S> {
    /// A handler for the method of this name, any if it is none of HTTP's.
    #[track_caller]
    pub(crate) fn on<H, M>(method: &'static str, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<S>,
    {
        Self { routes: Vec::new() }.and(method, handler)
    }

    #[track_caller]
    fn and<H, M>(mut self, method: &'static str, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<S>,
    {
        self.routes.push(Route::new(method, filter(method), handler));
        self
    }
}

/// Routes `GET` requests to a guarded handler.
#[track_caller]
pub fn get<H, M, S>(handler: H) -> MethodRouter<S>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor<S>,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::on("GET", handler)
}

/// Routes `HEAD` requests to a guarded handler.
#[track_caller]
pub fn head<H, M, S>(handler: H) -> MethodRouter<S>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor<S>,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::on("HEAD", handler)
}

/// Routes `POST` requests to a guarded handler.
#[track_caller]
pub fn post<H, M, S>(handler: H) -> MethodRouter<S>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor<S>,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::on("POST", handler)
}

/// Routes `PUT` requests to a guarded handler.
#[track_caller]
pub fn put<H, M, S>(handler: H) -> MethodRouter<S>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor<S>,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::on("PUT", handler)
}

/// Routes `PATCH` requests to a guarded handler.
#[track_caller]
pub fn patch<H, M, S>(handler: H) -> MethodRouter<S>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor<S>,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::on("PATCH", handler)
}

/// Routes `DELETE` requests to a guarded handler.
#[track_caller]
pub fn delete<H, M, S>(handler: H) -> MethodRouter<S>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor<S>,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::on("DELETE", handler)
}

/// Routes `OPTIONS` requests to a guarded handler.
#[track_caller]
pub fn options<H, M, S>(handler: H) -> MethodRouter<S>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor<S>,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::on("OPTIONS", handler)
}

/// Routes `TRACE` requests to a guarded handler.
#[track_caller]
pub fn trace<H, M, S>(handler: H) -> MethodRouter<S>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor<S>,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::on("TRACE", handler)
}

/// Routes `CONNECT` requests to a guarded handler.
#[track_caller]
pub fn connect<H, M, S>(handler: H) -> MethodRouter<S>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor<S>,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::on("CONNECT", handler)
}

/// Routes requests of any method to a guarded handler.
#[track_caller]
pub fn any<H, M, S>(handler: H) -> MethodRouter<S>
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor<S>,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::on("*", handler)
}

impl<S: Clone + Send + Sync + 'static> MethodRouter<S> {
    /// Routes `GET` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn get<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<S>,
    {
        self.and("GET", handler)
    }

    /// Routes `HEAD` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn head<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<S>,
    {
        self.and("HEAD", handler)
    }

    /// Routes `POST` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn post<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<S>,
    {
        self.and("POST", handler)
    }

    /// Routes `PUT` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn put<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<S>,
    {
        self.and("PUT", handler)
    }

    /// Routes `PATCH` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn patch<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<S>,
    {
        self.and("PATCH", handler)
    }

    /// Routes `DELETE` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn delete<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<S>,
    {
        self.and("DELETE", handler)
    }

    /// Routes `OPTIONS` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn options<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<S>,
    {
        self.and("OPTIONS", handler)
    }

    /// Routes `TRACE` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn trace<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<S>,
    {
        self.and("TRACE", handler)
    }

    /// Routes `CONNECT` requests to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn connect<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<S>,
    {
        self.and("CONNECT", handler)
    }

    /// Routes requests of any method to a guarded handler as well.
    #[must_use]
    #[track_caller]
    pub fn any<H, M>(self, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<S>,
    {
        self.and("*", handler)
    }
}
