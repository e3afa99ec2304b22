//! `get`, `post` and the rest, for guarded handlers only: the functions, and the attributes of the same names.

mod methods;

use std::fmt;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::http::Method;
use actix_web::{guard, web};
use iam_core::policy::{DeclaresPolicy, MatrixRow, Source};
use iam_core::{Iam, Tenant};

use crate::enforce::{Among, Enforced};
use crate::gate::Admission;
pub use crate::layers::Middleware;
use crate::layers::{Layer, Layers, layer};
use crate::mount::{Call, HandlerFor, call, serve};

type PolicyOf<H, M> = <<H as DeclaresPolicy<M>>::Mount as HandlerFor>::Policy;

/// One handler for one method, waiting for its `Iam`.
pub(crate) struct Route<T: 'static> {
    pub(crate) method: &'static str,
    /// None for any.
    pub(crate) matched: Option<&'static [Method]>,
    pub(crate) policy: &'static dyn Enforced<Iam<T>>,
    source: Source,
    handler: Call,
    pub(crate) inner_layers: Vec<Layer>,
    pub(crate) layers: Vec<Layer>,
}

impl<T: Tenant> Route<T> {
    #[track_caller]
    pub(crate) fn new<H, M>(method: &'static str, matched: Option<&'static [Method]>, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor,
        PolicyOf<H, M>: Among<T>,
    {
        Self {
            method,
            matched,
            policy: PolicyOf::<H, M>::among(),
            source: Source::of::<H>(),
            handler: call(handler.mount()),
            inner_layers: Vec::new(),
            layers: Vec::new(),
        }
    }

    /// Its row in the access matrix, at this whole path.
    pub(crate) fn at(&self, path: &str) -> MatrixRow {
        self.policy.row(self.method, path).mounted_at(self.source)
    }

    /// The handler behind its inner layers, its policy and its layers, in this order.
    pub(crate) fn endpoint(self, iam: Iam<T>) -> Arc<dyn Fn() -> actix_web::Route + Send + Sync> {
        Arc::new(move || {
            let handler = serve(web::route(), Arc::clone(&self.handler));
            let inner = wrapped(handler, &self.inner_layers);
            let gated = inner.wrap(Admission::of(self.policy, Some(iam.clone()), !self.inner_layers.is_empty()));
            let route = wrapped(gated, &self.layers);
            match self.matched {
                Some(matched) => route.guard(guard::fn_guard(|request| matched.contains(&request.head().method))),
                None => route,
            }
        })
    }
}

fn wrapped(route: actix_web::Route, layers: &[Layer]) -> actix_web::Route {
    if layers.is_empty() { route } else { route.wrap(Layers(layers.to_vec())) }
}

/// Guarded handlers of one path, by method; what [`actix_web::Resource`] is for others.
pub struct MethodRouter<T: 'static> {
    pub(crate) routes: Vec<Route<T>>,
}

impl<T> fmt::Debug for MethodRouter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.routes.iter().map(|route| route.method)).finish()
    }
}

impl<T: Tenant> MethodRouter<T> {
    /// Wraps the handlers so far in middleware, inside of their policy's decision: it
    /// runs for admitted requests only, and finds the principal (`Arc<Principal>`) in the
    /// request's extensions. `make` makes it, once a worker.
    #[must_use]
    pub fn inner_layer<W, B>(mut self, make: impl Fn() -> W + Send + Sync + 'static) -> Self
    where
        W: Middleware<B>,
        B: MessageBody + 'static,
    {
        let layer = layer(make);
        self.routes.iter_mut().for_each(|route| route.inner_layers.push(Arc::clone(&layer)));
        self
    }
}

/// What a guarded router mounts.
#[diagnostic::on_unimplemented(
    message = "this is not a guarded method router for the tenants `{T}`",
    label = "is a `{Self}`",
    note = "use `iam_actix::routing::get` instead of `actix_web::web::get` (an explicit import hides the prelude's)",
    note = "a handler of other tenants goes on a `Router` with their own `Iam`"
)]
pub trait IntoGuarded<T> {
    /// The method router.
    fn into_guarded(self) -> MethodRouter<T>;
}

impl<T> IntoGuarded<T> for MethodRouter<T> {
    fn into_guarded(self) -> MethodRouter<T> {
        self
    }
}

pub use methods::{any, connect, delete, get, head, options, patch, post, put, trace};

/// Gives a handler its own route for `CONNECT`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::actix_connect as connect;
/// Gives a handler its own route for `DELETE`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::actix_delete as delete;
#[doc = include_str!("../docs/attributes/route.md")]
pub use iam_macros::actix_get as get;
/// Gives a handler its own route for `HEAD`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::actix_head as head;
/// Gives a handler its own route for `OPTIONS`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::actix_options as options;
/// Gives a handler its own route for `PATCH`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::actix_patch as patch;
/// Gives a handler its own route for `POST`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::actix_post as post;
/// Gives a handler its own route for `PUT`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::actix_put as put;
/// Gives a handler its own route for `TRACE`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::actix_trace as trace;
