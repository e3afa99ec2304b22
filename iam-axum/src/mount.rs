//! From an annotated handler to a service: decide first, then extract, then call.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::handler::Handler;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use iam_core::context::{InContext, RequestContext};
use iam_core::policy::{Declared, DeclaresPolicy, Mount};
use iam_core::{Decision, Principal};
use tower::Service;
use tower::util::BoxCloneSyncService;

use crate::enforce::Enforce;
use crate::problem::into_axum;

pub(crate) type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// An annotated handler whose arguments and answer fit a router with state `S`.
pub trait HandlerFor<S>: Clone + Send + Sync + Sized + 'static {
    /// Its policy.
    type Policy: Enforce<S>;

    /// Extracts the arguments and calls the handler. The policy must have let the request in.
    fn call(self, request: Request, state: S) -> Pin<Box<dyn Future<Output = Response> + Send>>;
}

macro_rules! handler_for {
    ($([$($part:ident)*] $last:ident;)*) => {$(
        #[allow(non_snake_case, unused_mut)]
        impl<F, Fut, K, R, S, M, $($part,)* $last> HandlerFor<S> for Mount<F, K, (M, $($part,)* $last,)>
        where
            F: FnOnce($($part,)* $last) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Declared<K, R>> + Send,
            R: IntoResponse,
            K: Enforce<S>,
            S: Send + Sync + 'static,
            M: 'static,
            $($part: FromRequestParts<S> + Send + 'static,)*
            $last: FromRequest<S, M> + Send + 'static,
        {
            type Policy = K;

            fn call(self, request: Request, state: S) -> Answering {
                let (mut parts, body) = request.into_parts();
                Box::pin(async move {
                    $(
                        let $part = match $part::from_request_parts(&mut parts, &state).await {
                            Ok(part) => part,
                            Err(rejection) => return rejection.into_response(),
                        };
                    )*
                    let request = Request::from_parts(parts, body);
                    let $last = match $last::from_request(request, &state).await {
                        Ok(last) => last,
                        Err(rejection) => return rejection.into_response(),
                    };
                    (self.handler)($($part,)* $last).await.unguarded().into_response()
                })
            }
        }
    )*};
}

handler_for! {
    [] T1;
    [T1] T2;
    [T1 T2] T3;
    [T1 T2 T3] T4;
    [T1 T2 T3 T4] T5;
    [T1 T2 T3 T4 T5] T6;
    [T1 T2 T3 T4 T5 T6] T7;
    [T1 T2 T3 T4 T5 T6 T7] T8;
    [T1 T2 T3 T4 T5 T6 T7 T8] T9;
    [T1 T2 T3 T4 T5 T6 T7 T8 T9] T10;
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10] T11;
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11] T12;
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12] T13;
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13] T14;
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13 T14] T15;
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13 T14 T15] T16;
}

impl<F, Fut, K, R, S> HandlerFor<S> for Mount<F, K, ((),)>
where
    F: FnOnce() -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Declared<K, R>> + Send,
    R: IntoResponse,
    K: Enforce<S>,
    S: Send + Sync + 'static,
{
    type Policy = K;

    fn call(self, _request: Request, _state: S) -> Answering {
        Box::pin(async move { (self.handler)().await.unguarded().into_response() })
    }
}

/// An annotated handler as an ordinary axum handler that enforces its own policy:
/// for any router that is not [`crate::Router`], and for moving to it step by step.
///
/// ```
/// use iam_axum::prelude::*;
///
/// define_tenants! { pub enum Tenants { admin } }
///
/// #[tenant("admin")]
/// async fn report() -> &'static str { "all is well" }
///
/// let app: axum::Router<Iam<Tenants>> =
///     axum::Router::new().route("/report", axum::routing::get(iam_axum::guarded(report)));
/// ```
pub fn guarded<H, M>(handler: H) -> Served<H::Mount>
where
    H: DeclaresPolicy<M>,
{
    Served(handler.mount())
}

/// What [`guarded`] makes.
#[derive(Debug, Clone)]
pub struct Served<H>(H);

/// Tells axum's handlers and ours apart.
#[derive(Debug)]
pub enum Via {}

#[diagnostic::do_not_recommend]
impl<H, S> Handler<Via, S> for Served<H>
where
    H: HandlerFor<S>,
    S: Clone + Send + Sync + 'static,
{
    type Future = Answering;

    fn call(self, request: Request, state: S) -> Answering {
        let vary = H::Policy::vary(&state);
        admit(request, H::Policy::decide, vary, &state.clone(), false, move |request| self.0.call(request, state))
    }
}

/// A handler behind its policy and the router's inner layers, with its state.
pub(crate) struct Endpoint<S> {
    pub(crate) decide: fn(&mut axum::http::request::Parts, &S) -> Decision,
    pub(crate) vary: Option<&'static str>,
    pub(crate) state: Arc<S>,
    pub(crate) inner: BoxCloneSyncService<Request, Response, Infallible>,
    pub(crate) has_inner_layers: bool,
}

impl<S> Clone for Endpoint<S> {
    fn clone(&self) -> Self {
        Self { state: Arc::clone(&self.state), inner: self.inner.clone(), ..*self }
    }
}

impl<S: Send + Sync + 'static> Service<Request> for Endpoint<S> {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Readiness of inner layers is awaited after the decision: a refused
        // request takes none of their slots.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let mut inner = self.inner.clone();
        let answering = admit(request, self.decide, self.vary, &self.state, self.has_inner_layers, move |request| {
            Box::pin(async move {
                let ready = std::future::poll_fn(|cx| inner.poll_ready(cx)).await;
                let answer = match ready {
                    Ok(()) => inner.call(request).await,
                    Err(never) => Err(never),
                };
                answer.unwrap_or_else(|never| match never {})
            })
        });
        Box::pin(async move { Ok(answering.await) })
    }
}

/// The straight path of a request: decide, then run with the context in scope.
fn admit<S>(
    request: Request,
    decide: fn(&mut axum::http::request::Parts, &S) -> Decision,
    vary: Option<&'static str>,
    state: &S,
    for_inner_layers: bool,
    run: impl FnOnce(Request) -> Answering + Send + 'static,
) -> Answering {
    let (mut parts, body) = request.into_parts();
    // A principal that another guard or layer left here is not this policy's.
    parts.extensions.remove::<Arc<Principal>>();
    let go = move |context: RequestContext, mut parts: axum::http::request::Parts| {
        if for_inner_layers && let Some(principal) = &context.principal {
            parts.extensions.insert(Arc::clone(principal));
        }
        let id = context.request_id;
        let running = async move { run(Request::from_parts(parts, body)).await };
        async move { finish(InContext::new(context, running).await, id, vary) }
    };
    match decide(&mut parts, state) {
        Decision::Now(Ok(context)) => Box::pin(go(context, parts)),
        Decision::Now(Err(refusal)) => {
            let response = into_axum(refusal.response());
            Box::pin(async move { response })
        }
        Decision::Later(deciding) => Box::pin(async move {
            match deciding.await {
                Ok(context) => go(context, parts).await,
                Err(refusal) => into_axum(refusal.response()),
            }
        }),
    }
}

/// A guarded answer is for one caller: shared caches must not keep it, unless the handler says how.
fn finish(mut response: Response, id: iam_core::RequestId, vary: Option<&'static str>) -> Response {
    let headers = response.headers_mut();
    if let Some(vary) = vary {
        if !headers.contains_key(header::CACHE_CONTROL) {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        }
        headers.append(header::VARY, HeaderValue::from_static(vary));
    }
    const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
