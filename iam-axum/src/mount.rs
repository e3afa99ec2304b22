//! From an annotated handler to a service: decide first, then extract, then call.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use iam_core::policy::{Answered, DeclaresPolicy, Mount};

use crate::enforce::Enforce;
use crate::gate::Admission;

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
            Fut: Future<Output: Answered<Kind = K, Answer = R>> + Send,
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
    Fut: Future<Output: Answered<Kind = K, Answer = R>> + Send,
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
        let admission = Admission::of::<H::Policy>(&state);
        let inner = state.clone();
        let answering = admission.admit(request, move |request| async move { Ok(self.0.call(request, inner).await) });
        Box::pin(async move { answering.await.unwrap_or_else(|never: Infallible| match never {}) })
    }
}
