//! `get`, `post` and the rest, for guarded handlers only: the functions, and the attributes of the same names.

mod methods;

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::MethodFilter;
use iam_core::Policy;
use iam_core::policy::{DeclaresPolicy, MatrixRow, Requires, Source};
use tower::{Layer, Service, ServiceExt};

use crate::enforce::{Enforce, Enforced};
use crate::gate::{Endpoint, Inner};
use crate::mount::{Answering, HandlerFor};

pub(crate) type InnerLayer = Arc<dyn Fn(Inner) -> Inner + Send + Sync>;

/// One handler for one method, or a guarded service for all, waiting for its state.
pub(crate) struct Route<S: 'static> {
    pub(crate) method: &'static str,
    filter: Option<MethodFilter>,
    pub(crate) policy: &'static dyn Enforced<S>,
    source: Source,
    target: Target<S>,
    pub(crate) inner_layers: Vec<InnerLayer>,
}

/// What is behind a policy. A handler stays a function for as long as it can, so that the compiler
/// makes what is around it once for all handlers.
enum Target<S> {
    Handler(Arc<dyn Fn(Request, S) -> Answering + Send + Sync>),
    /// It looks for the principal in the extensions.
    Service(Inner),
}

impl<S: Clone + Send + Sync + 'static> Target<S> {
    fn with(self, state: &S) -> Inner {
        match self {
            Self::Handler(call) => {
                let state = state.clone();
                Inner::new(tower::service_fn(move |request| {
                    let answering = call(request, state.clone());
                    async move { Ok(answering.await) }
                }))
            }
            Self::Service(service) => service,
        }
    }
}

impl<S: Clone + Send + Sync + 'static> Route<S> {
    #[track_caller]
    pub(crate) fn new<H, M>(method: &'static str, filter: Option<MethodFilter>, handler: H) -> Self
    where
        H: DeclaresPolicy<M>,
        H::Mount: HandlerFor<S>,
    {
        let mount = handler.mount();
        Self {
            method,
            filter,
            policy: <H::Mount as HandlerFor<S>>::Policy::policy(),
            source: Source::of::<H>(),
            target: Target::Handler(Arc::new(move |request, state| mount.clone().call(request, state))),
            inner_layers: Vec::new(),
        }
    }

    #[track_caller]
    pub(crate) fn service<P, I>(service: I) -> Self
    where
        P: Policy,
        Requires<P>: Enforce<S>,
        I: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        I::Response: IntoResponse,
        I::Future: Send + 'static,
    {
        let service = Inner::new(service.map_response(IntoResponse::into_response));
        Self {
            method: "*",
            filter: None,
            policy: Requires::<P>::policy(),
            source: Source::here(),
            target: Target::Service(service),
            inner_layers: Vec::new(),
        }
    }

    /// Its row in the access matrix, at this whole path.
    pub(crate) fn at(&self, path: &str) -> MatrixRow {
        self.policy.row(self.method, path).mounted_at(self.source)
    }

    /// `path` is the whole template, where axum does not tell it to requests.
    pub(crate) fn endpoint(self, state: &S, path: Option<&str>) -> Endpoint<S> {
        let for_inner_layers = matches!(self.target, Target::Service(_)) || !self.inner_layers.is_empty();
        let target = self.target.with(state);
        Endpoint {
            policy: self.policy,
            vary: self.policy.vary(state),
            state: Arc::new(state.clone()),
            path: path.map(Arc::from),
            for_inner_layers,
            inner: self.inner_layers.into_iter().fold(target, |inner, layer| layer(inner)),
        }
    }
}

/// Guarded handlers of one path, by method; as [`axum::routing::MethodRouter`].
pub struct MethodRouter<S: 'static = ()> {
    pub(crate) routes: Vec<Route<S>>,
}

impl<S> fmt::Debug for MethodRouter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.routes.iter().map(|route| route.method)).finish()
    }
}

impl<S: Clone + Send + Sync + 'static> MethodRouter<S> {
    /// Applies a layer to the handlers so far, after their policy's decision: it runs
    /// for admitted requests only, and finds the principal (`Arc<Principal>`) in the
    /// request's extensions.
    #[must_use]
    pub fn inner_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Inner> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.push_inner(&inner_layer(layer));
        self
    }

    pub(crate) fn push_inner(&mut self, layer: &InnerLayer) {
        self.routes.iter_mut().for_each(|route| route.inner_layers.push(Arc::clone(layer)));
    }

    pub(crate) fn into_axum(self, state: &S) -> axum::routing::MethodRouter {
        self.routes.into_iter().fold(axum::routing::MethodRouter::new(), |router, route| match route.filter {
            Some(filter) => router.on_service(filter, route.endpoint(state, None)),
            None => router.fallback_service(route.endpoint(state, None)),
        })
    }
}

pub(crate) fn inner_layer<L>(layer: L) -> InnerLayer
where
    L: Layer<Inner> + Clone + Send + Sync + 'static,
    L::Service: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
    <L::Service as Service<Request>>::Response: IntoResponse + 'static,
    <L::Service as Service<Request>>::Future: Send + 'static,
{
    Arc::new(move |inner| Inner::new(layer.layer(inner).map_response(IntoResponse::into_response)))
}

/// What a guarded router mounts.
#[diagnostic::on_unimplemented(
    message = "this is not a guarded method router",
    label = "built by another `get`/`post` than `iam_axum::routing`'s",
    note = "use `iam_axum::routing::get` instead of `axum::routing::get` (an explicit import hides the prelude's)"
)]
pub trait IntoGuarded<S> {
    /// The method router.
    fn into_guarded(self) -> MethodRouter<S>;
}

impl<S> IntoGuarded<S> for MethodRouter<S> {
    fn into_guarded(self) -> MethodRouter<S> {
        self
    }
}

pub use methods::{any, connect, delete, get, head, options, patch, post, put, trace};

/// Gives a handler its own route for `CONNECT`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::axum_connect as connect;
/// Gives a handler its own route for `DELETE`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::axum_delete as delete;
#[doc = include_str!("../docs/attributes/route.md")]
pub use iam_macros::axum_get as get;
/// Gives a handler its own route for `HEAD`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::axum_head as head;
/// Gives a handler its own route for `OPTIONS`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::axum_options as options;
/// Gives a handler its own route for `PATCH`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::axum_patch as patch;
/// Gives a handler its own route for `POST`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::axum_post as post;
/// Gives a handler its own route for `PUT`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::axum_put as put;
/// Gives a handler its own route for `TRACE`, as [`get`](macro@get) does for `GET`.
pub use iam_macros::axum_trace as trace;
