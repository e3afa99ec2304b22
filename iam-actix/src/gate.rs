//! The decision as middleware.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{Error, HttpMessage, HttpResponse};
use iam_core::adapter::{AnswerHeaders, mark};
use iam_core::context::InContext;
use iam_core::{Decision, Principal};

use crate::enforce::{Decides, Enforced};
use crate::problem::into_actix;

/// A policy before a service. actix makes and polls all extractors of a handler
/// together, so the decision comes before the handler's whole service: a refused
/// request reaches neither an extractor nor the body.
///
/// The policy is in it as a value, so that the compiler makes the middleware once for
/// all of them.
pub(crate) struct Admission<I: 'static> {
    /// None for the one that is registered with the application.
    iam: Option<I>,
    policy: &'static dyn Enforced<I>,
    for_inner_layers: bool,
    /// The template of the route, where actix does not know it.
    path: Option<Rc<str>>,
}

impl<I: Decides> Admission<I> {
    pub(crate) fn of(policy: &'static dyn Enforced<I>, iam: Option<I>, for_inner_layers: bool) -> Self {
        Self { iam, policy, for_inner_layers, path: None }
    }

    pub(crate) fn at(self, path: &str) -> Self {
        Self { path: Some(path.into()), ..self }
    }

    pub(crate) fn before<S>(self, inner: S) -> Endpoint<I, S> {
        Endpoint { admission: self, inner: Rc::new(inner) }
    }
}

impl<I: Decides> Clone for Admission<I> {
    fn clone(&self) -> Self {
        Self { iam: self.iam.clone(), path: self.path.clone(), ..*self }
    }
}

impl<I, S, B> Transform<S, ServiceRequest> for Admission<I>
where
    I: Decides,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = Endpoint<I, S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(self.clone().before(inner)))
    }
}

/// What stands behind its policy.
pub(crate) struct Endpoint<I: 'static, S> {
    admission: Admission<I>,
    inner: Rc<S>,
}

impl<I, S, B> Service<ServiceRequest> for Endpoint<I, S>
where
    I: Decides,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<ServiceResponse<BoxBody>, Error>>>>;

    fn poll_ready(&self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        // Readiness of inner layers is awaited after the decision: a refused
        // request takes none of their slots.
        Poll::Ready(Ok(()))
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let Admission { policy, for_inner_layers, .. } = self.admission;
        let Some(iam) = self.admission.iam.clone().or_else(|| I::registered(request.request())) else {
            tracing::error!(target: "iam", "a guarded route finds no `web::Data<Iam<_>>` in the application's data");
            return Box::pin(ready(Ok(request.into_response(HttpResponse::InternalServerError()))));
        };
        // A principal that another guard or layer left here is not this policy's.
        request.extensions_mut().remove::<Arc<Principal>>();
        let decision = policy.decide(&iam, request.request(), self.admission.path.as_deref());
        let vary = policy.vary(&iam);
        let inner = Rc::clone(&self.inner);
        Box::pin(async move {
            let outcome = match decision {
                Decision::Now(outcome) => outcome,
                Decision::Later(deciding) => deciding.await,
            };
            let context = match outcome {
                Ok(context) => context,
                Err(refusal) => return Ok(request.into_response(into_actix(refusal.response()))),
            };
            if for_inner_layers && let Some(principal) = &context.principal {
                request.extensions_mut().insert(Arc::clone(principal));
            }
            let id = context.request_id;
            // A problem's body names the request in scope, so it is made in there too.
            let with_response = |error: Error| (error.error_response(), error);
            let running = async move {
                std::future::poll_fn(|cx| inner.poll_ready(cx)).await.map_err(with_response)?;
                inner.call(request).await.map_err(with_response)
            };
            match InContext::new(context, running).await {
                Ok(mut response) => {
                    mark(&mut Headers(response.headers_mut()), id, vary);
                    Ok(response.map_into_boxed_body())
                }
                Err((mut response, error)) => {
                    mark(&mut Headers(response.headers_mut()), id, vary);
                    Err(InternalError::from_response(error, response).into())
                }
            }
        })
    }
}

/// actix keeps headers in a type of its own.
struct Headers<'a>(&'a mut HeaderMap);

impl AnswerHeaders for Headers<'_> {
    fn has(&self, name: &'static str) -> bool {
        self.0.contains_key(name)
    }

    fn set(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.insert(HeaderName::from_static(name), value);
        }
    }

    /// On one line with the handler's own: actix-cors keeps the first line and drops the others.
    fn add_vary(&mut self, names: &'static str) {
        let own: Vec<_> = self.0.get_all(header::VARY).filter_map(|line| line.to_str().ok()).collect();
        let all = if own.is_empty() { None } else { HeaderValue::from_str(&(own.join(", ") + ", " + names)).ok() };
        self.0.insert(header::VARY, all.unwrap_or(HeaderValue::from_static(names)));
    }
}
