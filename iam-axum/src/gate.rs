//! The decision before whatever runs behind it.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::http::request::Parts;
use axum::response::Response;
use iam_core::adapter::mark;
use iam_core::context::{InContext, RequestContext};
use iam_core::{Decision, Principal};
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

use crate::enforce::{Enforce, Enforced};
use crate::problem::into_axum;

/// A handler or service behind its decision.
pub(crate) type Inner = BoxCloneSyncService<Request, Response, Infallible>;

pub(crate) type Answering<E> = Pin<Box<dyn Future<Output = Result<Response, E>> + Send>>;

/// A policy at the moment of a request.
pub(crate) struct Admission<'a, S: 'static> {
    pub(crate) policy: &'static dyn Enforced<S>,
    pub(crate) vary: Option<&'static str>,
    pub(crate) state: &'a S,
    /// The template of the route, where axum does not tell it.
    pub(crate) path: Option<&'a str>,
    /// Whether somebody behind looks for the principal in the extensions.
    pub(crate) for_inner_layers: bool,
}

impl<'a, S> Admission<'a, S> {
    pub(crate) fn of<K: Enforce<S>>(state: &'a S) -> Self {
        let policy = K::policy();
        Self { policy, vary: policy.vary(state), state, path: None, for_inner_layers: false }
    }

    /// The straight path of a request: decide, then run with the context in scope.
    pub(crate) fn admit<B, E, F>(
        self,
        request: http::Request<B>,
        run: impl FnOnce(http::Request<B>) -> F + Send + 'static,
    ) -> Answering<E>
    where
        B: Send + 'static,
        E: 'static,
        F: Future<Output = Result<Response, E>> + Send,
    {
        let (mut parts, body) = request.into_parts();
        // A principal that another guard or layer left here is not this policy's.
        parts.extensions.remove::<Arc<Principal>>();
        let Self { for_inner_layers, vary, .. } = self;
        let go = move |context: RequestContext, mut parts: Parts| {
            if for_inner_layers && let Some(principal) = &context.principal {
                parts.extensions.insert(Arc::clone(principal));
            }
            let id = context.request_id;
            let running = async move { run(http::Request::from_parts(parts, body)).await };
            async move {
                let mut response = InContext::new(context, running).await?;
                mark(response.headers_mut(), id, vary);
                Ok(response)
            }
        };
        match self.policy.decide(&mut parts, self.state, self.path) {
            Decision::Now(Ok(context)) => Box::pin(go(context, parts)),
            Decision::Now(Err(refusal)) => {
                let response = into_axum(refusal.response());
                Box::pin(async move { Ok(response) })
            }
            Decision::Later(deciding) => Box::pin(async move {
                match deciding.await {
                    Ok(context) => go(context, parts).await,
                    Err(refusal) => Ok(into_axum(refusal.response())),
                }
            }),
        }
    }
}

/// What a route holds behind its policy, with the router's state.
pub(crate) struct Endpoint<S: 'static> {
    pub(crate) policy: &'static dyn Enforced<S>,
    pub(crate) vary: Option<&'static str>,
    pub(crate) state: Arc<S>,
    pub(crate) path: Option<Arc<str>>,
    pub(crate) inner: Inner,
    pub(crate) for_inner_layers: bool,
}

impl<S> Clone for Endpoint<S> {
    fn clone(&self) -> Self {
        Self { state: Arc::clone(&self.state), path: self.path.clone(), inner: self.inner.clone(), ..*self }
    }
}

impl<S: Send + Sync + 'static> Service<Request> for Endpoint<S> {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering<Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Readiness of inner layers is awaited after the decision: a refused
        // request takes none of their slots.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Self { policy, vary, for_inner_layers, .. } = *self;
        let admission = Admission { policy, vary, state: &*self.state, path: self.path.as_deref(), for_inner_layers };
        let inner = self.inner.clone();
        admission.admit(request, move |request| inner.oneshot(request))
    }
}
