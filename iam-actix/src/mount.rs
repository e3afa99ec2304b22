//! From an annotated handler to a route: decide first, then extract, then call.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::{Payload, ServiceRequest, ServiceResponse, fn_service};
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, Responder};
use iam_core::policy::{Answered, DeclaresPolicy, Mount};

use crate::enforce::Enforce;
use crate::gate::Admission;

type Answering = Pin<Box<dyn Future<Output = ServiceResponse>>>;

/// An annotated handler whose arguments and answer fit actix.
pub trait HandlerFor: Clone + Send + Sync + Sized + 'static {
    /// Its policy.
    type Policy: Enforce;

    /// Extracts the arguments and calls the handler. The policy must have let the request in.
    fn call(self, request: HttpRequest, payload: Payload) -> Pin<Box<dyn Future<Output = ServiceResponse>>>;
}

/// Where axum tells extractors of parts and of bodies apart, actix has one kind.
#[derive(Debug)]
pub enum Plain {}

macro_rules! handler_for {
    ($([$($argument:ident)*])*) => {$(
        #[allow(non_snake_case)]
        impl<F, Fut, K, R, $($argument,)*> HandlerFor for Mount<F, K, (Plain, $($argument,)*)>
        where
            F: FnOnce($($argument,)*) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output: Answered<Kind = K, Answer = R>>,
            R: Responder,
            K: Enforce,
            $($argument: FromRequest + 'static,)*
        {
            type Policy = K;

            fn call(self, request: HttpRequest, mut payload: Payload) -> Answering {
                // Extractors are made in here, not before: their futures begin at once, in
                // `from_request`, and are to find the context in scope.
                Box::pin(async move {
                    let response = match <($($argument,)*)>::from_request(&request, &mut payload).await {
                        Ok(($($argument,)*)) => {
                            let answer = (self.handler)($($argument,)*).await.unguarded();
                            answer.respond_to(&request).map_into_boxed_body()
                        }
                        Err(rejection) => HttpResponse::from_error(rejection),
                    };
                    ServiceResponse::new(request, response)
                })
            }
        }
    )*};
}

// As many arguments as actix's own handlers take.
handler_for! {
    [T1]
    [T1 T2]
    [T1 T2 T3]
    [T1 T2 T3 T4]
    [T1 T2 T3 T4 T5]
    [T1 T2 T3 T4 T5 T6]
    [T1 T2 T3 T4 T5 T6 T7]
    [T1 T2 T3 T4 T5 T6 T7 T8]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13 T14]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13 T14 T15]
    [T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13 T14 T15 T16]
}

impl<F, Fut, K, R> HandlerFor for Mount<F, K, ((),)>
where
    F: FnOnce() -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output: Answered<Kind = K, Answer = R>>,
    R: Responder,
    K: Enforce,
{
    type Policy = K;

    fn call(self, request: HttpRequest, _payload: Payload) -> Answering {
        Box::pin(async move {
            let response = (self.handler)().await.unguarded().respond_to(&request).map_into_boxed_body();
            ServiceResponse::new(request, response)
        })
    }
}

/// An annotated handler on an ordinary actix route that enforces the handler's own
/// policy: for any `App` that is not built of [`crate::Router`], and for moving to
/// it step by step.
///
/// The policy asks the `web::Data<Iam<Tenants>>` of `App::app_data`; without one,
/// requests get 500.
///
/// ```
/// use actix_web::{App, web};
/// use iam_actix::prelude::*;
///
/// define_tenants! { pub enum Tenants { admin } }
///
/// #[tenant("admin")]
/// async fn report() -> &'static str { "all is well" }
///
/// let app = App::new().route("/report", iam_actix::guarded(web::get(), report));
/// ```
pub fn guarded<H, M>(route: actix_web::Route, handler: H) -> actix_web::Route
where
    H: DeclaresPolicy<M>,
    H::Mount: HandlerFor,
{
    let policy = <H::Mount as HandlerFor>::Policy::policy();
    serve(route, call(handler.mount())).wrap(Admission::of(policy, None, false))
}

/// A handler as a function, so that the compiler makes what is around it once for all handlers.
pub(crate) type Call = Arc<dyn Fn(HttpRequest, Payload) -> Answering + Send + Sync>;

pub(crate) fn call<H: HandlerFor>(handler: H) -> Call {
    Arc::new(move |request, payload| handler.clone().call(request, payload))
}

/// A route that calls the handler, **without its policy**.
pub(crate) fn serve(route: actix_web::Route, call: Call) -> actix_web::Route {
    route.service(fn_service(move |request: ServiceRequest| {
        let (request, payload) = request.into_parts();
        let answering = call(request, payload);
        async move { Ok::<_, Error>(answering.await) }
    }))
}
